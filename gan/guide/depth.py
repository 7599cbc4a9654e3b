"""How far inside a mask each of its places lies."""

from __future__ import annotations

import cv2
import numpy as np


def depth_inside(inside: np.ndarray) -> np.ndarray:
    """Return the distance of every pixel from what is not marked, h×w float32 in pixels.

    What is beyond the picture is not marked either.

    Args:
        inside: h×w bool.
    """
    depth: np.ndarray = cv2.distanceTransform(np.pad(inside, 1).view(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return depth
