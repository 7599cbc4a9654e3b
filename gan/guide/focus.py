"""Where a picture draws the eye: the figure of a painting, not the sky behind it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

SIDE = 48
"""Pixels at which a picture is looked at, whatever its proportions."""
FINER = 4
"""Its strokes are looked at with so many times the pixels."""
RIM = 4
"""Pixels along the edges that show what is behind the subject."""
LEAST_SPREAD = 5.0
"""Deviation of the rim's colours, Lab: noise on an even ground must not count."""
STROKES = 0.7
"""What fine detail counts for beside colours that the rim has not."""
CENTRE = 0.38
"""Deviation, in sides, of where painters and photographers put their subject."""
FACES = 1.0
"""What faces count for beside everything else together."""
BLUR = 1.5

Box = tuple[float, float, float, float]


def find_focus(picture: np.ndarray, faces: Sequence[Box] = ()) -> np.ndarray:
    """Return how much of the eye's attention each place draws, SIDE×SIDE float32 with a sum of 1.

    Colours that the picture's edges do not have (the boundary prior of Wei et al., "Geodesic Saliency Using Background
    Priors", 2012), fine strokes, the middle (Judd et al., "Learning to Predict Where Humans Look", 2009), and faces,
    which people look at first of all.

    Args:
        picture: H×W×3 RGB uint8.
        faces: left, top, width and height of each, in shares of the picture's width and height.
    """
    drawn = _ranged(_unlike_rim(picture)) + STROKES * _ranged(_strokes(picture))
    rows, columns = np.indices((SIDE, SIDE), np.float32) / (SIDE - 1) - 0.5
    focus = _ranged(cv2.GaussianBlur(drawn, (0, 0), BLUR)) * np.exp((rows**2 + columns**2) / (-2 * CENTRE**2))
    focus /= max(float(focus.sum()), 1e-6)
    for box in faces:
        focus += FACES / len(faces) * _blob(box)
    return (focus / max(float(focus.sum()), 1e-6)).astype(np.float32)


def _unlike_rim(picture: np.ndarray) -> np.ndarray:
    """Mahalanobis distance of every place's colour from the colours along the edges."""
    planes = cv2.GaussianBlur(_lab(picture, SIDE), (0, 0), 1.2)
    rim = np.ones((SIDE, SIDE), bool)
    rim[RIM:-RIM, RIM:-RIM] = False
    spread = np.cov(planes[rim].T) + np.eye(3) * LEAST_SPREAD**2
    away = planes - planes[rim].mean(0)
    return np.sqrt(np.einsum("hwi,ij,hwj->hw", away, np.linalg.inv(spread), away)).astype(np.float32)


def _strokes(picture: np.ndarray) -> np.ndarray:
    planes = _lab(picture, FINER * SIDE)
    edges = np.hypot(cv2.Sobel(planes, cv2.CV_32F, 1, 0), cv2.Sobel(planes, cv2.CV_32F, 0, 1)).sum(2)
    return cv2.GaussianBlur(cv2.resize(edges, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (0, 0), 2.0)


def _lab(picture: np.ndarray, side: int) -> np.ndarray:
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    return cv2.cvtColor(small / 255, cv2.COLOR_RGB2LAB)


def _ranged(values: np.ndarray) -> np.ndarray:
    """Bring the values to 0..1, but for the brightest fiftieth."""
    low, high = float(values.min()), float(np.quantile(values, 0.98))
    return (values - low) / max(high - low, 1e-6)


def _blob(box: Box) -> np.ndarray:
    """A round hill over a face, with a sum of 1."""
    left, top, width, height = box
    rows, columns = (np.indices((SIDE, SIDE), np.float32) + 0.5) / SIDE
    away = ((columns - left - width / 2) / max(width, 0.05)) ** 2 + ((rows - top - height / 2) / max(height, 0.05)) ** 2
    hill = np.exp(-away)
    return hill / max(float(hill.sum()), 1e-6)
