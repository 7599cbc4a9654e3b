"""The light on a plain garment: read off its photo, with its folds deepened and others drawn."""

from __future__ import annotations

import cv2
import numpy as np

from gan.colour import LUMINANCE
from gan.data.seams import draw_seams

SHADING_LIMITS = (0.03, 4.0)
FOLD_CONTRAST = (0.8, 1.6)
DARK_FOLD_CONTRAST = (1.2, 2.2)
"""Dark cloth throws little light back into its folds: they are deeper than those of the pale garments in the pairs."""
DARK_ALBEDO = 0.08
EXTRA_FOLDS_SHARE = 0.35
SEAMS_SHARE = 0.35
BORDER_ALPHA = 0.98
BORDER_WINDOW = 9
BORDER_CEILING = 1.1
"""Brightness of the outline's pixels over the cloth beside them; renders allow as much (`gan.rendering.light`)."""


def own_shading(light: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a plain garment's linear luminance over its median, H×W float32.

    A bright background that shines into the outline's pixels is no light on the cloth: there, nothing is much
    brighter than the cloth beside it.
    """
    brightness = (light @ LUMINANCE).astype(np.float32)
    inside = brightness[mask > 0.5]
    median = float(np.median(inside)) if inside.size else 1.0
    inner = cv2.erode((mask > BORDER_ALPHA).astype(np.float32), np.ones((3, 3), np.uint8))
    cloth, known = (cv2.blur(values, (BORDER_WINDOW, BORDER_WINDOW)) for values in (brightness * inner, inner))
    outline = (inner == 0) & (known > 0)
    brightness[outline] = np.minimum(brightness, BORDER_CEILING * cloth / np.maximum(known, 1e-6))[outline]
    return np.clip(brightness / max(median, 1e-3), *SHADING_LIMITS).astype(np.float32)


def drawn_shading(shading: np.ndarray, albedo: float, rng: np.random.Generator) -> np.ndarray:
    """Return a shading H×W with folds deepened at random and, in some, drapes and seams drawn on top.

    Args:
        shading: of a plain garment.
        albedo: luminance of the cloth that is to be seen under it.
        rng: decides everything.
    """
    drawn = shading ** rng.uniform(*(DARK_FOLD_CONTRAST if albedo < DARK_ALBEDO else FOLD_CONTRAST))
    if rng.random() < EXTRA_FOLDS_SHARE:
        drawn = drawn * _extra_folds(drawn.shape[0], drawn.shape[1], rng)
    if rng.random() < SEAMS_SHARE:
        drawn = drawn * np.exp(draw_seams(drawn.shape[0], drawn.shape[1], rng))
    return np.clip(drawn, *SHADING_LIMITS).astype(np.float32)


def _extra_folds(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Return drawn drapes H×W around 1: noise stretched along one direction, soft on one side of the ridge."""
    long_side = 2 * max(height, width)
    cells = (int(rng.integers(3, 8)), int(rng.integers(10, 40)))
    noise = cv2.resize(rng.normal(size=cells).astype(np.float32), (long_side, long_side), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((long_side / 2, long_side / 2), float(rng.uniform(0, 180)), 1.0)
    turned = cv2.warpAffine(noise, turn, (long_side, long_side), borderMode=cv2.BORDER_REFLECT)
    top, left = (long_side - height) // 2, (long_side - width) // 2
    ridges = 0.4 - np.abs(turned[top : top + height, left : left + width])
    return np.exp(rng.uniform(0.05, 0.3) * ridges)
