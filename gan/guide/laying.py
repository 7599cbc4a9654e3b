"""One door to the four guides."""

from __future__ import annotations

import numpy as np

from gan.guide.cloth import StyleCloth
from gan.guide.form import GarmentForm
from gan.guide.painting import lay_paint
from gan.guide.palette import lay_palette
from gan.guide.placement import lay_placement
from gan.guide.printing import lay_print
from gan.request import Mode


def carries_shading(mode: Mode) -> bool:
    """Whether a mode's guide already holds the garment's light: then it must not be shaded again."""
    return mode is Mode.PALETTE


def lay_guide(
    cloth: StyleCloth, form: GarmentForm, mode: Mode, scale: float = 1.0, angle: float = 0.0, seed: int = 0
) -> np.ndarray:
    """Return the style laid over the garment, H×W×3 RGB uint8 at the garment's full size.

    The same arguments give the same bytes. The guide of `print`, `paint` and `placement` is flat cloth without the
    garment's light; that of `palette` is the garment itself in other colours, light included (see `carries_shading`).

    Args:
        cloth: the style from `prepare_style`.
        form: the garment from `analyse_garment`.
        mode: print, paint, palette or placement.
        scale: pattern size as a factor of the default.
        angle: degrees the cloth is turned, clockwise.
        seed: decides offset and choice of patches or colours.

    Raises:
        ValueError: the mode is auto (`plan_variants` decides it), or the scale is not positive.
    """
    if not scale > 0:
        raise ValueError("The pattern scale must be greater than zero.")
    if mode is Mode.PRINT:
        return lay_print(cloth, form, scale, angle, seed)
    if mode is Mode.PAINT:
        return lay_paint(cloth, form, scale, angle, seed)
    if mode is Mode.PALETTE:
        return lay_palette(cloth, form, seed)
    if mode is Mode.PLACEMENT:
        return lay_placement(cloth, form, scale, angle)
    raise ValueError("A guide is laid in print, paint, palette or placement mode; auto must be planned first.")
