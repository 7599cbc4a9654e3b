"""Pictures that show no period twice, yet repeat cleanly: their opposite edges meet."""

from __future__ import annotations

import numpy as np

from gan.colour import lab_planes
from gan.guide.tile import Tile

SEAMLESS_STEP = 1.25  # step across the joint against the picture's own strong steps
LIKE_NEIGHBOURS = 0.45  # the joint's step against that between far lines
LEAST_EDGE_DETAIL = 3.0  # Lab units; a plain border always meets itself, but it is a frame


def seamless_tile(picture: np.ndarray, fine: np.ndarray | None = None) -> Tile | None:
    """Return the whole picture as a tile when its opposite edges already meet, else None.

    Args:
        picture: H×W×3 RGB.
        fine: the same picture with more pixels, which then becomes the tile.
    """
    planes = lab_planes(picture)
    if not all(_edges_meet(planes, axis) for axis in (0, 1)):
        return None
    return Tile(picture if fine is None else fine, np.diag([float(picture.shape[1]), float(picture.shape[0])]))


def _edges_meet(planes: np.ndarray, axis: int) -> bool:
    lines = np.moveaxis(planes, axis, 0)
    if np.linalg.norm(lines[[0, -1]].std(axis=1), axis=1).min() < LEAST_EDGE_DETAIL:
        return False
    steps = np.abs(np.diff(lines, axis=0)).mean(axis=(1, 2))
    joint = float(np.abs(lines[0] - lines[-1]).mean())
    unlike = max(float(np.abs(lines[shift:] - lines[:-shift]).mean()) for shift in (len(lines) // 2, len(lines) // 3))
    return joint <= SEAMLESS_STEP * float(np.quantile(steps, 0.9)) and joint <= LIKE_NEIGHBOURS * unlike
