"""The torus that patterns are drawn on: whatever is drawn meets itself at the edges, antialiased."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class Brief:
    """What a drawing function is asked for.

    Attributes:
        canvas: where to draw.
        colours: K×3 float32 RGB in 0..255, ground first; K is at least 4.
        repeats: about how many repeats fit across the picture.
        rng: source of every free choice.
        words: the words that were asked for, lower case, or empty.
    """

    canvas: Canvas
    colours: np.ndarray
    repeats: int
    rng: np.random.Generator
    words: frozenset[str] = frozenset()


Drawing = Callable[[Brief], np.ndarray]


@lru_cache(maxsize=8)
def _axes(size: int) -> tuple[np.ndarray, np.ndarray]:
    along = ((np.arange(size) + 0.5) / size).astype(np.float32)
    return along[None, :], along[:, None]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A square torus of `size` pixels with coordinates 0..1."""

    size: int

    @property
    def u(self) -> np.ndarray:
        """Horizontal coordinate, 1×size float32."""
        return _axes(self.size)[0]

    @property
    def v(self) -> np.ndarray:
        """Vertical coordinate, size×1 float32."""
        return _axes(self.size)[1]

    def turned(self, across: int, down: int = 0) -> tuple[np.ndarray, np.ndarray, float]:
        """Return two perpendicular coordinates with period 1, and that period in pixels.

        Only whole-number directions close on a torus: (n, 0) is upright with n repeats, (n, n) is diagonal.
        """
        p = across * self.u + down * self.v
        q = across * self.v - down * self.u
        return p, q, self.size / float(np.hypot(across, down))

    def ground(self, colour: np.ndarray) -> np.ndarray:
        """Return the canvas filled with one colour, size×size×3 float32."""
        return np.full((self.size, self.size, 3), colour, np.float32)

    def noise(self, rng: np.random.Generator, cells: int, octaves: int = 1, channels: int = 1) -> np.ndarray:
        """Return smooth seamless noise with about unit deviation, size×size(×channels) float32."""
        total = np.zeros((self.size, self.size, channels), np.float32)
        weight = 0.0
        for octave in range(octaves):
            count = min(cells << octave, self.size)
            amplitude = 0.5**octave
            grid = rng.standard_normal((count, count, channels)).astype(np.float32)
            total += amplitude * self.stretched(grid).reshape(self.size, self.size, channels)
            weight += amplitude * amplitude
        noise = total / np.float32(0.62 * np.sqrt(weight))
        return noise[..., 0] if channels == 1 else noise

    def stretched(self, grid: np.ndarray) -> np.ndarray:
        """Enlarge a small periodic grid to the canvas, seamlessly."""
        margin = 2
        padded = np.pad(grid, ((margin, margin), (margin, margin), (0, 0)), mode="wrap")
        step_y, step_x = self.size / grid.shape[0], self.size / grid.shape[1]
        matrix = np.array([[step_x, 0, (0.5 - margin) * step_x - 0.5], [0, step_y, (0.5 - margin) * step_y - 0.5]])
        return cv2.warpAffine(padded, matrix, (self.size, self.size), flags=cv2.INTER_CUBIC)

    def bent(self, picture: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
        """Return the picture sampled at displaced points (pixels), wrapping around."""
        margin = int(np.ceil(max(float(np.abs(dx).max()), float(np.abs(dy).max())))) + 2
        wrapped = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_WRAP)
        x = (np.arange(self.size, dtype=np.float32)[None, :] + margin + dx).astype(np.float32)
        y = (np.arange(self.size, dtype=np.float32)[:, None] + margin + dy).astype(np.float32)
        return cv2.remap(wrapped, x, y, cv2.INTER_LINEAR)

    def polygons(self, picture: np.ndarray, shapes: Sequence[np.ndarray], colour: np.ndarray) -> None:
        """Fill polygons (N×2, in 0..1 coordinates, may hang over the edge) into a uint8 picture, antialiased."""
        value = tuple(float(channel) for channel in colour)
        unit = self.size * 2**SUBPIXEL_BITS
        for shape in shapes:
            points = (shape * unit).astype(np.int32)
            left, top, width, height = cv2.boundingRect(points)
            for across in range(left // unit, (left + width) // unit + 1):
                for down in range(top // unit, (top + height) // unit + 1):
                    moved = points - np.array([across * unit, down * unit], np.int32) if across or down else points
                    cv2.fillPoly(picture, [moved], value, cv2.LINE_AA, SUBPIXEL_BITS)


def cover(inside: np.ndarray, period: float) -> np.ndarray:
    """Return antialiased coverage 0..1 of a signed distance given in periods of `period` pixels."""
    return np.clip(inside * np.float32(period) + 0.5, 0.0, 1.0)


def centred(coordinate: np.ndarray) -> np.ndarray:
    """Return the coordinate's distance to the nearest whole number, signed, −0.5..0.5."""
    return coordinate - np.rint(coordinate)


def band(coordinate: np.ndarray, width: float, period: float) -> np.ndarray:
    """Return coverage of stripes of a relative width, one per unit of the coordinate."""
    return cover(np.float32(width / 2) - np.abs(centred(coordinate)), period)


def lay(picture: np.ndarray, colour: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """Return the picture with a colour laid over it where it covers."""
    weight = np.broadcast_to(coverage, picture.shape[:2])[..., None]
    return picture + weight * (np.asarray(colour, np.float32) - picture)


def scattered(rng: np.random.Generator, count: int, jitter: float = 0.3) -> np.ndarray:
    """Return N×2 points, evenly spread on the torus: a jittered brick grid of about count × count."""
    rows = max(2, round(count * 1.1 / 2) * 2)
    column, row = np.meshgrid(np.arange(count), np.arange(rows))
    points = np.stack([(column + 0.5 * (row % 2)) / count, (row + 0.5) / rows], -1).reshape(-1, 2)
    return (points + rng.uniform(-jitter, jitter, points.shape) / count) % 1.0
