"""Extends a picture that does not repeat: image quilting with minimal-cut seams, closed into a torus.

Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001. The picture itself stays whole in
the middle; only the ring around it, which joins it to its own repeats, is quilted.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import lab_planes
from gan.guide.minimal_cut import minimal_cuts

SEARCH_SIDE = 120  # blocks are searched in a reduced picture of this long side
KEPT_BLOCKS = 4  # blocks along each side of the picture that stay as they are
RING_BLOCKS = 2  # blocks of quilted cloth between the picture and its repeat
OVERLAP = 0.34  # of a block's side
SUBJECT = 1.0  # what a block full of what the picture shows costs beside one that does not fit at all
NEAR_BEST = 1.1  # a block is drawn among those whose error is at most this times the best


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The block grid at one resolution: side, overlap and step in pixels (x, y)."""

    side: tuple[int, int]
    overlap: tuple[int, int]

    @property
    def step(self) -> tuple[int, int]:
        return self.side[0] - self.overlap[0], self.side[1] - self.overlap[1]


def quilt(picture: np.ndarray, focus: np.ndarray | None = None, *, seed: int = 0) -> np.ndarray:
    """Return a seamless tile, about one and a half times the picture's size, with the picture in its middle.

    Args:
        picture: H×W×3 RGB, both sides at least 24 pixels.
        focus: h×w float32 with a sum of 1, where the picture's subject is: it is not shown a second time.
        seed: fixes the choice among equally good blocks.
    """
    factor = max(1, round(max(picture.shape[:2]) / SEARCH_SIDE))
    small = cv2.resize(picture, (picture.shape[1] // factor, picture.shape[0] // factor), interpolation=cv2.INTER_AREA)
    blocks = _block_grid(small.shape[1], small.shape[0])
    rng = np.random.default_rng(seed)
    shown = np.zeros(small.shape[:2], np.float32) if focus is None else _share(focus, small.shape[:2])
    return _Quilt(picture, lab_planes(small), shown, blocks, factor, rng).fill()


def _share(focus: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """The focus with so many rows and columns and the same sum."""
    resized = cv2.resize(focus, size[1::-1], interpolation=cv2.INTER_LINEAR)
    return resized / max(float(resized.sum()), 1e-6)


def _block_grid(width: int, height: int) -> _Blocks:
    def side_and_overlap(length: int) -> tuple[int, int]:
        step = max(2, int(length / (KEPT_BLOCKS + OVERLAP / (1 - OVERLAP))))
        overlap = max(1, length - KEPT_BLOCKS * step)
        return step + overlap, overlap

    (wide, across), (high, down) = side_and_overlap(width), side_and_overlap(height)
    return _Blocks((wide, high), (across, down))


class _Quilt:
    """A torus being filled block by block; `small` decides where blocks come from, `full` is the result."""

    def __init__(
        self,
        picture: np.ndarray,
        reduced: np.ndarray,
        shown: np.ndarray,
        blocks: _Blocks,
        factor: int,
        rng: np.random.Generator,
    ) -> None:
        self.picture, self.reduced, self.blocks, self.factor, self.rng = picture, reduced, blocks, factor, rng
        # How much of the subject a block would show, by where it comes from.
        self.subject = cv2.matchTemplate(shown, np.ones(blocks.side[::-1], np.float32), cv2.TM_CCORR)
        count = KEPT_BLOCKS + RING_BLOCKS
        self.columns = self.rows = count
        wide, high = count * blocks.step[0], count * blocks.step[1]
        self.small = np.zeros((high, wide, 3), np.float32)
        self.known = np.zeros((high, wide), np.float32)
        self.full = np.zeros((high * factor, wide * factor, 3), np.float32)

    def fill(self) -> np.ndarray:
        self._keep_picture()
        for row, column in self._order():
            self._place(row, column)
        ring = [
            (RING_BLOCKS * step - overlap) * self.factor // 2
            for step, overlap in zip(self.blocks.step, self.blocks.overlap, strict=True)
        ]
        centred = np.roll(self.full, (ring[1], ring[0]), (0, 1))
        return np.clip(np.rint(centred), 0, 255).astype(np.uint8)

    def _keep_picture(self) -> None:
        high = KEPT_BLOCKS * self.blocks.step[1] + self.blocks.overlap[1]
        wide = KEPT_BLOCKS * self.blocks.step[0] + self.blocks.overlap[0]
        self.small[:high, :wide] = self.reduced[:high, :wide]
        self.known[:high, :wide] = 1.0
        high, wide = high * self.factor, wide * self.factor
        self.full[:high, :wide] = self.picture[:high, :wide]

    def _order(self) -> list[tuple[int, int]]:
        """Blocks with most known surroundings first: along the picture's edges, the far corner last."""
        cells = [(r, c) for r in range(self.rows) for c in range(self.columns) if max(r, c) >= KEPT_BLOCKS]
        return sorted(cells, key=lambda cell: (min(cell) >= KEPT_BLOCKS, cell))

    def _place(self, row: int, column: int) -> None:
        step, side, factor = self.blocks.step, self.blocks.side, self.factor
        rows = (row * step[1] + np.arange(side[1])) % self.small.shape[0]
        columns = (column * step[0] + np.arange(side[0])) % self.small.shape[1]
        window = np.ix_(rows, columns)
        template, known = self.small[window], self.known[window]
        y, x = self._best_source(template, known)
        source = self.reduced[y : y + side[1], x : x + side[0]]
        weight = _cut(np.square(template - source).sum(2), known, self.blocks.overlap)
        self.small[window] += weight[..., None] * (source - template)
        self.known[window] = 1.0
        self._copy_full(rows[0] * factor, columns[0] * factor, y * factor, x * factor, weight)

    def _best_source(self, template: np.ndarray, known: np.ndarray) -> tuple[int, int]:
        error = _match_errors(self.reduced, template, known)
        error += SUBJECT * float(error.max()) * self.subject
        limit = max(float(error.min()), 1.0) * NEAR_BEST
        choices = np.argwhere(error <= limit)
        y, x = choices[self.rng.integers(len(choices))]
        return int(y), int(x)

    def _copy_full(self, top: int, left: int, y: int, x: int, weight: np.ndarray) -> None:
        high, wide = weight.shape[0] * self.factor, weight.shape[1] * self.factor
        smooth = cv2.resize(weight, (wide, high), interpolation=cv2.INTER_LINEAR)
        smooth = np.clip((smooth - 0.5) * max(1.0, self.factor / 2) + 0.5, 0.0, 1.0)[..., None]
        rows = (top + np.arange(high)) % self.full.shape[0]
        columns = (left + np.arange(wide)) % self.full.shape[1]
        window = np.ix_(rows, columns)
        old = self.full[window]
        self.full[window] = old + smooth * (self.picture[y : y + high, x : x + wide] - old)


def _match_errors(reduced: np.ndarray, template: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Squared difference to the template's known pixels for every place a block can come from."""
    mask = np.repeat(known[..., None], 3, axis=2)
    return cv2.matchTemplate(reduced, template, cv2.TM_SQDIFF, mask=mask)


def _cut(error: np.ndarray, known: np.ndarray, overlap: tuple[int, int]) -> np.ndarray:
    """Weight of the new block, 0..1: it takes over along the cheapest cut through each known border."""
    high, wide = error.shape
    across, down = overlap
    middle_row, middle_column = high // 2, wide // 2
    weight = np.ones((high, wide), np.float32)
    if known[middle_row, 0]:
        weight[:, :across] = np.minimum(weight[:, :across], _side_weight(error[:, :across]))
    if known[middle_row, -1]:
        weight[:, -across:] = np.minimum(weight[:, -across:], _side_weight(error[:, -across:][:, ::-1])[:, ::-1])
    if known[0, middle_column]:
        weight[:down] = np.minimum(weight[:down], _side_weight(error[:down].T).T)
    if known[-1, middle_column]:
        weight[-down:] = np.minimum(weight[-down:], _side_weight(error[-down:][::-1].T).T[::-1])
    return weight


def _side_weight(error: np.ndarray) -> np.ndarray:
    """Weight of the new block over an overlap: 1 to the right of the minimal cut down it."""
    (cut,) = minimal_cuts(error[None].astype(np.float32), steps=(-1, 0, 1))
    return (np.arange(error.shape[1])[None, :] > cut[:, None]).astype(np.float32)
