"""`palette`: the garment in the style's colours; its drawing, folds and light stay.

Each dye of the garment is given one of the style's palette colours (after Chang et al., "Palette-based Photo
Recoloring", SIGGRAPH 2015): lightness order and contrast between dyes are kept, every colour between two dyes goes
between their targets, and shading acts on the new dye as it did on the old one.
"""

from __future__ import annotations

from itertools import permutations

import cv2
import numpy as np

from gan.colour import oklab_from_srgb, srgb_from_oklab
from gan.guide.cloth import StyleCloth
from gan.guide.dyes import Dyes, find_dyes
from gan.guide.form import GarmentForm

TABLE_SIDE = 33  # of the three-dimensional colour table
DYE_SPREAD = 0.075  # OKLab distance over which two dyes mix
DARKEST_REFERENCE = 0.3  # OKLab lightness below which shading is taken as a difference, or noise would be amplified
KEPT_CHROMA = 0.35  # share of a dye's own colour variation that is kept
MOST_DYES = 4
FEWEST_CHOICES = 4  # for the main dye: the palette's first, which are its most striking
CONTRAST_WEIGHT = 0.7
NEAR = 0.13  # OKLab distance from its own colour within which a garment seems not to have been dyed


def lay_palette(cloth: StyleCloth, form: GarmentForm, seed: int) -> np.ndarray:
    """Return the garment in the style's colours, H×W×3 uint8, its own shading included.

    Args:
        cloth: the prepared style.
        form: the garment.
        seed: decides which of the style's colours the garment's main dye becomes.
    """
    dyes = find_dyes(garment_sample(form), MOST_DYES)
    targets = _assigned(dyes, cloth.palette, seed)
    return _looked_up(form.garment, _table(dyes.colours, targets))


def garment_sample(form: GarmentForm) -> np.ndarray:
    """About five thousand OKLab colours from inside the garment, N×3."""
    inside = np.flatnonzero(form.alpha.ravel() > 0.9)
    if inside.size < 16:
        inside = np.arange(form.alpha.size)
    picked = inside[:: max(1, inside.size // 5000)]
    return oklab_from_srgb(form.garment.reshape(-1, 3)[picked])


def _assigned(dyes: Dyes, palette: Dyes, seed: int) -> np.ndarray:
    """Return the target colour of every dye, K×3: the seed fixes the main dye's, the others keep order and contrast."""
    choices = _with_shades(palette.colours)
    near = np.linalg.norm(choices - dyes.colours[0], axis=1) < NEAR
    choices = np.concatenate([choices[~near], choices[near]])
    main = seed % FEWEST_CHOICES
    others = [index for index in range(len(choices)) if index != main]
    count = len(dyes.colours) - 1
    if count == 0 or not others:
        return np.repeat(choices[main : main + 1], count + 1, axis=0)
    picks = list(permutations(others, count)) if count <= len(others) else [tuple(np.resize(others, count))]
    best = min(picks, key=lambda pick: _mismatch(dyes, choices[[main, *pick]]))
    return choices[[main, *best]]


def _with_shades(colours: np.ndarray) -> np.ndarray:
    """Fill a palette of less than four colours with lighter and darker shades of its own, so that seeds can differ."""
    shades = [colours]
    for step in (0.16, -0.16, 0.28):
        if sum(len(part) for part in shades) >= FEWEST_CHOICES:
            break
        towards = np.where((colours[:, :1] + step > 0.95) | (colours[:, :1] + step < 0.1), -step, step)
        lightness = np.clip(colours[:, :1] + towards, 0.08, 0.97)
        shades.append(np.concatenate([lightness, 0.9 * colours[:, 1:]], 1))
    return np.concatenate(shades).astype(np.float32)


def _mismatch(dyes: Dyes, targets: np.ndarray) -> float:
    """How badly targets keep the differences of lightness, and the contrast, between each two dyes."""
    old, new = dyes.colours[:, None] - dyes.colours[None], targets[:, None] - targets[None]
    lightness = np.square(old[..., 0] - new[..., 0])
    contrast = np.maximum(0.0, np.linalg.norm(old, axis=2) - np.linalg.norm(new, axis=2)) ** 2
    weight = np.sqrt(dyes.shares[:, None] * dyes.shares[None])
    return float((weight * (lightness + CONTRAST_WEIGHT * contrast)).sum())


def _table(dyes: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the sRGB colour of every corner of a colour cube, b×g×r×3 float32 in 0..255."""
    codes = np.linspace(0, 255, TABLE_SIDE).round().astype(np.uint8)
    blue, green, red = np.meshgrid(codes, codes, codes, indexing="ij")
    lab = oklab_from_srgb(np.stack([red, green, blue], -1).reshape(-1, 3))
    moved = recoloured(lab, dyes, targets)
    return srgb_from_oklab(moved).astype(np.float32).reshape(TABLE_SIDE, TABLE_SIDE, TABLE_SIDE, 3)


def recoloured(lab: np.ndarray, dyes: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return N×3 OKLab colours with every dye replaced by its target.

    OKLab is a cube root of light, so shading scales all its three values alike: a colour is its dye times a shade, and
    becomes the target times that shade.
    """
    distance = np.square((lab[:, None] - dyes[None]) * np.array([0.6, 1.0, 1.0], np.float32)).sum(2)
    weight = np.exp(-(distance - distance.min(1, keepdims=True)) / (2 * DYE_SPREAD**2))
    weight /= weight.sum(1, keepdims=True)
    reference = np.maximum(dyes[:, 0], DARKEST_REFERENCE)
    shade = 1.0 + (lab[:, None, 0] - dyes[None, :, 0]) / reference
    moved = targets[None] * np.clip(shade, 0.0, 2.5)[..., None]
    own = (lab[:, None, 1:] - dyes[None, :, 1:]) * np.float32(KEPT_CHROMA)
    moved[..., 1:] += np.clip(own, -0.05, 0.05)
    result = (moved * weight[..., None]).sum(1)
    result[:, 0] = _soft_ceiling(result[:, 0])
    return result.astype(np.float32)


def _soft_ceiling(lightness: np.ndarray, knee: float = 0.92) -> np.ndarray:
    """Bend lightness above the knee towards 1, so that highlights keep their drawing."""
    room = 1.0 - knee
    over = np.maximum(lightness - knee, 0.0)
    return np.minimum(lightness, knee) + room * (1 - np.exp(-over / room))


def _looked_up(picture: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Interpolate the table at every pixel: bilinear in red and green by a remap, linear between two blues."""
    side = table.shape[0]
    atlas = table.reshape(side * side, side, 3)
    position = picture.astype(np.float32) * np.float32((side - 1) / 255)
    red, green, blue = cv2.split(position)
    lower = np.minimum(np.floor(blue), side - 2)
    share = blue - lower
    rows = green + lower * np.float32(side)
    near = cv2.remap(atlas, red, rows, cv2.INTER_LINEAR)
    far = cv2.remap(atlas, red, rows + np.float32(side), cv2.INTER_LINEAR)
    return cv2.blendLinear(near, far, 1 - share, share).round().astype(np.uint8)
