"""A coarse mask brought to the garment's full resolution: soft where cloth is soft, exact elsewhere."""

from __future__ import annotations

import cv2
import numpy as np

# The guided filter's linear model is fitted at most at this size and applied at full size.
FITTING_SIZE = 512
RADIUS = 0.012
SMOOTHNESS = 1e-4
# Alpha outside these is exactly 0 or 1.
FLOOR, CEILING = 0.06, 0.94
BAND = 0.015


def refine_mask(garment: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Fit a coarse probability to the garment's edges.

    Method: the fast guided filter (He, Sun and Tang 2013; He and Sun 2015) in a narrow band around the coarse edge.

    Args:
        garment: H×W×3 uint8 RGB.
        coarse: h×w float32 in 0..1, the probability of garment at any size.

    Returns:
        H×W float32; exactly 0 outside and exactly 1 inside the band.
    """
    height, width = garment.shape[:2]
    alpha = fast_guided_filter(garment, coarse)
    alpha = np.clip((alpha - FLOOR) / (CEILING - FLOOR), 0.0, 1.0)
    probability = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    inside, outside = _certain(probability)
    alpha[inside] = 1.0
    alpha[outside] = 0.0
    return alpha


def _certain(probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is surely garment and surely not: far from every doubtful pixel."""
    radius = max(1, round(BAND * max(probability.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    garment = (probability > 0.5).astype(np.uint8)
    inside = cv2.erode(((probability > 0.9) & (garment > 0)).astype(np.uint8), disc) > 0
    outside = cv2.dilate(((probability > 0.1) | (garment > 0)).astype(np.uint8), disc) == 0
    return inside, outside


def fast_guided_filter(guide: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Colour guided filter fitted at a reduced size.

    Args:
        guide: H×W×3 uint8 RGB.
        coarse: h×w float32 in 0..1.

    Returns:
        H×W float32, not clipped.
    """
    height, width = guide.shape[:2]
    factor = min(1.0, FITTING_SIZE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(guide, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    target = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    slope, offset = _linear_model(small, target, max(1, round(RADIUS * max(size))))
    slope = cv2.resize(slope, (width, height), interpolation=cv2.INTER_LINEAR)
    offset = cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.einsum("hwc,hwc->hw", slope, guide.astype(np.float32) / 255.0) + offset


def _linear_model(guide: np.ndarray, target: np.ndarray, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Least squares of target = slope · guide + offset in every window, averaged over windows (eq. 14 to 16)."""
    window = (2 * radius + 1, 2 * radius + 1)
    mean_guide, mean_target = cv2.blur(guide, window), cv2.blur(target, window)
    covariance = cv2.blur(guide * target[..., None], window) - mean_guide * mean_target[..., None]
    products = (guide[..., :, None] * guide[..., None, :]).reshape(*target.shape, 9)
    spread = np.dstack([cv2.blur(np.ascontiguousarray(products[..., index]), window) for index in range(9)])
    spread = spread.reshape(*target.shape, 3, 3) - mean_guide[..., :, None] * mean_guide[..., None, :]
    slope = np.linalg.solve(spread + SMOOTHNESS * np.eye(3, dtype=np.float32), covariance[..., None])[..., 0]
    offset = mean_target - np.einsum("hwc,hwc->hw", slope, mean_guide)
    return cv2.blur(slope, window), cv2.blur(offset, window)
