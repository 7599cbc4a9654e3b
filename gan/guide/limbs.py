"""What sleeves and trouser legs have in common: pixels and a direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
