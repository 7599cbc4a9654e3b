"""The part network's training pictures: cut out, labelled, kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gan.guide.parts.labels import label_parts, read_drawn
from gan.guide.parts.view import cut_out
from gan.mask import find_mask
from gan.picture_folders import is_held_out
from gan.pictures import read_picture

KEPT_SIDE = 192  # a little larger than the network's view, as pictures are turned and enlarged
DRAWN_WEIGHT = 3.0  # how much more often a picture labelled by hand is shown
EMPTY_WEIGHT = 0.3  # and one of a kind without any part


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One garment with its parts.

    Attributes:
        picture: h×w×3 RGB uint8.
        mask: h×w float32 in 0..1.
        parts: 7×h×w bool.
        known: 7 bool, which parts the picture can teach.
        weight: how often it is shown.
    """

    picture: np.ndarray
    mask: np.ndarray
    parts: np.ndarray
    known: np.ndarray
    weight: float


def read_pictures(garments: Path, masks: Path | None) -> Iterator[LabelledPicture]:
    """Read the garments that may be trained on.

    Args:
        garments: folder of photos named `kind-number`.
        masks: folder of grey PNG masks of the same names; those that it lacks are found.
    """
    drawn = read_drawn()
    for file in sorted(garments.glob("*.jpg")):
        if is_held_out(file):
            continue
        garment = read_picture(file)
        mask = _mask_of(file, garment, masks)
        if not (mask > 0.5).any():
            continue
        parts, known = label_parts(file.stem, mask, drawn)
        polygons = drawn.get(file.stem)
        if known.all() or parts.any() or polygons is not None:
            by_hand = polygons is not None and any(polygons.values())
            seldom = polygons is None and not parts.any()
            weight = DRAWN_WEIGHT if by_hand else EMPTY_WEIGHT if seldom else 1.0
            yield _kept(garment, mask, parts, known, weight)


def _mask_of(file: Path, garment: np.ndarray, masks: Path | None) -> np.ndarray:
    stored = None if masks is None else cv2.imread(str(masks / f"{file.stem}.png"), cv2.IMREAD_GRAYSCALE)
    return find_mask(garment).alpha if stored is None else stored.astype(np.float32) / 255


def _kept(
    garment: np.ndarray, mask: np.ndarray, parts: np.ndarray, known: np.ndarray, weight: float
) -> LabelledPicture:
    picture, small, box = cut_out(garment, mask, KEPT_SIDE)
    size = small.shape[::-1]
    seen = [cv2.resize(part[box].astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5 for part in parts]
    return LabelledPicture(picture, small, np.stack(seen), known, weight)
