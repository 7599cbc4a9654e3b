"""Finds sleeves and trouser legs in a garment's silhouette."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

OPENING_SHARES = (0.8, 0.7, 0.6, 0.5, 0.42, 0.35)  # of the body's inscribed circle
SLEEVE_AREA = (0.011, 0.24)  # of the garment's
SHOULDER_ZONE = 0.55  # sleeves are sewn on in this upper share of the garment
LEG_GAP = 0.1  # of the garment's height: a shorter gap is a hem's curve
LEAST_REACH = 0.36  # a sleeve is that much longer than its seam; a corner is not
LONE_REACH = 1.6  # for a sleeve without a partner
LONE_STEEPEST = 80.0
LONE_AREA = 0.015  # of the picture
LEAST_PAIR = 0.34  # of the larger sleeve's area
SEAM_LEAN = (-6.0, 24.0)  # degrees from upright towards the neck
STEEPEST_SLEEVE = 112.0  # degrees from straight down
SIDEWAYS_LEG_GAP = 0.35
LEG_WIDTH = 0.16  # of the garment's width, each


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


def find_legs(part: np.ndarray) -> list[Limb]:
    """Return the two legs of trousers or shorts, cut along the line from the crotch to the waist, or nothing.

    Trousers are often photographed lying sideways: then the gap opens to the left, to the right or upwards.

    Args:
        part: h×w bool, one connected garment.
    """
    for turns, least_gap in ((0, LEG_GAP), (1, SIDEWAYS_LEG_GAP), (3, SIDEWAYS_LEG_GAP), (2, SIDEWAYS_LEG_GAP)):
        legs = _upright_legs(np.rot90(part, turns), least_gap)
        if legs:
            return [Limb(np.rot90(leg.mask, -turns), (leg.axis + 90 * turns + 180) % 360 - 180) for leg in legs]
    return []


def _upright_legs(part: np.ndarray, least_gap: float) -> list[Limb]:
    rows = np.flatnonzero(part.any(axis=1))
    columns = np.flatnonzero(part.any(axis=0))
    top, bottom, width = int(rows[0]), int(rows[-1]), len(columns)
    height = bottom - top + 1
    gap = _gap_between_legs(part, top, bottom, LEG_WIDTH * width)
    if gap is None or len(gap) < least_gap * height or len(gap) > 0.92 * height:
        return []
    crotch = gap[-1]
    divide = _dividing_column(part, gap, top, crotch)
    across = np.arange(part.shape[1])[None, :]
    left, right = part & (across < divide[:, None]), part & (across >= divide[:, None])
    if min(left.sum(), right.sum()) < 0.6 * max(left.sum(), right.sum()):
        return []
    return [Limb(side, _leg_axis(side, crotch[0], bottom)) for side in (left, right)]


def _gap_between_legs(part: np.ndarray, top: int, bottom: int, least: float) -> list[tuple[int, float]] | None:
    """(row, middle of the gap) for the rows with two legs, from the hem up to the crotch."""
    found: list[tuple[int, float]] = []
    missing = 0
    for row in range(bottom, top, -1):
        middle = _middle_gap(part[row], least)
        if middle is not None:
            found.append((row, middle))
            missing = 0
        elif found:
            missing += 1
            if missing > 2:
                break
        elif bottom - row > 0.25 * (bottom - top):
            return None
    return found or None


def _middle_gap(line: np.ndarray, least: float) -> float | None:
    """Middle of the gap where the row consists of exactly two wide runs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(np.int8), [0]])))
    runs = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= 0.5 * least]
    if len(runs) != 2 or min(end - start for start, end in runs) < least:
        return None
    return (runs[0][1] + runs[1][0]) / 2


def _dividing_column(part: np.ndarray, gap: list[tuple[int, float]], top: int, crotch: tuple[int, float]) -> np.ndarray:
    """Column that divides left from right in every row: along the gap, then straight to the waist's middle."""
    waist = np.flatnonzero(part[min(top + 2, crotch[0])])
    middle = float(waist.mean()) if len(waist) else crotch[1]
    rows = [top] + [row for row, _ in reversed(gap)]
    columns = [middle] + [column for _, column in reversed(gap)]
    return np.interp(np.arange(part.shape[0]), rows, columns)


def _leg_axis(leg: np.ndarray, crotch: int, bottom: int) -> float:
    """Direction of the line through the leg's row middles below the crotch."""
    rows = [row for row in range(crotch, bottom + 1) if leg[row].any()]
    if len(rows) < 6:
        return 0.0
    middles = [float(np.flatnonzero(leg[row]).mean()) for row in rows]
    slope = float(np.polyfit(rows, middles, 1)[0])
    return float(np.clip(axis_of(np.array([slope, 1.0])), -40, 40))


