"""Finds trouser legs in a garment's silhouette."""

from __future__ import annotations

import numpy as np

from gan.boxes import mask_box
from gan.guide.limbs import Limb, axis_of

LEG_GAP = 0.1  # of the garment's height: a shorter gap is a hem's curve
SIDEWAYS_LEG_GAP = 0.35
LONGEST_LEG_GAP = 0.92
HEM = 0.25  # of the garment's height: the gap begins in this lowest share
LEG_WIDTH = 0.16  # of the garment's width, each


def find_legs(part: np.ndarray) -> list[Limb]:
    """Return the two legs of trousers or shorts, cut along the line from the crotch to the waist, or nothing.

    Trousers are often photographed lying sideways: then the gap opens to the left, to the right or upwards.

    Args:
        part: h×w bool, one connected garment.
    """
    for turns, least_gap in ((0, LEG_GAP), (1, SIDEWAYS_LEG_GAP), (3, SIDEWAYS_LEG_GAP), (2, SIDEWAYS_LEG_GAP)):
        legs = _upright_legs(np.ascontiguousarray(np.rot90(part, turns)), least_gap)
        if legs:
            return [Limb(np.rot90(leg.mask, -turns), (leg.axis + 90 * turns + 180) % 360 - 180) for leg in legs]
    return []


def _upright_legs(part: np.ndarray, least_gap: float) -> list[Limb]:
    rows, _ = mask_box(part)
    width = np.count_nonzero(part.any(axis=0))
    top, bottom = rows.start, rows.stop - 1
    height = bottom - top + 1
    gap = _gap_between_legs(part, top, bottom, LEG_WIDTH * width)
    if not least_gap * height <= len(gap) <= LONGEST_LEG_GAP * height or not gap:
        return []
    crotch = gap[-1]
    divide = _dividing_column(part, gap, top, crotch)
    across = np.arange(part.shape[1])[None, :]
    left, right = part & (across < divide[:, None]), part & (across >= divide[:, None])
    smaller, larger = sorted((np.count_nonzero(left), np.count_nonzero(right)))
    if smaller < 0.6 * larger:
        return []
    return [Limb(side, _leg_axis(side, crotch[0], bottom)) for side in (left, right)]


def _gap_between_legs(part: np.ndarray, top: int, bottom: int, least: float) -> list[tuple[int, float]]:
    """(row, middle of the gap) for the rows with two legs, from the hem up to the crotch."""
    hem = bottom - int(HEM * (bottom - top)) - 1
    if not _middle_gaps(part[max(0, hem) : bottom + 1], least):
        return []
    middles = _middle_gaps(part, least)
    found: list[tuple[int, float]] = []
    missing = 0
    for row in range(bottom, top, -1):
        middle = middles.get(row)
        if middle is not None:
            found.append((row, middle))
            missing = 0
        elif found:
            missing += 1
            if missing > 2:
                break
        elif bottom - row > HEM * (bottom - top):
            break
    return found


def _middle_gaps(part: np.ndarray, least: float) -> dict[int, float]:
    """Row → middle of the gap, for the rows that consist of exactly two wide runs."""
    edges = np.diff(part.view(np.int8), axis=1, prepend=0, append=0)
    rows, starts = np.nonzero(edges > 0)
    ends = np.nonzero(edges < 0)[1]
    kept = ends - starts >= 0.5 * least
    counts = np.bincount(rows[kept], minlength=len(part))
    paired = kept & (counts[rows] == 2)
    first, second = (slice(start, None, 2) for start in (0, 1))
    starts, ends, rows = starts[paired], ends[paired], rows[paired][first]
    wide = np.minimum(ends[first] - starts[first], ends[second] - starts[second]) >= least
    middles = (ends[first] + starts[second]) / 2
    return dict(zip(rows[wide].tolist(), middles[wide].tolist(), strict=True))


def _dividing_column(part: np.ndarray, gap: list[tuple[int, float]], top: int, crotch: tuple[int, float]) -> np.ndarray:
    """Column that divides left from right in every row: along the gap, then straight to the waist's middle."""
    waist = np.flatnonzero(part[min(top + 2, crotch[0])])
    middle = float(waist.mean()) if len(waist) else crotch[1]
    rows = [top] + [row for row, _ in reversed(gap)]
    columns = [middle] + [column for _, column in reversed(gap)]
    return np.interp(np.arange(part.shape[0]), rows, columns)


def _leg_axis(leg: np.ndarray, crotch: int, bottom: int) -> float:
    """Direction of the line through the leg's row middles below the crotch."""
    below = leg[crotch : bottom + 1]
    counts = np.count_nonzero(below, axis=1)
    rows = np.flatnonzero(counts)
    if len(rows) < 6:
        return 0.0
    middles = (below @ np.arange(leg.shape[1], dtype=np.float64))[rows] / counts[rows]
    slope = float(np.polyfit(rows, middles, 1)[0])
    return float(np.clip(axis_of(np.array([slope, 1.0])), -40, 40))
