"""Old prints for pseudo-pairs: what a garment may carry before it is restyled, as coverage and ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan.colour import LUMINANCE_WEIGHTS
from gan.data.cloth import SCALES
from gan.data.stencils import (
    Stencil,
    block,
    blots,
    checks,
    everywhere,
    lettering,
    logo,
    patch,
    ramp,
    stripes,
)


@dataclass(frozen=True, slots=True)
class PrintMix:
    """What old prints are made of.

    Attributes:
        stencils: kinds of coverage with their shares.
        engraved: share of prints whose coverage is a picture in one ink.
        pictured: share of prints in the colours of a picture.
        toned: share of prints in a lighter or darker tone of the cloth; the rest has an ink of its own.
        scales: smallest and largest factor by which pictures are laid.
    """

    stencils: tuple[tuple[Stencil, float], ...]
    engraved: float
    pictured: float
    toned: float
    scales: tuple[float, float]

    def stencil(self, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
        """Return the coverage H×W of one randomly chosen kind of print."""
        shares = np.array([share for _, share in self.stencils])
        chosen = self.stencils[int(rng.choice(len(self.stencils), p=shares / shares.sum()))][0]
        return chosen(height, width, rng)


BOLD = PrintMix(
    ((everywhere, 0.28), (lettering, 0.2), (logo, 0.2), (patch, 0.12), (stripes, 0.1), (blots, 0.1)),
    engraved=0.0,
    pictured=0.5,
    toned=0.0,
    scales=SCALES,
)
"""Prints that the shaded guide shows at once: what results are judged on, the same since the first weights."""
WORN = PrintMix(
    (
        (everywhere, 0.3),
        (lettering, 0.16),
        (logo, 0.15),
        (patch, 0.1),
        (stripes, 0.08),
        (checks, 0.06),
        (blots, 0.07),
        (block, 0.06),
        (ramp, 0.02),
    ),
    engraved=0.25,
    pictured=0.4,
    toned=0.25,
    scales=(0.15, 1.2),
)
"""Prints as people wear them: also line art, small checks, tone in tone, and pieces sewn of several cloths."""
ENGRAVED_REGIONS: tuple[Stencil, ...] = (everywhere, logo, patch, patch)


def random_colour(rng: np.random.Generator, dark_share: float = 0.35) -> np.ndarray:
    """Return a linear RGB albedo; luminance log-uniform from black cloth (0.02) to white."""
    low, high = (0.015, 0.12) if rng.random() < dark_share else (0.1, 0.95)
    level = np.exp(rng.uniform(np.log(low), np.log(high)))
    tint = np.exp(rng.normal(scale=0.5, size=3)) if rng.random() < 0.65 else np.exp(rng.normal(scale=0.05, size=3))
    tint = tint / (tint @ np.array(LUMINANCE_WEIGHTS))
    return np.clip(level * tint, 0.004, 1.0).astype(np.float32)


def engraving(drawing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return coverage H×W: a picture in one ink, all over or on the chest, as most real graphics are.

    Args:
        drawing: H×W×3, a picture whose darker or lighter parts are inked.
        rng: decides the region and how much ink there is.
    """
    grey = drawing.mean(axis=-1)
    low, high = np.quantile(grey, [0.05, 0.95])
    softness = max(0.04 * float(high - low), 1e-3)
    inked = np.clip((grey - np.quantile(grey, rng.uniform(0.2, 0.8))) / softness + 0.5, 0, 1)
    if rng.random() < 0.5:
        inked = 1 - inked
    region = ENGRAVED_REGIONS[int(rng.integers(len(ENGRAVED_REGIONS)))]
    height, width = grey.shape
    return np.asarray(inked * region(height, width, rng), np.float32)


def tone_in_tone(cloth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an ink H×W×3 that is a little lighter or darker than the cloth, and hardly another hue."""
    factor = float(np.exp(rng.choice([-1, 1]) * rng.uniform(0.15, 0.9)))
    tint = np.exp(rng.normal(scale=0.06, size=3)).astype(np.float32)
    return np.asarray(np.clip(cloth * factor * tint, 0.004, None), np.float32)