def find_sleeves(part: np.ndarray) -> list[Limb]:
    """Return the sleeves that a disc as wide as the body cannot enter (morphological opening), at most two.

    Args:
        part: h×w bool, one connected garment.
    """
    distance = cv2.distanceTransform(np.pad(part, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    radius = float(distance.max())
    best: list[Limb] = []
    best_score = 0.0
    for share in OPENING_SHARES:
        body = _opened(part, distance, share * radius)
        sleeves = _lateral_limbs(part, body)
        score = _score(sleeves)
        if score > best_score:
            best, best_score = sleeves, score
    return best


def _opened(part: np.ndarray, distance: np.ndarray, radius: float) -> np.ndarray:
    """Opening by a disc, through two distance transforms."""
    core = distance > radius
    if not core.any():
        return part
    away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5)
    return part & (away <= radius + 1.0)


def _lateral_limbs(part: np.ndarray, body: np.ndarray) -> list[Limb]:
    rest = (part & ~body).astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(rest, connectivity=4)
    areas = statistics[:, cv2.CC_STAT_AREA] / float(part.sum())
    pieces = [labels == index for index in range(1, count) if SLEEVE_AREA[0] / 2 <= areas[index] <= SLEEVE_AREA[1]]
    return [limb for piece in pieces if (limb := _sleeve(part, body, piece)) is not None]


def _sleeve(part: np.ndarray, body: np.ndarray, piece: np.ndarray) -> Limb | None:
    """Return the piece as a sleeve if it hangs beside the body from the shoulder and reaches well out of its seam."""
    touching = piece & (cv2.dilate(body.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    rows = np.flatnonzero(part.any(axis=1))
    if touching.sum() < 4:
        return None
    joint = np.argwhere(touching).mean(0)[::-1]
    centre = np.argwhere(piece).mean(0)[::-1]
    middle = float(np.median(np.nonzero(body)[1]))
    outward = np.array([float(np.sign(joint[0] - middle)) or 1.0, 0.0])
    if joint[1] > rows[0] + SHOULDER_ZONE * len(rows) or (centre - joint) @ outward < -0.02 * len(rows):
        return None
    seam = _seam(part, touching, outward)
    mask = _beyond_seam(part, piece, seam)
    area = float(mask.sum()) / float(part.sum())
    reach = (np.argwhere(mask)[:, ::-1] - seam.point) @ seam.normal
    if not SLEEVE_AREA[0] <= area <= SLEEVE_AREA[1] or reach.max() < LEAST_REACH * seam.length:
        return None
    axis = axis_of(_principal_direction(mask, np.argwhere(mask).mean(0)[::-1] - seam.middle))
    if abs(axis) > STEEPEST_SLEEVE:
        return None
    return Limb(mask, axis, side=int(outward[0]), reach=float(reach.max()) / seam.length)


@dataclass(frozen=True, slots=True)
class _Seam:
    """A straight armhole: from the underarm `point` upwards, `normal` points into the sleeve."""

    point: np.ndarray
    normal: np.ndarray
    middle: np.ndarray
    length: float


def _seam(part: np.ndarray, touching: np.ndarray, outward: np.ndarray) -> _Seam:
    """The straight line that replaces the opening's round cut: from the underarm, nearly upright as armholes are."""
    points = np.argwhere(touching)[:, ::-1].astype(np.float64)
    _, _, vectors = np.linalg.svd(points - points.mean(0), full_matrices=False)
    along = vectors[0] if vectors[0][1] < 0 else -vectors[0]
    places = points @ along
    underarm, shoulder = points[places.argmin()], points[places.argmax()]
    lean = np.degrees(np.arctan2((shoulder - underarm) @ -outward, underarm[1] - shoulder[1]))
    lean = np.radians(np.clip(lean, *SEAM_LEAN))
    upwards = -outward * np.sin(lean) + np.array([0.0, -1.0]) * np.cos(lean)
    length = _thickness(part, underarm + 2 * upwards, upwards)
    normal = np.array([-upwards[1], upwards[0]])
    return _Seam(underarm, normal * np.sign(normal @ outward), underarm + upwards * length / 2, length)


def _thickness(part: np.ndarray, start: np.ndarray, direction: np.ndarray) -> float:
    """How far one can go in a direction before leaving the garment, in pixels, at least 3."""
    line = np.rint(start + np.arange(max(part.shape))[:, None] * direction).astype(int)
    inside = np.all((line >= 0) & (line < part.shape[::-1]), axis=1)
    covered = np.zeros(len(line), bool)
    covered[inside] = part[line[inside, 1], line[inside, 0]]
    return float(max(3, int(covered.argmin())))


def _principal_direction(piece: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """The longest axis of a long limb, else simply the way from the seam to the middle."""
    points = np.argwhere(piece)[:, ::-1].astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov((points - points.mean(0)).T))
    if values[1] < 2.2 * max(values[0], 1e-6):
        return outward / max(float(np.linalg.norm(outward)), 1e-6)
    return vectors[:, 1] * (np.sign(vectors[:, 1] @ outward) or 1.0)


def _beyond_seam(part: np.ndarray, piece: np.ndarray, seam: _Seam) -> np.ndarray:
    """The sleeve's pixels: everything near the piece on the far side of the seam, in one connected part."""
    y, x = np.indices(part.shape)
    beyond = (x - seam.point[0]) * seam.normal[0] + (y - seam.point[1]) * seam.normal[1] > 0
    near = cv2.dilate(piece.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (31, 31))) > 0
    above = y <= seam.point[1] + 1
    count, labels = cv2.connectedComponents(((part & beyond & near & above) | piece & beyond).astype(np.uint8))
    if count < 2:
        return piece
    return labels == 1 + int(np.bincount(labels[piece & (labels > 0)], minlength=count)[1:].argmax())


def _score(sleeves: list[Limb]) -> float:
    """Two alike on both sides are best; one alone is believed if it is long; anything else is an error."""
    if len(sleeves) == 1:
        lone = sleeves[0]
        believable = lone.reach > LONE_REACH and abs(lone.axis) < LONE_STEEPEST and lone.mask.mean() > LONE_AREA
        return 0.3 if believable else 0.0
    if len(sleeves) != 2 or sleeves[0].side == sleeves[1].side:
        return 0.0
    areas = [float(sleeve.mask.sum()) for sleeve in sleeves]
    if min(areas) < LEAST_PAIR * max(areas):
        return 0.0
    return 1.0 + min(areas) / max(areas) + 4 * sum(areas) / float(sleeves[0].mask.size)
