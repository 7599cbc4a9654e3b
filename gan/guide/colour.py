"""Colour spaces the guides work in: linear light for shading, OKLab for distances and averages."""

from __future__ import annotations

import cv2
import numpy as np

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear red, green and blue (Rec. 709)."""
_CODES = np.arange(256, dtype=np.float32) / 255.0
_TO_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_LIGHT_LEVELS = 65535
_LIGHT = np.arange(_LIGHT_LEVELS + 1) / _LIGHT_LEVELS
_TO_SRGB = np.rint(
    255.0 * np.where(_LIGHT <= 0.0031308, _LIGHT * 12.92, 1.055 * np.power(_LIGHT, 1 / 2.4) - 0.055)
).astype(np.uint8)
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


def linear_from_srgb(picture: np.ndarray) -> np.ndarray:
    """Return linear light in 0..1 of an sRGB uint8 picture."""
    return _from_table(picture, _TO_LINEAR)


def srgb_from_linear(light: np.ndarray) -> np.ndarray:
    """Return the sRGB uint8 picture of linear light; values outside 0..1 are clipped."""
    levels = np.clip(light, 0.0, 1.0) * np.float32(_LIGHT_LEVELS) + np.float32(0.5)
    return _from_table(levels.astype(np.uint16), _TO_SRGB)


def _from_table(codes: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return the table's entries in the shape of the codes: OpenCV takes a fifth of NumPy's time."""
    if not codes.size:
        return np.empty(codes.shape, table.dtype)
    return cv2.LUT(np.ascontiguousarray(codes), table).reshape(codes.shape)


def oklab_from_srgb(picture: np.ndarray) -> np.ndarray:
    """Return OKLab (Ottosson 2020) of an H×W×3 or N×3 sRGB picture, float32, lightness in 0..1."""
    return np.cbrt(linear_from_srgb(picture) @ _LMS_FROM_RGB.T) @ _LAB_FROM_LMS.T


def srgb_from_oklab(lab: np.ndarray) -> np.ndarray:
    """Return the sRGB uint8 picture of OKLab values; colours outside the gamut are clipped."""
    return srgb_from_linear(((lab @ _LMS_FROM_LAB.T) ** 3) @ _RGB_FROM_LMS.T)


def lab_planes(picture: np.ndarray) -> np.ndarray:
    """Return CIE Lab as float32 H×W×3 by OpenCV's fast path: for matching, not for colour work."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
