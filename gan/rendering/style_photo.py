"""What the networks see in a style that is a photo: a garment whose cloth is meant, and the light of folds."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.focus import Box
from gan.guide.photo_reader import PhotoLook
from gan.mask import find_mask
from gan.mask.faces import find_faces
from gan.pictures import fit_size, shrink
from gan.rendering.control_network import ControlNetwork
from gan.subject import look_at

INSIDE = 0.95
LOOKING_SIDE = 640
"""Long side at which a style is looked at, pixels."""
FACES_SIDE = 480
"""Long side at which faces are looked for in it, pixels."""
SEARCH_SIDE = 96
"""Long side at which a place in the mask is looked for, pixels."""
SEAM = 0.03
"""Of the long side: hems, seams and the outline's shadow are left out."""
SLIMMEST = 0.4
LEAST_SHARE = 0.04
"""Of the picture: what is smaller shows too little of the cloth."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NetworkReader:
    """A `gan.guide.cloth.PhotoReader`: the networks that look at garments look at styles."""

    network: ControlNetwork

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        """Return what a picture shows: the cloth of a garment, or whether it is a scene, and its faces.

        Who sends a dress as a style wants its cloth, not its outline and the wall behind it.

        Args:
            picture: H×W×3 uint8 RGB.
        """
        subject = look_at(picture)
        if subject is not None and subject.is_garment:
            return PhotoLook(_cloth_of_garment(picture))
        return PhotoLook(None, None if subject is None else subject.is_scene, _faces_in(picture))

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        """Return the log-light in a picture of cloth, without its print, h×w float32 at a small size."""
        return self.network.read_light(cloth)


def _cloth_of_garment(picture: np.ndarray) -> np.ndarray | None:
    """Return the largest piece of cloth, if the mask is sure and a piece is large enough."""
    mask = find_mask(shrink(picture, LOOKING_SIDE))
    place = None if mask.doubt else largest_piece(mask.alpha > INSIDE, picture.shape)
    if place is None:
        log.info("the style shows a garment, but not where its cloth is: all of it is used")
        return None
    log.info("the style shows a garment: rows %d-%d, columns %d-%d are its cloth", *_ends(place))
    return np.ascontiguousarray(picture[place])


def _faces_in(picture: np.ndarray) -> tuple[Box, ...]:
    """Return left, top, width and height of each face, in shares of the picture's width and height."""
    small = shrink(picture, FACES_SIDE)
    height, width = small.shape[:2]
    return tuple(
        (face.left / width, face.top / height, face.width / width, face.height / height) for face in find_faces(small)
    )


def largest_piece(inside: np.ndarray, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    """Return the rows and columns of the largest upright rectangle that is inside all over; None if it is too small.

    Args:
        inside: h×w bool, at any size.
        shape: height, width, … of the picture that the rows and columns are of.
    """
    columns, rows = fit_size(inside.shape, SEARCH_SIDE)
    small = cv2.resize(inside.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA) > 0.999
    reach = 2 * round(SEAM * max(rows, columns)) + 1
    framed = cv2.copyMakeBorder(small.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    kept = cv2.erode(framed, np.ones((reach, reach), np.uint8))[1:-1, 1:-1]
    top, left, high, wide = _largest_rectangle(kept > 0)
    if high * wide < LEAST_SHARE * rows * columns:
        return None
    down, across = shape[0] / rows, shape[1] / columns
    return (
        slice(round(top * down), round((top + high) * down)),
        slice(round(left * across), round((left + wide) * across)),
    )


def _largest_rectangle(inside: np.ndarray) -> tuple[int, int, int, int]:
    """Top, left, height and width of the largest rectangle of which no side is less than `SLIMMEST` of the other."""
    below = np.zeros(inside.shape, int)  # how many rows from here down are inside
    for row in range(len(inside) - 1, -1, -1):
        below[row] = np.where(inside[row], 1 + (below[row + 1] if row + 1 < len(inside) else 0), 0)
    best, place = 0, (0, 0, 0, 0)
    for left in range(inside.shape[1]):
        lowest = below[:, left].copy()
        for right in range(left, inside.shape[1]):
            lowest = np.minimum(lowest, below[:, right])
            wide = right - left + 1
            high = np.minimum(lowest, int(wide / SLIMMEST))
            high[high < SLIMMEST * wide] = 0
            top = int(high.argmax())
            if high[top] * wide > best:
                best, place = int(high[top]) * wide, (top, left, int(high[top]), wide)
    return place


def _ends(place: tuple[slice, slice]) -> tuple[int, int, int, int]:
    return place[0].start, place[0].stop, place[1].start, place[1].stop
