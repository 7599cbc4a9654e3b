"""Splits a garment into the pieces it is sewn from: body, sleeves, legs, collar, hood; where unsure, into one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.boxes import mask_box
from gan.guide.legs import find_legs
from gan.guide.limbs import Limb
from gan.guide.parts.find import Parts, find_parts
from gan.guide.sleeves import find_sleeves

MOST_BORDER = 0.6  # of the picture's border: what covers more of it is a background or a whole picture
SMALLEST_PART = 0.12  # of the garment's area: a separate part, such as the second shoe


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of cloth.

    Attributes:
        weight: float32 0..1 over the box: the panel's share over those before it. None: it lies everywhere.
        box: (top, bottom, left, right) in full-size pixels outside which the weight is zero.
        axis: degrees by which the cloth is turned on this panel, clockwise.
        anchor: (x, y) in full-size pixels: the pattern is centred here.
        joint: (x, y) in full-size pixels: the middle of its seam with the others; its own middle where it has none.
    """

    weight: np.ndarray | None
    box: tuple[int, int, int, int]
    axis: float
    anchor: tuple[float, float]
    joint: tuple[float, float]


def find_panels(mask: np.ndarray, size: tuple[int, int], garment: np.ndarray | None = None) -> tuple[Panel, ...]:
    """Return the panels of a garment, the body first.

    Args:
        mask: h×w float32 in 0..1 at a reduced size.
        size: full height and width the panels are wanted for.
        garment: the picture, H×W×3 RGB uint8, at any size of the same proportions; None: the outline must do.
    """
    inside = _cleaned(mask > 0.5)
    whole = (0, size[0], 0, size[1])
    if inside.sum() < 64 or _border_share(inside) > MOST_BORDER:
        middle = (size[1] / 2, size[0] / 2)
        return (Panel(None, whole, 0.0, middle, middle),)
    parts = _separate_parts(inside)
    body, *others = parts
    seen = Parts() if garment is None else find_parts(garment, mask)
    limbs = _joined(seen, parts)
    pieces = [_cut_panel(limb, inside, size) for limb in (*(Limb(part, 0.0) for part in others), *limbs)]
    middle = _middle(body, size)
    return (Panel(None, whole, 0.0, middle, middle), *pieces)


def _border_share(inside: np.ndarray) -> float:
    return float(np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]]).mean())


def _joined(seen: Parts, parts: list[np.ndarray]) -> list[Limb]:
    """What the picture shows and, where that is less, what the outline shows."""
    if seen.trims or len(seen.sleeves) == 2:
        limbs = list(seen.sleeves)
    else:
        limbs = [leg for part in parts for leg in find_legs(part)] or list(seen.legs)
    if not limbs:
        limbs = [sleeve for part in parts for sleeve in find_sleeves(part)] or list(seen.sleeves)
    return [*limbs, *seen.trims]


def _cleaned(inside: np.ndarray) -> np.ndarray:
    """Close pin-holes and drop specks."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    closed = cv2.morphologyEx(inside.view(np.uint8), cv2.MORPH_CLOSE, kernel)
    return cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel) > 0


def _separate_parts(inside: np.ndarray) -> list[np.ndarray]:
    """Connected parts that are large enough to be pieces of their own, the largest first."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(inside.view(np.uint8), connectivity=8)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    order = [int(index) for index in np.argsort(-areas) if areas[index] >= SMALLEST_PART * inside.sum()]
    return [labels == index + 1 for index in order] if count > 1 else [inside]


def _middle(part: np.ndarray, size: tuple[int, int]) -> tuple[float, float]:
    """The median column and row of a part, (x, y) in full-size pixels."""
    columns, rows = (np.count_nonzero(part, axis=axis).cumsum() for axis in (0, 1))
    x, y = (int(np.searchsorted(counts, counts[-1] / 2)) for counts in (columns, rows))
    return x * size[1] / part.shape[1], y * size[0] / part.shape[0]


def _joint(limb: np.ndarray, grown: np.ndarray, inside: np.ndarray, size: tuple[int, int]) -> tuple[float, float]:
    """The middle of where a limb touches the rest of the garment, (x, y) in full-size pixels."""
    rest = cv2.resize(inside.view(np.uint8), limb.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    touching = rest & ~limb & (grown > 0)
    if not touching.any():
        return _middle(limb, size)
    row, column = (float(place.mean()) for place in np.nonzero(touching))
    return column * size[1] / limb.shape[1], row * size[0] / limb.shape[0]


def _cut_panel(limb: Limb, inside: np.ndarray, size: tuple[int, int]) -> Panel:
    """Bring a reduced panel mask to full size with a smooth, antialiased edge."""
    factor = size[0] / limb.mask.shape[0]
    grown = cv2.dilate(limb.mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    window = mask_box(grown > 0, margin=3)
    top, bottom, left, right = (
        round(edge * full / reduced)
        for side, full, reduced in zip(window, size, limb.mask.shape, strict=True)
        for edge in (side.start, side.stop)
    )
    soft = cv2.GaussianBlur(grown[window].astype(np.float32), (0, 0), 1.4)
    full = cv2.resize(soft, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC)
    steepness = max(1.0, 2.5 * factor)
    weight = np.clip((full - 0.5) * steepness + 0.5, 0.0, 1.0)
    joint = _joint(limb.mask, grown, inside, size)
    return Panel(weight, (top, bottom, left, right), limb.axis, _middle(limb.mask, size), joint)
