"""Has a cloth an up and a down? Then lying it askew looks like a mistake."""

from __future__ import annotations

import cv2
import numpy as np

from gan.colour import lab_planes
from gan.guide.plaid import is_plaid
from gan.guide.tile import Tile

THREADS_SIDE = 256  # most pixels of a tile in which threads are looked for
SIDE = 64  # pixels at which a tile is compared with itself upside down
ALIKE = 0.78  # correlation from which it is the same either way


def stands_upright(tile: Tile) -> bool:
    """Whether a pattern looks different upside down, as trees, hearts and waves do and dots and checks do not.

    A plaid may: its threads have no up, and it is often cut on the bias.
    """
    factor = min(1.0, THREADS_SIDE / max(tile.image.shape[:2]))
    size = [max(2, round(side * factor)) for side in tile.image.shape[1::-1]]
    planes = lab_planes(cv2.resize(tile.image, size, interpolation=cv2.INTER_AREA))
    if is_plaid(planes):
        return False
    small = cv2.resize(planes, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small -= small.mean((0, 1))
    return _likeness(small, np.ascontiguousarray(small[::-1, ::-1])) < ALIKE


def _likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Greatest correlation of two periodic pictures h×w×3 over all shifts, 0..1."""
    product = np.fft.fft2(first, axes=(0, 1)) * np.conj(np.fft.fft2(second, axes=(0, 1)))
    correlation = np.fft.ifft2(product.sum(axis=2)).real
    return float(correlation.max() / max(float(np.square(first).sum()), 1e-6))
