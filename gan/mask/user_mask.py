"""A mask that a person painted or attached: checked, resized, and turned into alpha."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gan.request import RenderError

ASPECT_TOLERANCE = 0.02
BLACK, WHITE = 10, 245
"""Levels that count as black and white in what people send: JPEG leaves values near them where nothing was painted."""
COLOURED = 40
MOST_COLOURED = 0.05
MOST_GREY = 0.35
LEAST_AREA = 0.0005


def load_user_mask(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Read a mask file: white is garment; a transparent background counts as the mask where there is one.

    A grey PNG, as renders write their masks, is read as it is, so that a render with the mask of another is the same.

    Args:
        path: an image file of any mode Pillow reads.
        size: width and height of the garment picture.

    Returns:
        H×W float32 in 0..1, exactly 0 and 1 where the mask is black and white, nearly so where it is not a grey PNG.

    Raises:
        RenderError: the file is no picture, has another aspect than the garment, is empty, or is a photo;
            the message is one sentence for the person who sent it.
    """
    picture, is_exact = _open(path)
    _check_aspect(picture.size, size)
    levels = _mask_levels(picture)
    black, white = (0, 255) if is_exact else (BLACK, WHITE)
    alpha = np.clip((levels.astype(np.float32) - black) / (white - black), 0.0, 1.0)
    if float(alpha.mean()) < LEAST_AREA:
        raise RenderError("The mask is empty: paint the part to restyle in white, and leave the rest black.")
    return _resize(alpha, size)


def _open(path: Path) -> tuple[Image.Image, bool]:
    """Return the picture, and whether it is a grey PNG."""
    try:
        with Image.open(path) as opened:
            opened.load()
            return ImageOps.exif_transpose(opened), opened.format == "PNG" and opened.mode == "L"
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise RenderError("The mask could not be read as a picture: send it as a PNG or JPEG.") from error


def _check_aspect(mask: tuple[int, int], garment: tuple[int, int]) -> None:
    aspect, wanted = mask[0] / mask[1], garment[0] / garment[1]
    # One pixel of rounding either way is allowed, which matters for thin and tiny pictures.
    rounding = (1 / min(*mask, *garment)) if min(*mask, *garment) > 0 else 0.0
    if abs(aspect / wanted - 1) > ASPECT_TOLERANCE + rounding:
        raise RenderError(
            f"The mask is {mask[0]}×{mask[1]} pixels but the garment picture is {garment[0]}×{garment[1]}: "
            "make the mask in the same shape as the garment picture."
        )


def _mask_levels(picture: Image.Image) -> np.ndarray:
    """Return H×W uint8: the alpha channel where it says something, else the brightness of a drawn mask."""
    if picture.has_transparency_data:
        opacity = np.asarray(picture.convert("RGBA").getchannel("A"))
        if int(opacity.min()) < BLACK:
            return opacity
    if picture.mode in {"I", "F", "I;16", "I;16B", "I;16L"}:
        levels = np.asarray(picture, dtype=np.float32)
        return np.clip(levels * (255.0 / max(float(levels.max()), 1.0)), 0, 255).astype(np.uint8)
    colours = np.asarray(picture.convert("RGB"))
    if _is_photo(colours):
        raise RenderError(
            "The mask looks like a photo: send a black picture with the part to restyle painted white, "
            "or leave the mask out."
        )
    return cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)


def _is_photo(colours: np.ndarray) -> bool:
    """A mask is black, white and a little grey between; a photo has colours, or greys nearly everywhere."""
    chroma = colours.max(axis=2).astype(np.int16) - colours.min(axis=2)
    grey = colours.mean(axis=2)
    middling = (grey > 2 * BLACK) & (grey < 255 - 2 * BLACK)
    return bool((chroma > COLOURED).mean() > MOST_COLOURED or middling.mean() > MOST_GREY)


def _resize(alpha: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = alpha.shape
    if (width, height) == tuple(size):
        return alpha
    shrinks = size[0] < width
    resized = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.clip(resized, 0.0, 1.0)
