"""The cheapest way through the overlap of two pieces of a picture, along which one is laid over the other.

Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001.
"""

from __future__ import annotations

import numpy as np


def minimal_cuts(errors: np.ndarray, steps: tuple[int, int, int]) -> np.ndarray:
    """Return the cheapest path down each overlap, found by dynamic programming.

    Args:
        errors: N×length×width float32, what it costs to cut through a pixel.
        steps: −1, 0 and 1, by which a path may move from row to row, the one first that is taken of equally cheap ones.

    Returns:
        N×length int, the path's column in every row.
    """
    cost = np.pad(errors, ((0, 0), (0, 0), (1, 1)), constant_values=np.inf)
    width = errors.shape[2]
    for row in range(1, cost.shape[1]):
        before = cost[:, row - 1]
        cost[:, row, 1:-1] += np.minimum(np.minimum(before[:, :-2], before[:, 2:]), before[:, 1:-1])
    best = np.stack([cost[:, :-1, 1 + step : 1 + step + width] for step in steps]).argmin(0)
    moves = np.array(steps)[best]
    number = np.arange(len(cost))
    path = np.empty(cost.shape[:2], int)
    path[:, -1] = cost[:, -1, 1:-1].argmin(1)
    for row in range(cost.shape[1] - 2, -1, -1):
        path[:, row] = path[:, row + 1] + moves[number, row, path[:, row + 1]]
    return path
