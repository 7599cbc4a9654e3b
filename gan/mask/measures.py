"""How well one mask fits another."""

from __future__ import annotations

import cv2
import numpy as np

# How far an edge may be off and still count, in parts of the picture's diagonal (Perazzi et al. 2016, "DAVIS").
EDGE_TOLERANCE = 0.0075


def intersection_over_union(found: np.ndarray, truth: np.ndarray) -> float:
    """Return the overlap of two boolean H×W masks over their union; 1 when both are empty."""
    union = int(np.logical_or(found, truth).sum())
    return float(np.logical_and(found, truth).sum() / union) if union else 1.0


def boundary_f(found: np.ndarray, truth: np.ndarray) -> float:
    """Harmonic mean of how much of each mask's edge lies near the other's (Csurka et al. 2013, "What is a good
    evaluation measure for semantic segmentation?").

    Args:
        found: boolean H×W.
        truth: boolean H×W.

    Returns:
        0 to 1; 1 when neither has an edge, 0 when only one has.
    """
    tolerance = max(1, round(EDGE_TOLERANCE * float(np.hypot(*truth.shape))))
    edges = [_edge(mask) for mask in (found, truth)]
    if not edges[0].any() or not edges[1].any():
        return float(not edges[0].any() and not edges[1].any())
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * tolerance + 1, 2 * tolerance + 1))
    reaches = [cv2.dilate(edge, disc) for edge in edges]
    precision = float(reaches[1][edges[0] > 0].mean())
    recall = float(reaches[0][edges[1] > 0].mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _edge(mask: np.ndarray) -> np.ndarray:
    """Mask pixels that touch the outside; the picture's frame is no edge."""
    whole = mask.astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    return whole - cv2.erode(whole, cross)
