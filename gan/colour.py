"""Colour arithmetic in NumPy: the sRGB curve, luminance, the soft clip of highlights, OKLab and CIE Lab.

`gan.colour_tensors` has the first three for PyTorch.
"""

from __future__ import annotations

import cv2
import numpy as np

LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Of linear red, green and blue (Rec. 709)."""
LUMINANCE = np.array(LUMINANCE_WEIGHTS, np.float32)
SRGB_STRAIGHT, LINEAR_STRAIGHT = 0.04045, 0.0031308
"""Where the straight part of the sRGB curve ends: the code, and the linear light that it stands for."""
SOFT_CLIP_KNEE = 0.8
"""Linear light from which highlights are compressed."""
LIGHT_LEVELS = 65535


def srgb_to_linear(picture: np.ndarray) -> np.ndarray:
    """Decode sRGB (IEC 61966-2-1) to linear light, both 0 to 1, in the array's own floating point."""
    return np.where(picture <= SRGB_STRAIGHT, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(light: np.ndarray) -> np.ndarray:
    """Encode linear light as sRGB (IEC 61966-2-1), both 0 to 1, in the array's own floating point."""
    curved = 1.055 * np.maximum(light, LINEAR_STRAIGHT) ** (1 / 2.4) - 0.055
    return np.where(light <= LINEAR_STRAIGHT, light * 12.92, curved)


def soft_clip(light: np.ndarray) -> np.ndarray:
    """Compress highlights smoothly below 1; identity up to the knee."""
    room = 1 - SOFT_CLIP_KNEE
    over = np.maximum(light - SOFT_CLIP_KNEE, 0)
    return np.minimum(light, SOFT_CLIP_KNEE) + room * (1 - np.exp(-over / room))


_LINEAR_OF_BYTE = srgb_to_linear(np.arange(256, dtype=np.float32) / 255)
_BYTE_OF_LINEAR = np.rint(255 * linear_to_srgb(np.arange(LIGHT_LEVELS + 1) / LIGHT_LEVELS)).astype(np.uint8)
_LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_RGB_FROM_LMS = np.linalg.inv(_LMS_FROM_RGB).astype(np.float32)
_LMS_FROM_LAB = np.linalg.inv(_LAB_FROM_LMS).astype(np.float32)


def linear_from_bytes(picture: np.ndarray) -> np.ndarray:
    """Return linear light, float32 in 0 to 1, of an sRGB uint8 picture of any shape."""
    return _from_table(picture, _LINEAR_OF_BYTE)


def bytes_from_linear(light: np.ndarray) -> np.ndarray:
    """Return the sRGB uint8 picture of linear light; values outside 0 to 1 are clipped."""
    levels = np.clip(light, 0.0, 1.0) * np.float32(LIGHT_LEVELS) + np.float32(0.5)
    return _from_table(levels.astype(np.uint16), _BYTE_OF_LINEAR)


def _from_table(codes: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return the table's entries in the shape of the codes: OpenCV takes a fifth of NumPy's time."""
    if not codes.size:
        return np.empty(codes.shape, table.dtype)
    return cv2.LUT(np.ascontiguousarray(codes), table).reshape(codes.shape)


def oklab_from_srgb(picture: np.ndarray) -> np.ndarray:
    """Return OKLab (Ottosson 2020) of an H×W×3 or N×3 sRGB uint8 picture, float32, lightness in 0 to 1."""
    return np.cbrt(linear_from_bytes(picture) @ _LMS_FROM_RGB.T) @ _LAB_FROM_LMS.T


def srgb_from_oklab(lab: np.ndarray) -> np.ndarray:
    """Return the sRGB uint8 picture of OKLab values; colours outside the gamut are clipped."""
    return bytes_from_linear(((lab @ _LMS_FROM_LAB.T) ** 3) @ _RGB_FROM_LMS.T)


def lab_planes(picture: np.ndarray) -> np.ndarray:
    """Return CIE Lab as float32 H×W×3 by OpenCV's fast path on bytes: for matching, not for colour work."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
