"""Cloth for training: a style square or a drawn pattern, laid at random scale, angle and offset."""

from __future__ import annotations

import cv2
import numpy as np

SCALES = (0.35, 1.5)
"""Smallest and largest factor by which a style square is laid on the canvas."""
BEND = 6.0
"""Largest displacement, in pixels, with which the cloth follows imagined folds."""
RECOLOUR_SHARE = 0.3


def lay_cloth(
    style: np.ndarray, height: int, width: int, rng: np.random.Generator, scales: tuple[float, float] = SCALES
) -> np.ndarray:
    """Lay a style square H×W×3 uint8 as cloth over a canvas.

    What is learned here is light, not layout, so mirrored repeats do; renders lay cloth with `gan.guide`.
    """
    scale = float(np.exp(rng.uniform(*np.log(scales))))
    angle = float(rng.uniform(-180, 180)) if rng.random() < 0.5 else float(rng.choice([0, 90]))
    side = style.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle, scale)
    turn[:, 2] += (width / 2 - side / 2 + rng.uniform(-side, side), height / 2 - side / 2 + rng.uniform(-side, side))
    inverse = cv2.invertAffineTransform(turn).astype(np.float32)
    source = _bent_grid(height, width, rng) @ inverse[:, :2].T + inverse[:, 2]
    if scale < 0.7:
        style = cv2.GaussianBlur(style, (0, 0), 0.35 / scale)
    laid = cv2.remap(style, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return recolour(laid, rng) if rng.random() < RECOLOUR_SHARE else laid


def recolour(cloth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn hue and change saturation and contrast, so that few styles teach about many colours."""
    hsv = cv2.cvtColor(cloth, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + rng.uniform(0, 180)) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.2, 1.6), 0, 255)
    turned = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    contrast, lift = rng.uniform(0.6, 1.2), rng.uniform(-30, 30)
    return np.clip((turned - 128) * contrast + 128 + lift, 0, 255).astype(np.uint8)


def _bent_grid(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Return pixel coordinates H×W×2 (x, y) with a smooth random displacement."""
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    knots = rng.normal(size=(7, 6, 2)).astype(np.float32) * BEND * rng.random()
    bend = cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.dstack([columns, rows]) + bend
