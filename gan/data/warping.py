"""Elastic distortion of garments: their folds run otherwise, so that a hundred garments teach like many more."""

from __future__ import annotations

import cv2
import numpy as np

CELLS = (2, 5)
LARGEST_SHIFT = 0.05
"""Standard deviation of the displacement, as a part of the long side."""


def random_warp(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Return smooth random displacements H×W×2 in pixels, across and down.

    Simard et al., "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis" (2003).
    """
    cells = int(rng.integers(CELLS[0], CELLS[1] + 1))
    size = rng.uniform(0, LARGEST_SHIFT) * max(height, width) * CELLS[0] / cells
    knots = rng.normal(scale=size, size=(cells + 1, cells + 1, 2)).astype(np.float32)
    return np.asarray(cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def sampled_at(turn: np.ndarray, warp: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where in the source each pixel of a warped affine picture comes from, as OpenCV's two maps H×W.

    Args:
        turn: 2×3, from source to picture.
        warp: displacements H×W×2 in the picture.
    """
    height, width = warp.shape[:2]
    across = warp[..., 0] + np.arange(width, dtype=np.float32)
    down = warp[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    back = cv2.invertAffineTransform(turn).astype(np.float32)
    return tuple(row[0] * across + row[1] * down + row[2] for row in back)
