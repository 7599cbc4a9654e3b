"""Pictures that show no period twice, yet repeat cleanly: seamless tiles, and plaids cut where threads agree."""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.colour import lab_planes
from gan.guide.tile import Tile, tile_between

SEAMLESS_STEP = 1.25  # step across the joint against the picture's own strong steps
LIKE_NEIGHBOURS = 0.45  # the joint's step against that between far lines
LEAST_EDGE_DETAIL = 3.0  # Lab units; a plain border always meets itself, but it is a frame
PLAID_SHARE = 0.78  # of a plaid's gradient energy belongs to lines across the whole picture
LEAST_STEP = 0.8  # Lab units per pixel, root mean square: a sky's slow gradient is no plaid
SHORTEST_PLAID = 0.4  # of the picture's side
JOINT_SHARE = 0.05  # of the picture's side: how much must agree at the joint
LENGTH_REWARD = 0.12
KEPT_VARIANCE = 0.5  # the piece must hold the plaid's colours, not just its widest band
WORST_JOINT = 0.3  # of the profile's variance


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


def plaid_tile(picture: np.ndarray, fine: np.ndarray | None = None) -> Tile | None:
    """Return a tile of an upright plaid or stripe, cut between two places where its threads agree, else None.

    Args:
        picture: H×W×3 RGB.
        fine: the same picture with more pixels, which the tile is then cut from.
    """
    planes = lab_planes(picture)
    if not is_plaid(planes):
        return None
    planes -= planes.mean((0, 1))
    columns, rows = planes.mean(0), planes.mean(1)
    across, down = _best_stretch(columns), _best_stretch(rows)
    if across is None or down is None:
        return None
    fine = picture if fine is None else fine
    wider, higher = fine.shape[1] / picture.shape[1], fine.shape[0] / picture.shape[0]
    tile = tile_between(fine, _enlarged(across, wider), _enlarged(down, higher))
    return tile.measured_in(picture, fine)


def _enlarged(stretch: tuple[int, int, int], factor: float) -> tuple[int, int, int]:
    start, end, overlap = stretch
    beyond = int((end + overlap) * factor)
    return round(start * factor), round(end * factor), beyond - round(end * factor)


def is_plaid(planes: np.ndarray) -> bool:
    """Whether the picture's steps run the whole width or height: threads do, a scene's outlines do not."""
    smooth = cv2.GaussianBlur(planes, (0, 0), max(planes.shape) / 150)
    across, down = np.diff(smooth, axis=1), np.diff(smooth, axis=0)
    common = (across.mean(0) ** 2).sum() * across.shape[0] + (down.mean(1) ** 2).sum() * down.shape[1]
    energy = float((across**2).sum() + (down**2).sum())
    return bool(common >= PLAID_SHARE * energy and energy >= LEAST_STEP**2 * smooth[..., 0].size)


def _best_stretch(profile: np.ndarray) -> tuple[int, int, int] | None:
    """Return (start, end, overlap): a long stretch of the profile after which it goes on as it began."""
    length = len(profile)
    window = max(2, round(JOINT_SHARE * length))
    variance = float((profile**2).sum(1).mean())
    if variance < 2.0:
        return 0, length - window, window
    best: tuple[float, int, int] | None = None
    for stretch in range(round(SHORTEST_PLAID * length), length - window + 1):
        error = ((profile[stretch:] - profile[: length - stretch]) ** 2).sum(1)
        total = np.convolve(error, np.ones(window), "valid") / window / variance
        start = int(total.argmin())
        cost = float(total[start]) - LENGTH_REWARD * stretch / length
        kept = float(profile[start : start + stretch].var(axis=0).sum())
        if total[start] <= WORST_JOINT and kept >= KEPT_VARIANCE * variance and (best is None or cost < best[0]):
            best = (cost, start, stretch)
    return None if best is None else (best[1], best[1] + best[2], window)
