"""A style that is one thing on plain ground – a logo, a word, a drawn flower – is scattered as a print is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.boxes import Box, lines_span
from gan.guide.lattice import Lattice
from gan.guide.margins import away_from, ground_colours
from gan.guide.tile import Tile

GROUND_NOISE = 2.5  # greatest standard deviation of the ground in levels: paper and walls have more
SPECK = 0.002  # share of a row or column that differs from the ground by chance
LEAST_SIZE = 0.12  # of the picture's sides, the larger of the motif's two
WIDEST_GAP = 0.3  # of the motif's larger side, between motifs
INKS, INK_LEVELS = 3, 4  # a drawing mostly has so many colours, and its pixels lie within so many levels of them
GRAPHIC = 0.8  # share of a motif's pixels in these colours from which it was drawn, not photographed
SAMPLE = 4000  # pixels that are looked at for this


@dataclass(frozen=True, slots=True)
class Motif:
    """One thing on plain ground.

    Attributes:
        box: rows and columns that hold it, in the picture's pixels.
        ground: RGB colour around it.
        gap: pixels between two of it.
        is_graphic: it has flat colours, as no photo has.
    """

    box: Box
    ground: np.ndarray
    gap: int
    is_graphic: bool

    def scattered(self, picture: np.ndarray, fine: np.ndarray) -> tuple[Tile, Lattice]:
        """Return the motif in rows that are shifted by half (a brick repeat), and its lattice.

        Args:
            picture: h×w×3 uint8 in which the motif was found.
            fine: the same with as many or more pixels, which the tile is cut from.
        """
        cell = self._cell(picture, 1.0)
        high, wide = cell.shape[:2]
        if fine is not picture:
            cell = self._cell(fine, fine.shape[0] / picture.shape[0])
        image = np.concatenate([cell, np.roll(cell, cell.shape[1] // 2, axis=1)])
        basis = np.array([[wide, wide / 2], [0.0, high]])
        return Tile(image, np.diag([float(wide), 2.0 * high])), Lattice(basis, match=1.0)

    def box_at(self, factor: float) -> tuple[slice, slice]:
        """Return the rows and columns that hold it in the same picture, so many times as large."""
        rows, columns = (slice(round(side.start * factor), round(side.stop * factor)) for side in self.box)
        return rows, columns

    def _cell(self, picture: np.ndarray, factor: float) -> np.ndarray:
        gap = max(2, round(self.gap * factor))
        sides = gap // 2, gap - gap // 2
        colour = [float(value) for value in self.ground]
        return cv2.copyMakeBorder(picture[self.box_at(factor)], *sides, *sides, cv2.BORDER_CONSTANT, value=colour)


def find_motif(picture: np.ndarray) -> Motif | None:
    """Return the motif of a picture h×w×3 uint8 that shows one on plain ground, with ground on all sides, else None."""
    colours = ground_colours(picture, sides=4)
    if len(colours) != 1:
        return None
    ground = colours[0]
    shown = away_from(picture, ground)
    box = lines_span(shown.mean(1) > SPECK), lines_span(shown.mean(0) > SPECK)
    high, wide = (side.stop - side.start for side in box)
    if not (high and wide) or np.std(picture[~shown], axis=0).max() > GROUND_NOISE:
        return None
    if max(high / shown.shape[0], wide / shown.shape[1]) < LEAST_SIZE:
        return None
    around = shown.shape[0] - high, shown.shape[1] - wide
    gap = round(min(WIDEST_GAP * max(high, wide), *around))
    return Motif(box, ground, gap, _is_graphic(picture, shown))


def _is_graphic(picture: np.ndarray, shown: np.ndarray) -> bool:
    inner = picture[cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0].astype(np.int16)
    rest = inner = inner[:: max(1, len(inner) // SAMPLE)]
    for _ in range(INKS):
        if not len(rest):
            break
        _, cells, counts = np.unique(rest // (2 * INK_LEVELS), axis=0, return_inverse=True, return_counts=True)
        ink = np.median(rest[cells.ravel() == counts.argmax()], axis=0)
        rest = rest[np.abs(rest - ink).max(1) > INK_LEVELS]
    return len(inner) > 0 and 1 - len(rest) / len(inner) >= GRAPHIC
