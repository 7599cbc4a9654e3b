"""What sleeves, trouser legs and other parts have in common: pixels and a direction."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

LONG_LIMB = 2.2  # variance along a limb against that across it


@dataclass(frozen=True, slots=True)
class Limb:
    """A limb's pixels and direction.

    Attributes:
        mask: h×w bool.
        axis: degrees, clockwise, from straight down to the limb's direction away from the body.
        side: −1 left of the body, 1 right of it, 0 neither.
        reach: a sleeve's length against its seam's.
    """

    mask: np.ndarray
    axis: float
    side: int = 0
    reach: float = 0.0


def axis_of(direction: np.ndarray) -> float:
    """Return the clockwise angle in degrees that turns straight down into a direction (x, y)."""
    return float(np.degrees(np.arctan2(-direction[0], direction[1])))


def spread_of(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the middle of N×2 points, their principal axes as rows, the longer first, and the variances along them."""
    middle, axes, variances = cv2.PCACompute2(points, np.empty(0))
    return middle[0], axes, variances[:, 0]


def principal_direction(points: np.ndarray, joint: np.ndarray) -> np.ndarray:
    """Return the longest axis of a long limb, else the way from its joint to its middle."""
    middle, axes, variances = spread_of(points)
    outward = middle - joint
    if variances[0] < LONG_LIMB * max(float(variances[1]), 1e-6):
        return outward / max(float(np.linalg.norm(outward)), 1e-6)
    return axes[0] * (np.sign(axes[0] @ outward) or 1.0)
