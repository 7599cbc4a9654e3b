"""The thin fringe around a garment into which only its colour has run."""

from __future__ import annotations

import cv2
import numpy as np

FAINT = 1 / 255
"""Alpha of the fringe: the least that an 8-bit mask can hold."""
REACH = 0.006
"""Width of the fringe as a part of the long side."""
SOLID = 0.1


def add_fringe(alpha: np.ndarray) -> np.ndarray:
    """Mark the pixels around a garment that may hold some of its colour, though none of its light.

    JPEG keeps colour at half the size, and lenses and resizing spread it too: a purple dress on white leaves a pink
    line on the white around it. Where alpha is 0 nothing is ever changed, so what is to be cleaned needs some.

    Args:
        alpha: H×W float32 in 0 to 1.

    Returns:
        The same, but for `FAINT` where it was less within reach of the garment.
    """
    side = 2 * max(1, round(REACH * max(alpha.shape))) + 1
    near = cv2.dilate((alpha > SOLID).view(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.where(near > 0, np.maximum(alpha, np.float32(FAINT)), alpha)
