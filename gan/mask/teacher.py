"""The classical teacher: GrabCut votes for every garment of a folder, and which of them deserve belief."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gan.mask.grabcut import Start, agreement_mask, fill_small_holes
from gan.picture_folders import is_held_out
from gan.pictures import read_picture, shrink
from gan.request import RenderError

TEACHER_SIZE = 224
TEACHER_STARTS = (
    Start(0.03, 1, 0.55),
    Start(0.05, 2, 0.7),
    Start(0.02, 3, 0.45),
    Start(0.03, 4, None),
    Start(0.06, 5, None),
)
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A garment picture with the teacher's votes.

    Attributes:
        name: file name without suffix.
        garment: h×w×3 uint8 RGB, long side at most TEACHER_SIZE.
        votes: h×w float32 in 0..1, the part of the runs that call a pixel garment.
    """

    name: str
    garment: np.ndarray
    votes: np.ndarray

    @property
    def mask(self) -> np.ndarray:
        """What most runs call garment, small holes closed; h×w float32 of zeros and ones."""
        return fill_small_holes(self.votes > 0.5).astype(np.float32)


def training_pictures(folder: Path) -> list[Path]:
    """List the pictures of a folder that may be trained on, in order of name."""
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    return [path for path in pictures if not is_held_out(path)]


def read_small(path: Path, long_side: int = TEACHER_SIZE) -> np.ndarray | None:
    """Read a picture as h×w×3 uint8 RGB of at most `long_side`; None, logged, when it cannot be read."""
    try:
        return shrink(read_picture(path), long_side)
    except RenderError:
        logger.warning("skipping %s: not a readable picture", path)
        return None


def teach(folder: Path, cache: Path) -> Iterator[Lesson]:
    """Yield a lesson for every training picture, keeping the votes in `cache` for the next time."""
    cache.mkdir(parents=True, exist_ok=True)
    for path in training_pictures(folder):
        garment = read_small(path)
        if garment is None:
            continue
        kept = cache / f"{path.stem}.png"
        levels = cv2.imread(str(kept), cv2.IMREAD_GRAYSCALE) if kept.exists() else None
        if levels is None or levels.shape != garment.shape[:2]:
            votes = agreement_mask(garment, TEACHER_STARTS, TEACHER_SIZE)
            levels = np.rint(votes * 255).astype(np.uint8)
            cv2.imwrite(str(kept), levels)
        yield Lesson(path.stem, garment, levels.astype(np.float32) / 255)
