"""A style as one graphic, to be printed once: what it shows without its plain ground, else all of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.motif import Motif

NOISE = 4.0
"""Levels from the ground's colour that still are ground."""
EDGE = 7
"""Pixels across in which a thing's edge is mixed with the ground; the thing is as opaque as it gets there."""
COVERS = 0.95
"""Of the most that is seen nearby: what differs from the ground by more covers it wholly."""
FAINTEST = 24.0
"""Levels of difference that are enough to cover, however faint the motif."""


@dataclass(frozen=True, slots=True)
class Graphic:
    """What a placement print is printed with.

    Attributes:
        image: h×w×4 uint8, RGB and opacity, not multiplied.
        ground: RGB of the ground it was cut out of; None where it had none.
    """

    image: np.ndarray
    ground: np.ndarray | None


def whole_graphic(picture: np.ndarray) -> Graphic:
    """Return a picture h×w×3 uint8 as it is."""
    return Graphic(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA), None)


def cut_graphic(picture: np.ndarray, motif: Motif, factor: float) -> Graphic:
    """Cut a motif out of its ground.

    In a drawing, ground that it encloses is open too, as inside an O; in a photo or a painting it is part of the thing.

    Args:
        picture: h×w×3 uint8.
        motif: what was found in it, or in the same picture at a smaller size.
        factor: how many times as large this one is.
    """
    seen = picture[motif.box_at(factor)].astype(np.float32)
    ground = motif.ground.astype(np.float32)
    away = np.abs(seen - ground).max(2)
    nearby = cv2.dilate(away, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (EDGE, EDGE)))
    opacity = np.clip((away - NOISE) / np.maximum(COVERS * nearby - NOISE, FAINTEST), 0, 1)
    if not motif.is_graphic:
        opacity[_enclosed(away <= 2 * NOISE)] = 1
    # At its edges the motif is mixed with the ground, which must not be printed with it.
    ink = ground + (seen - ground) / np.maximum(opacity, 1 / 255)[..., None]
    image = np.dstack([np.clip(ink, 0, 255), 255 * opacity])
    return Graphic(np.rint(image).astype(np.uint8), motif.ground)


def _enclosed(ground: np.ndarray) -> np.ndarray:
    """Which of the ground's pixels are not connected with the border, h×w bool."""
    framed = cv2.copyMakeBorder(ground.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(framed, connectivity=4)
    return ground & (labels[1:-1, 1:-1] != labels[0, 0])
