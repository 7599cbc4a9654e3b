"""The shapes of old prints: how much of each place of a garment is inked."""

from __future__ import annotations

import string
from collections.abc import Callable

import cv2
import numpy as np

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
LETTERS = np.array(list(string.ascii_uppercase + string.digits))

Stencil = Callable[[int, int, np.random.Generator], np.ndarray]
"""(height, width, rng) → coverage H×W float32 in 0 to 1."""


def lettering(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """One to three lines of letters near the middle."""
    canvas = np.zeros((height, width), np.uint8)
    font = int(rng.choice(np.array(FONTS)))
    row = int(height * rng.uniform(0.25, 0.6))
    for _ in range(rng.integers(1, 4)):
        text = "".join(rng.choice(LETTERS, rng.integers(3, 9)))
        size, thickness = rng.uniform(0.4, 1.9), int(rng.integers(1, 6))
        (text_width, text_height), _ = cv2.getTextSize(text, font, size, thickness)
        origin = (int((width - text_width) / 2 + rng.uniform(-15, 15)), row)
        cv2.putText(canvas, text, origin, font, size, [255], thickness, cv2.LINE_AA)
        row += int(text_height * 1.5)
    return _turned(canvas, rng, 12)


def logo(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A few filled ellipses, polygons and rings, large or small, anywhere on the chest."""
    canvas = np.zeros((height, width), np.uint8)
    centre = np.array([width * rng.uniform(0.3, 0.7), height * rng.uniform(0.25, 0.7)])
    size = width * float(np.exp(rng.uniform(np.log(0.05), np.log(0.35))))
    for _ in range(rng.integers(1, 6)):
        place = centre + rng.normal(size=2) * size * 0.4
        if rng.random() < 0.5:
            corners = place + rng.normal(size=(rng.integers(3, 8), 2)) * size * 0.5
            cv2.fillPoly(canvas, [cv2.convexHull(corners.astype(np.int32))], [255], cv2.LINE_AA)
        else:
            middle = (int(place[0]), int(place[1]))
            axes = (int(rng.uniform(0.2, 0.7) * size) + 1, int(rng.uniform(0.2, 0.7) * size) + 1)
            thickness = -1 if rng.random() < 0.6 else int(rng.integers(1, 8))
            cv2.ellipse(canvas, middle, axes, rng.uniform(0, 180), 0, 360, [255], thickness, cv2.LINE_AA)
    return canvas.astype(np.float32) / 255


def patch(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """One large rectangle, as photo prints and colour blocks are."""
    canvas = np.zeros((height, width), np.uint8)
    half = np.array([width * rng.uniform(0.12, 0.5), height * rng.uniform(0.06, 0.3)])
    centre = np.array([width * rng.uniform(0.35, 0.65), height * rng.uniform(0.3, 0.65)])
    low, high = (centre - half).astype(int), (centre + half).astype(int)
    cv2.rectangle(canvas, tuple(map(int, low)), tuple(map(int, high)), [255], -1)
    return _turned(canvas, rng, 6)


def stripes(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Bands of two widths, mostly across the body."""
    period = float(np.exp(rng.uniform(np.log(5), np.log(70))))
    angle = rng.normal(scale=0.08) + (np.pi / 2 if rng.random() < 0.35 else 0)
    return _bands(height, width, period, angle, phase=rng.random(), share=rng.uniform(0.2, 0.8))


def checks(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Thin lines both ways, as on shirts."""
    period = float(np.exp(rng.uniform(np.log(4), np.log(32))))
    angle, share = rng.normal(scale=0.06), rng.uniform(0.12, 0.4)
    lines = [_bands(height, width, period, angle + turn, rng.random(), share) for turn in (0.0, np.pi / 2)]
    return np.asarray(np.maximum(*lines) if rng.random() < 0.5 else (lines[0] + lines[1]) / 2)


def block(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Everything on one side of one or two straight seams: pieces sewn from cloths of several colours."""
    angle = rng.normal(scale=0.15) + rng.choice([0, 0.5, 1.0, 1.5]) * np.pi
    columns, rows = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    across = rows * np.cos(angle) + columns * np.sin(angle)
    edge = rng.uniform(-0.6, 0.6)
    depth = rng.uniform(0.1, 0.8) if rng.random() < 0.4 else 4.0
    sharpness = height / 4
    return np.clip(np.minimum(across - edge, edge + depth - across) * sharpness + 0.5, 0, 1).astype(np.float32)


def ramp(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A dyed gradient, mostly from top to bottom."""
    angle = rng.normal(scale=0.15) + rng.choice([0, 1.0]) * np.pi
    columns, rows = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    across = rows * np.cos(angle) + columns * np.sin(angle) - rng.uniform(-0.5, 0.5)
    share = np.clip(across / rng.uniform(0.2, 1.2) + 0.5, 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)


def blots(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Thresholded smooth noise: camouflage, florals, stains."""
    cells = int(rng.integers(4, 24))
    noise = cv2.resize(
        rng.normal(size=(cells, cells)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.clip((noise - rng.uniform(-0.3, 0.9)) * rng.uniform(4, 30) + 0.5, 0, 1).astype(np.float32)


def everywhere(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """The whole garment."""
    return np.ones((height, width), np.float32)


def _bands(height: int, width: int, period: float, angle: float, phase: float, share: float) -> np.ndarray:
    """Return parallel bands H×W that cover a share of each period."""
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    position = (rows * np.cos(angle) + columns * np.sin(angle)) / period + phase
    distance = np.abs(position - np.round(position)) * 2
    return np.clip((share - distance) * period / 2 + 0.5, 0, 1).astype(np.float32)


def _turned(canvas: np.ndarray, rng: np.random.Generator, spread: float) -> np.ndarray:
    height, width = canvas.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(scale=spread)), 1.0)
    return cv2.warpAffine(canvas, turn, (width, height)).astype(np.float32) / 255
