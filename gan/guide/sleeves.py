"""Finds sleeves in a garment's silhouette."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.boxes import Box, mask_box
from gan.guide.depth import depth_inside
from gan.guide.limbs import Limb, axis_of, principal_direction, spread_of

OPENING_SHARES = (0.8, 0.7, 0.6, 0.5, 0.42, 0.35)  # of the body's inscribed circle
SLEEVE_AREA = (0.011, 0.24)  # of the garment's
SHOULDER_ZONE = 0.55  # sleeves are sewn on in this upper share of the garment
LEAST_REACH = 0.36  # of its seam's length: so far a sleeve reaches out of it; a corner does not
LONE_REACH = 1.6  # the same for a sleeve without a partner
LONE_STEEPEST = 80.0
LONE_AREA = 0.015  # of the picture
LEAST_PAIR = 0.34  # of the larger sleeve's area
SEAM_LEAN = (-6.0, 24.0)  # degrees from upright towards the neck
STEEPEST_SLEEVE = 112.0  # degrees from straight down
NEAR = 0.06  # of the picture's long side: how far beyond the cut a sleeve may go on
LEVEL = 1e-4  # slope below which a line counts as level


@dataclass(frozen=True, slots=True)
class _Trunk:
    """A garment and its body, as every piece that may be a sleeve is compared with them.

    Attributes:
        part: h×w bool, the garment.
        rim: h×w bool, the body and one pixel around it.
        area: of the garment in pixels.
        top, height: of the garment's rows.
        middle: the body's median column.
    """

    part: np.ndarray
    rim: np.ndarray
    area: float
    top: int
    height: int
    middle: float


@dataclass(frozen=True, slots=True)
class _Seam:
    """A straight armhole: from the underarm `point` upwards, `normal` points into the sleeve."""

    point: np.ndarray
    normal: np.ndarray
    middle: np.ndarray
    length: float


def find_sleeves(part: np.ndarray) -> list[Limb]:
    """Return the sleeves that a disc as wide as the body cannot enter (morphological opening), at most two.

    Args:
        part: h×w bool, one connected garment.
    """
    distance = depth_inside(part)
    radius = float(distance.max())
    best: list[Limb] = []
    best_score = 0.0
    for share in OPENING_SHARES:
        sleeves = _lateral_limbs(part, _opened(part, distance, share * radius))
        score = _score(sleeves)
        if score > best_score:
            best, best_score = sleeves, score
    return best


def _opened(part: np.ndarray, distance: np.ndarray, radius: float) -> np.ndarray:
    """Opening by a disc, through two distance transforms."""
    core = distance > radius
    if not core.any():
        return part
    away = cv2.distanceTransform((~core).view(np.uint8), cv2.DIST_L2, 5)
    return part & (away <= radius + 1.0)


def _lateral_limbs(part: np.ndarray, body: np.ndarray) -> list[Limb]:
    count, labels = cv2.connectedComponents((part & ~body).view(np.uint8), connectivity=4, ltype=cv2.CV_16U)
    trunk = _trunk(part, body)
    areas = np.bincount(labels.ravel(), minlength=count) / trunk.area
    sized = [index for index in range(1, count) if SLEEVE_AREA[0] / 2 <= areas[index] <= SLEEVE_AREA[1]]
    limbs = (_sleeve(trunk, labels == index) for index in sized)
    return [limb for limb in limbs if limb is not None]


def _trunk(part: np.ndarray, body: np.ndarray) -> _Trunk:
    rows, _ = mask_box(part)
    rim = cv2.dilate(body.view(np.uint8), np.ones((3, 3), np.uint8)).view(bool)
    columns = cv2.reduce(body.view(np.uint8), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0].cumsum()
    middle = float(np.searchsorted(columns, columns[-1] / 2))
    return _Trunk(part, rim, float(cv2.countNonZero(part.view(np.uint8))), rows.start, rows.stop - rows.start, middle)


def _sleeve(trunk: _Trunk, piece: np.ndarray) -> Limb | None:
    """Return the piece as a sleeve if it hangs beside the body from the shoulder and reaches well out of its seam."""
    window = mask_box(piece, margin=int(NEAR * max(piece.shape)) + 1)  # outside it there is nothing to see
    touching = _points(piece & trunk.rim, window)
    if len(touching) < 3:
        return None
    joint, axes, _ = spread_of(touching)
    outward = np.array([float(np.sign(joint[0] - trunk.middle)) or 1.0, 0.0])
    too_low = joint[1] > trunk.top + SHOULDER_ZONE * trunk.height
    if too_low or (_centre(piece, window) - joint[0]) * outward[0] < -0.02 * trunk.height:
        return None
    seam = _seam(trunk.part, touching, axes[0], outward)
    mask = _beyond_seam(trunk.part, piece, window, seam)
    points = _points(mask, window)
    reach = float(((points - seam.point) @ seam.normal).max())
    if not SLEEVE_AREA[0] <= len(points) / trunk.area <= SLEEVE_AREA[1] or reach < LEAST_REACH * seam.length:
        return None
    axis = axis_of(principal_direction(points, seam.middle))
    if abs(axis) > STEEPEST_SLEEVE:
        return None
    return Limb(mask, axis, side=int(outward[0]), reach=reach / seam.length)


def _centre(piece: np.ndarray, window: Box) -> float:
    """The mean column of a piece that lies within a window."""
    moments = cv2.moments(piece[window].view(np.uint8), binaryImage=True)
    return window[1].start + moments["m10"] / moments["m00"]


def _points(piece: np.ndarray, window: Box) -> np.ndarray:
    """The pixels (x, y) of a piece that lies within a window, N×2 float32."""
    rows, columns = window
    found = cv2.findNonZero(piece[window].view(np.uint8))
    if found is None:
        return np.empty((0, 2), np.float32)
    return found.reshape(-1, 2).astype(np.float32) + np.array([columns.start, rows.start], np.float32)


def _seam(part: np.ndarray, touching: np.ndarray, along: np.ndarray, outward: np.ndarray) -> _Seam:
    """The straight line that replaces the opening's round cut: from the underarm, nearly upright as armholes are."""
    # Upwards; inwards where the cut is level.
    places = touching @ along * np.sign(along @ (-LEVEL * outward - (0.0, 1.0)))
    underarm, shoulder = touching[places.argmin()], touching[places.argmax()]
    lean = np.degrees(np.arctan2((shoulder - underarm) @ -outward, underarm[1] - shoulder[1]))
    lean = np.radians(np.clip(lean, *SEAM_LEAN))
    upwards = -outward * np.sin(lean) + np.array([0.0, -1.0]) * np.cos(lean)
    length = _thickness(part, underarm + 2 * upwards, upwards)
    normal = np.array([-upwards[1], upwards[0]])
    return _Seam(underarm, normal * np.sign(normal @ outward), underarm + upwards * length / 2, length)


