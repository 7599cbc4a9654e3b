"""Pictures for people to look at: sized to a guild's limit, dimmed by a mask. Synchronous: see `in_picture_thread`."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from gan.mask.edit import edit_mask
from gan.request import MAX_SIZE, MaskEdit

Result = TypeVar("Result")

GALLERY_SIDE = 1600
LARGEST_SIDE = MAX_SIZE
_QUALITIES = (92, 85, 75, 60)
_OUTLINE_COLOUR = (255, 0, 128)
_OUTSIDE_LIGHT = 0.35
# Pictures are decoded whole: two at a time bound the memory and leave the processor to the renderer.
_THREADS = ThreadPoolExecutor(2, "pictures")


async def in_picture_thread(work: Callable[[], Result]) -> Result:
    """Do work on pictures off the event loop, two at a time."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)


def gallery_jpeg(path: Path, max_bytes: int, side: int = GALLERY_SIDE) -> bytes:
    """Encode a picture for the channel: JPEG, at most `side` pixels and `max_bytes` bytes."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _jpeg_within(image, max_bytes)


@dataclass(frozen=True, slots=True)
class FullSize:
    """A picture's file as it can be sent.

    Attributes:
        data: its bytes.
        suffix: the ending that fits them.
        kept_bytes: how large the kept file is.
        size: width and height of what is sent.
        kept_size: width and height of the kept picture.
    """

    data: bytes
    suffix: str
    kept_bytes: int
    size: tuple[int, int]
    kept_size: tuple[int, int]

    @property
    def is_original(self) -> bool:
        """Whether it is the kept file itself."""
        return len(self.data) == self.kept_bytes


def full_size(path: Path, max_bytes: int) -> FullSize:
    """The picture in full size: the kept file where it fits, else a JPEG of all its pixels, else a smaller one."""
    data = path.read_bytes()
    with Image.open(io.BytesIO(data)) as opened:
        if len(data) <= max_bytes:
            return FullSize(data, path.suffix or ".png", len(data), opened.size, opened.size)
        jpeg = _jpeg_within(opened.convert("RGB"), max_bytes)
        with Image.open(io.BytesIO(jpeg)) as sent:
            return FullSize(jpeg, ".jpg", len(data), sent.size, opened.size)


def mask_overlay(garment: Path, mask: Path, edit: MaskEdit, max_bytes: int, side: int = GALLERY_SIDE) -> bytes:
    """Show a mask over its garment: the garment keeps its colours inside an outline, everything else is dimmed.

    Args:
        garment: RGB picture file.
        mask: greyscale picture file, white is the garment; of any size.
        edit: corrections on top of the mask, shown as the renderer will make them.
        max_bytes: the largest result.
        side: long side of the result, at most.
    """
    with Image.open(garment) as opened:
        image = opened.convert("RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    with Image.open(mask) as opened:
        levels = opened.convert("L").resize(image.size, Image.Resampling.BILINEAR)
    alpha = edit_mask(np.asarray(levels, np.float32) / 255, edit)
    pixels = np.asarray(image, np.float32)
    dimmed = pixels.mean(axis=2, keepdims=True) * _OUTSIDE_LIGHT
    shown = dimmed + alpha[..., None] * (pixels - dimmed)
    shown[_outline(alpha > 0.5)] = _OUTLINE_COLOUR
    return _jpeg_within(Image.fromarray(np.rint(shown).astype(np.uint8)), max_bytes)


def _outline(inside: np.ndarray) -> np.ndarray:
    """Pixels within two steps of the border between inside and outside."""
    edge = np.zeros_like(inside)
    for step in (1, 2):
        edge[step:] |= inside[step:] != inside[:-step]
        edge[:, step:] |= inside[:, step:] != inside[:, :-step]
    return edge


def _jpeg_within(image: Image.Image, max_bytes: int) -> bytes:
    while True:
        for quality in _QUALITIES:
            data = _jpeg(image, quality)
            if len(data) <= max_bytes or max(image.size) <= 64:
                return data
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.LANCZOS)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    # Into a file and not into memory: only then does Pillow let go of the interpreter's lock while it encodes, which
    # otherwise holds up the event loop for the whole picture. And without optimize=True, as then the whole picture must
    # fit a buffer that noisy ones overflow.
    with tempfile.TemporaryFile() as file:
        image.save(file, "JPEG", quality=quality, subsampling=0)
        file.seek(0)
        return file.read()
