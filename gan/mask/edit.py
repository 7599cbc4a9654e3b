"""A person's corrections on top of a mask."""

from __future__ import annotations

import cv2
import numpy as np

from gan.boxes import mask_box
from gan.request import MaskEdit, Part, Region

GROWTH_PER_STEP = 0.01
VISIBLE = 0.5


def apply_region(alpha: np.ndarray, region: Region) -> np.ndarray:
    """Turn the garment's alpha into the alpha of the region that is restyled.

    Args:
        alpha: H×W float32 in 0..1, the garment.
        region: the garment, everything but the garment, or the whole picture.

    Returns:
        A new H×W float32 array in 0..1.
    """
    if region is Region.WHOLE:
        return np.ones_like(alpha)
    if region is Region.BACKGROUND:
        return 1.0 - alpha
    return alpha.copy()


def edit_mask(alpha: np.ndarray, edit: MaskEdit) -> np.ndarray:
    """Make a mask larger or smaller, keep one half of it, or swap garment and background, in this order.

    Args:
        alpha: H×W float32 in 0..1.
        edit: the corrections; the default one changes nothing.

    Returns:
        A new H×W float32 array in 0..1 with edges as soft as before.
    """
    edited = _grow(alpha, edit.grow)
    if edit.part is not Part.ALL:
        edited = _keep_part(edited, edit.part)
    return 1.0 - edited if edit.invert else edited


def _grow(alpha: np.ndarray, steps: int) -> np.ndarray:
    if steps == 0:
        return alpha.copy()
    radius = max(1, round(abs(steps) * GROWTH_PER_STEP * max(alpha.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    # Outside the picture counts as garment for erosion and as background for dilation (OpenCV's default border),
    # so a garment cut off by the frame does not shrink away from it.
    return cv2.dilate(alpha, disc) if steps > 0 else cv2.erode(alpha, disc)


def _keep_part(alpha: np.ndarray, part: Part) -> np.ndarray:
    kept = alpha.copy()
    rows, _ = mask_box(alpha >= VISIBLE)
    if rows.stop == 0:
        return kept
    middle = (rows.start + rows.stop) // 2
    if part is Part.UPPER:
        kept[middle:] = 0.0
    else:
        kept[:middle] = 0.0
    return kept
