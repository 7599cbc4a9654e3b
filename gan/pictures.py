"""Picture files in and out, as H×W×3 uint8 RGB arrays."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gan.request import MAX_SIZE, FolderUnusableError, RenderError

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
    """Read an image file as H×W×3 uint8 RGB, upright as its EXIF orientation says.

    Raises:
        RenderError: the file is missing or no picture.
    """
    try:
        with Image.open(path) as opened:
            ImageOps.exif_transpose(opened, in_place=True)
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
        FolderUnusableError: the folder cannot be written to.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_bytes(encode_png(picture))
        unfinished.replace(path)
    except OSError as error:
        raise FolderUnusableError(f"The picture could not be written to “{path.parent}”: {error.strerror}.") from error


def make_folder(folder: Path) -> None:
    """Make a folder for pictures, with its parents.

    Raises:
        FolderUnusableError: it cannot be made, is no folder, or cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError as error:
        raise FolderUnusableError(f"“{folder}” is a file; please name a folder for the pictures.") from error
    except OSError as error:
        raise FolderUnusableError(f"The folder “{folder}” cannot be written to: {error.strerror}.") from error


def result_size(picture: np.ndarray, size: int | None) -> tuple[int, int]:
    """Return width and height of a result whose long side is `size` (None: the picture's own, at most 2048)."""
    return fit_size(picture.shape, size or min(MAX_SIZE, max(picture.shape[:2])), enlarge=True)


def fit_size(shape: tuple[int, ...], long_side: int, *, enlarge: bool = False) -> tuple[int, int]:
    """Return width and height of a picture whose long side is made `long_side`, at least one pixel each.

    Args:
        shape: the picture's, height and width first.
        long_side: in pixels.
        enlarge: whether a smaller picture is enlarged; else it keeps its size.
    """
    height, width = shape[:2]
    factor = long_side / max(height, width)
    if not enlarge:
        factor = min(1.0, factor)
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


def shrink(picture: np.ndarray, long_side: int) -> np.ndarray:
    """Average a picture or a mask down to a long side of at most `long_side` pixels; a smaller one stays as it is."""
    size = fit_size(picture.shape, long_side)
    return picture if size == picture.shape[1::-1] else shrink_picture(picture, size)


def fit_into_cell(picture: np.ndarray, size: tuple[int, int], ground: int) -> np.ndarray:
    """Return a cell of a contact sheet: a picture h×w×3 uint8, fitted into its upper left, on grey ground.

    Args:
        picture: RGB.
        size: width and height of the cell.
        ground: grey level.
    """
    width, height = size
    factor = min(width / picture.shape[1], height / picture.shape[0])
    wide, high = (max(1, round(side * factor)) for side in picture.shape[1::-1])
    cell = np.full((height, width, 3), ground, np.uint8)
    cell[:high, :wide] = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    return cell


def jpeg_compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    """Return what a JPEG file of quality 0 to 100 keeps of an RGB picture H×W×3 uint8."""
    # OpenCV takes blue first: given red first, it would weigh red as blue and blur their chroma alike.
    stored = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.cvtColor(np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB)


def prefiltered(picture: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture averaged down so far that an affine warp shrinks it by less than half, and the warp of that.

    `warpAffine` and `remap` look at four pixels only, whatever their flags say, and alias where they shrink further
    (Williams, "Pyramidal Parametrics", 1983).

    Args:
        picture: H×W or H×W×C.
        matrix: 2×3, from the picture to where it is wanted.
    """
    height, width = picture.shape[:2]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    halvings = max(0, int(np.floor(-np.log2(max(scale, 1e-3)))))
    if not halvings:
        return picture, matrix
    size = max(1, width >> halvings), max(1, height >> halvings)
    # Pixel centres lie at halves: x in the smaller picture was (x + 0.5) · step - 0.5.
    steps = np.array([width / size[0], height / size[1]])
    shift = matrix[:, :2] @ ((steps - 1) / 2) + matrix[:, 2]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.column_stack([matrix[:, :2] * steps, shift])
