"""`palette`: only the garment's colours move, to the style's palette."""

from __future__ import annotations

import numpy as np

from gan.guide.cloth import StyleCloth
from gan.guide.colour import oklab_from_srgb, srgb_from_oklab
from gan.guide.form import GarmentForm


def lay_palette(cloth: StyleCloth, form: GarmentForm, seed: int) -> np.ndarray:
    """Return the garment in the style's colours, H×W×3, its own shading included."""
    chance = np.random.default_rng(seed)
    style = oklab_from_srgb(cloth.picture).reshape(-1, 3)
    target = style[chance.integers(len(style), size=400)].mean(0)
    lab = oklab_from_srgb(form.garment)
    inside = lab[form.alpha > 0.5] if (form.alpha > 0.5).any() else lab.reshape(-1, 3)
    lab = lab - inside.mean(0) + target
    return srgb_from_oklab(lab.astype(np.float32))
