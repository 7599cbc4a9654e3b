"""Picture files in and out, as H×W×3 uint8 RGB arrays."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from gan.request import MAX_SIZE, RenderError

# Prediction does nearly all of a photo's compression: looking for repeats doubles the time for three per cent.
PNG_OPTIONS = (
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_FILTER,
    cv2.IMWRITE_PNG_FILTER_PAETH,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY,
)


def read_picture(path: Path) -> np.ndarray:
    """Read a clean image file as H×W×3 uint8 RGB.

    Raises:
        RenderError: the file is missing or no picture.
    """
    try:
        with Image.open(path) as opened:
            return np.asarray(opened.convert("RGB"))
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise RenderError(f"The picture “{path.name}” could not be read.") from error


def encode_png(picture: np.ndarray) -> bytes:
    """Encode an RGB or greyscale uint8 picture, fast rather than small."""
    stored = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) if picture.ndim == 3 else picture
    _, encoded = cv2.imencode(".png", stored, PNG_OPTIONS)
    return encoded.tobytes()


def write_picture(path: Path, picture: np.ndarray) -> None:
    """Write an RGB or greyscale uint8 picture as PNG; the file appears whole or not at all.

    Raises:
        RenderError: the folder cannot be written to.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_bytes(encode_png(picture))
        unfinished.replace(path)
    except OSError as error:
        raise RenderError(f"The picture could not be written to “{path.parent}”: {error.strerror}.") from error


def make_folder(folder: Path) -> None:
    """Make a folder for pictures, with its parents.

    Raises:
        RenderError: it cannot be made, is no folder, or cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError as error:
        raise RenderError(f"“{folder}” is a file; please name a folder for the pictures.") from error
    except OSError as error:
        raise RenderError(f"The folder “{folder}” cannot be written to: {error.strerror}.") from error


def result_size(picture: np.ndarray, size: int | None) -> tuple[int, int]:
    """Return width and height of a result whose long side is `size` (None: the picture's own, at most 2048)."""
    height, width = picture.shape[:2]
    wanted = size or min(MAX_SIZE, max(height, width))
    factor = wanted / max(height, width)
    return max(1, round(width * factor)), max(1, round(height * factor))


def resize_picture(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resample to width and height: averaging when it shrinks, Lanczos when it grows."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    shrinks = size[0] * size[1] < width * height
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4)


def shrink_picture(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Average a picture or a mask down to width and height.

    Large pictures with even sides are halved first, which OpenCV does many times as fast as other factors.
    """
    height, width = picture.shape[:2]
    while width % 2 == height % 2 == 0 and width >= 8 * size[0] and height >= 8 * size[1]:
        width, height = width // 2, height // 2
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    # Other factors are twice as fast on floating point than on bytes.
    shrunk = cv2.resize(picture.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return shrunk if picture.dtype == np.float32 else np.rint(shrunk).astype(picture.dtype)
