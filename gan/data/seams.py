"""Seams drawn into a pseudo-pair's light: zips, pockets, lapels and stitching, which belong to the garment.

Photos of plain garments show few of them, so a network that learns from photos alone takes most thin lines for print.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

MOST_SEAMS = 4
LINE_DEPTH = (0.08, 0.8)
"""Depth of a seam's line in log light."""
LIP = (0.0, 0.5)
"""Highlight beside the line as a part of its depth."""
SHADOW = (0.0, 0.6)
"""Soft shadow along one side as a part of the line's depth."""
SHADOW_REACH = (1.5, 5.0)
STITCH_SHARE = 0.35

Line = np.ndarray
"""N×2 float32 points (x, y)."""


def draw_seams(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Return the log light H×W float32 of a few seams; 0 is untouched cloth."""
    light = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, MOST_SEAMS + 1))):
        draw = _KINDS[int(rng.integers(len(_KINDS)))]
        for line in draw(height, width, rng):
            light += _pressed(line, light.shape, rng)
    return light


def _zip(height: int, width: int, rng: np.random.Generator) -> list[Line]:
    """A closure down the middle with its two facings."""
    middle, lean = width * rng.uniform(0.4, 0.6), rng.normal(scale=0.02) * width
    rows = np.linspace(height * rng.uniform(0, 0.25), height * rng.uniform(0.6, 1.0), 12)
    gap = width * rng.uniform(0.012, 0.05)
    columns = middle + lean * np.linspace(-1, 1, 12)
    sides = (0.0,) if rng.random() < 0.3 else (-gap, 0.0, gap)
    return [np.stack([columns + side, rows], axis=1) for side in sides]


def _pocket(height: int, width: int, rng: np.random.Generator) -> list[Line]:
    """A patch pocket's outline, or only its slanted opening; often one on each side."""
    left, top = width * rng.uniform(0.1, 0.35), height * rng.uniform(0.25, 0.7)
    across, down = width * rng.uniform(0.08, 0.22), height * rng.uniform(0.06, 0.18)
    slant = rng.normal(scale=0.25) * across
    corners = np.array([(0, slant), (0, down), (across, down + slant / 3), (across, 0), (0, slant)])
    outline = corners[[0, 3]] if rng.random() < 0.4 else corners
    pocket = outline + np.array([left, top])
    if rng.random() < 0.4:
        return [pocket]
    return [pocket, np.stack([width - 1 - pocket[:, 0], pocket[:, 1]], axis=1)]


def _lapels(height: int, width: int, rng: np.random.Generator) -> list[Line]:
    """Two edges that run from the neck down to the button, each with its notch."""
    neck, button = height * rng.uniform(0.02, 0.15), height * rng.uniform(0.35, 0.6)
    spread, middle = width * rng.uniform(0.08, 0.28), width * rng.uniform(0.45, 0.55)
    notch = neck + (button - neck) * rng.uniform(0.15, 0.4)
    bulge = spread * rng.uniform(0.9, 1.3)
    edge = np.array([(0.55 * spread, neck), (bulge, notch), (0.75 * bulge, notch * 1.05), (0.0, button)])
    return [np.stack([middle + side * edge[:, 0], edge[:, 1]], axis=1) for side in (-1, 1)]


def _panel_seam(height: int, width: int, rng: np.random.Generator) -> list[Line]:
    """A long, gently bent line from somewhere to somewhere: yokes, princess seams, cuffs, waistbands."""
    upright = rng.random() < 0.5
    along = np.linspace(rng.uniform(0, 0.3), rng.uniform(0.6, 1.0), 24)
    across = rng.uniform(0.1, 0.9) + rng.normal(scale=0.05) * along + rng.normal(scale=0.08) * (along - 0.5) ** 2
    points = np.stack([across, along] if upright else [along, across], axis=1) * np.array([width, height])
    return [points, points + rng.uniform(1.5, 4.0)] if rng.random() < 0.4 else [points]


_KINDS: tuple[Callable[[int, int, np.random.Generator], list[Line]], ...] = (_zip, _pocket, _lapels, _panel_seam)


def _pressed(line: Line, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return the log light of one seam: a dark line, a lip that catches light, a shadow to one side."""
    depth = rng.uniform(*LINE_DEPTH)
    cut = _drawn(line, shape, int(rng.integers(1, 3)))
    if rng.random() < STITCH_SHARE:
        cut = cut * _stitches(line, shape, rng)
    side = np.array([[1, 0, rng.choice((-1.5, 1.5))], [0, 1, rng.choice((-1.0, 1.0))]], np.float32)
    beside = cv2.warpAffine(cut, side, shape[::-1])
    shadow = cv2.GaussianBlur(beside, (0, 0), float(rng.uniform(*SHADOW_REACH)))
    shadow = shadow * np.float32(rng.uniform(*SHADOW) / max(float(shadow.max()), 1e-3))
    return np.asarray(depth * (rng.uniform(*LIP) * beside - shadow - cut), np.float32)


def _drawn(line: Line, shape: tuple[int, int], thickness: int) -> np.ndarray:
    """Return the coverage H×W float32 of a polyline, softened as a lens softens it."""
    canvas = np.zeros(shape, np.uint8)
    cv2.polylines(canvas, [np.rint(line * 16).astype(np.int32)], False, [255], thickness, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), 0.5)


def _stitches(line: Line, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a dashing H×W between 0.3 and 1 along the line's main direction."""
    down, across = np.ptp(line[:, 1]), np.ptp(line[:, 0])
    position = np.arange(shape[0])[:, None] if down > across else np.arange(shape[1])[None, :]
    period = rng.uniform(3.0, 7.0)
    return np.broadcast_to(0.65 + 0.35 * np.sin(2 * np.pi * position / period), shape)
