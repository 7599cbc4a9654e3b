"""What is known of the parts in the training pictures: drawn by hand, read from clear outlines, or from the kind.

`labels.json` holds polygons drawn by hand for this project on photos of the Clothing dataset (CC0), in hundredths of
the picture's width and height. An empty polygon says that the part is not there; a part that is not named is unknown.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from gan.guide.legs import find_legs
from gan.guide.parts.network import PARTS
from gan.guide.sleeves import find_sleeves
from gan.pictures import fit_size

DRAWN = Path(__file__).with_name("labels.json")
TROUSERS = {"pants", "shorts"}
SLEEVELESS = TROUSERS | {"skirt", "undershirt", "hat", "shoes"}
COLLARLESS = SLEEVELESS | {"tshirt"}
HOODLESS = COLLARLESS | {"shirt", "blazer", "polo", "dress", "top", "blouse"}
OUTLINE_SIDE = 160
SLEEVES, LEGS, COLLARS, HOOD = slice(0, 2), slice(2, 4), slice(4, 6), 6

Polygons = dict[str, list[list[float]]]


def read_drawn(path: Path = DRAWN) -> dict[str, Polygons]:
    """Return the polygons drawn by hand, by picture and part."""
    drawn: dict[str, Polygons] = json.loads(path.read_text())
    return drawn


def label_parts(stem: str, mask: np.ndarray, drawn: dict[str, Polygons]) -> tuple[np.ndarray, np.ndarray]:
    """Return where the parts are and which of them are known.

    Args:
        stem: the picture's name, `kind-number`.
        mask: h×w float32 in 0..1, the garment.
        drawn: from `read_drawn`.

    Returns:
        7×h×w bool, and 7 bool.
    """
    inside = mask > 0.5
    parts, known = np.zeros((len(PARTS), *mask.shape), bool), _absent(stem.partition("-")[0])
    _read_outline(inside, parts, known)
    for name, polygon in drawn.get(stem, {}).items():
        index = PARTS.index(name)
        parts[index], known[index] = _filled(polygon, inside, topmost="sleeve" in name), True
    # What was drawn small lies over what was drawn large.
    parts[SLEEVES] &= ~parts[4:].any(axis=0)
    return parts, known


def _absent(kind: str) -> np.ndarray:
    """Which parts a kind of garment never has."""
    known = np.zeros(len(PARTS), bool)
    known[SLEEVES], known[LEGS] = kind in SLEEVELESS, kind not in TROUSERS
    known[COLLARS], known[HOOD] = kind in COLLARLESS, kind in HOODLESS
    return known


def _read_outline(inside: np.ndarray, parts: np.ndarray, known: np.ndarray) -> None:
    """Fill in pairs of sleeves or legs that stand out of the outline."""
    size = fit_size(inside.shape, OUTLINE_SIDE, enlarge=True)
    small = cv2.resize(inside.view(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    if small.sum() < 64:
        return
    pairs = [(group, find) for group, find in ((SLEEVES, find_sleeves), (LEGS, find_legs)) if not known[group].any()]
    for group, find in pairs:
        limbs = sorted(find(small), key=lambda limb: float(np.flatnonzero(limb.mask.any(axis=0)).mean()))
        if len(limbs) == 2 and max(abs(limb.axis) for limb in limbs) < 120:
            known[group] = True
            for index, limb in zip((group.start, group.start + 1), limbs, strict=True):
                wide = cv2.resize(limb.mask.astype(np.uint8), inside.shape[::-1], interpolation=cv2.INTER_NEAREST)
                parts[index] = (wide > 0) & inside


def _filled(polygon: list[list[float]], inside: np.ndarray, topmost: bool) -> np.ndarray:
    """The polygon's pixels inside the garment; of a sleeve not the hem that swings out below it."""
    drawn = np.zeros(inside.shape, np.uint8)
    if not polygon:
        return drawn > 0
    scale = np.array(inside.shape[::-1]) / 100
    cv2.fillPoly(drawn, [np.rint(np.array(polygon) * scale).astype(np.int32)], 1)
    drawn &= inside.view(np.uint8)
    if topmost:
        count, labels, statistics, _ = cv2.connectedComponentsWithStats(drawn, connectivity=4)
        large = [index for index in range(1, count) if statistics[index, 4] > 0.15 * drawn.sum()]
        if large:
            return labels == min(large, key=lambda index: int(statistics[index, 1]))
    return drawn > 0