def _thickness(part: np.ndarray, start: np.ndarray, direction: np.ndarray) -> float:
    """How far one can go in a direction before leaving the garment, in pixels, at least 3."""
    (x, y), (across, down), (height, width) = start.tolist(), direction.tolist(), part.shape
    length = 0
    while True:
        column, row = round(x + length * across), round(y + length * down)
        if not (0 <= row < height and 0 <= column < width and part[row, column]):
            return float(max(3, length))
        length += 1


def _beyond_seam(part: np.ndarray, piece: np.ndarray, window: Box, seam: _Seam) -> np.ndarray:
    """The sleeve's pixels: everything near the piece on the far side of the seam, in one connected part."""
    rows, columns = window
    x, y = np.arange(part.shape[1])[columns], np.arange(part.shape[0])[rows, None]
    beyond = (x - seam.point[0]) * seam.normal[0] + (y - seam.point[1]) * seam.normal[1] > 0
    core = piece[window]
    near = cv2.distanceTransform((~core).view(np.uint8), cv2.DIST_L2, 3) <= NEAR * max(part.shape)
    above = y <= seam.point[1] + 1
    candidates = (part[window] & near & above | core) & beyond
    count, labels = cv2.connectedComponents(candidates.view(np.uint8), ltype=cv2.CV_16U)
    if count < 2:
        return piece
    overlaps = np.bincount(labels[core], minlength=count)
    sleeve = np.zeros_like(part)
    sleeve[window] = labels == 1 + int(overlaps[1:].argmax())
    return sleeve


def _score(sleeves: list[Limb]) -> float:
    """Two alike on both sides are best; one alone is believed if it is long; anything else is an error."""
    if len(sleeves) == 1:
        lone = sleeves[0]
        believable = lone.reach > LONE_REACH and abs(lone.axis) < LONE_STEEPEST and lone.mask.mean() > LONE_AREA
        return 0.3 if believable else 0.0
    if len(sleeves) != 2 or sleeves[0].side == sleeves[1].side:
        return 0.0
    areas = [np.count_nonzero(sleeve.mask) for sleeve in sleeves]
    if min(areas) < LEAST_PAIR * max(areas):
        return 0.0
    return 1.0 + min(areas) / max(areas) + 4 * sum(areas) / sleeves[0].mask.size
