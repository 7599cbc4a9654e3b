"""Drawn motifs: flowers, leaves, paisley."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gan.patterns.canvas import Brief, scattered


def _turned(shape: np.ndarray, angle: float) -> np.ndarray:
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return shape @ spin.T


@lru_cache(maxsize=256)
def _petal(length: float, width: float, count: int = 14) -> np.ndarray:
    """A leaf shape from the origin along +x."""
    t = np.linspace(0, 1, count)
    half = width * np.sin(np.pi * t**0.85)
    return np.concatenate([np.stack([length * t, half], -1), np.stack([length * t, -half], -1)[::-1]])


@lru_cache(maxsize=64)
def _disc(radius: float, count: int = 16) -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return radius * np.stack([np.cos(t), np.sin(t)], -1)


def floral(brief: Brief) -> np.ndarray:
    """Open flowers with leaves and buds between them."""
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    petals, width = int(brief.rng.integers(5, 9)), brief.rng.uniform(0.24, 0.42)
    leaf = brief.colours[-1]
    for point in scattered(brief.rng, brief.repeats, 0.3):
        size = brief.rng.uniform(0.26, 0.5) / brief.repeats
        turn = brief.rng.uniform(0, 2 * np.pi)
        for side in (0.0, brief.rng.uniform(1.5, 3.5)):
            brief.canvas.polygons(picture, [_turned(_petal(1.7, 0.3), turn + side) * size + point], leaf)
        colour = brief.colours[1 + brief.rng.integers(max(1, min(3, len(brief.colours) - 2)))]
        around = turn + np.arange(petals) * 2 * np.pi / petals
        brief.canvas.polygons(picture, [_turned(_petal(1.0, width), angle) * size + point for angle in around], colour)
        veins = [_turned(_petal(0.7, 0.05, 6), angle) * size + point for angle in around]
        brief.canvas.polygons(picture, veins, 0.75 * colour)
        brief.canvas.polygons(picture, [_disc(0.24) * size + point], brief.colours[(1 + petals) % len(brief.colours)])
    return picture.astype(np.float32)


def daisies(brief: Brief) -> np.ndarray:
    """Small flowers in a regular scatter."""
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    size = brief.rng.uniform(0.2, 0.34) / brief.repeats
    for point in scattered(brief.rng, brief.repeats, 0.12):
        turns = brief.rng.uniform(0, 1) + np.arange(8) * np.pi / 4
        shapes = [_turned(_petal(1.0, 0.22, 8), turn) * size + point for turn in turns]
        brief.canvas.polygons(picture, shapes, brief.colours[1])
        brief.canvas.polygons(picture, [_disc(0.3) * size + point], brief.colours[2])
    return picture.astype(np.float32)


def leaves(brief: Brief) -> np.ndarray:
    """Fronds with paired leaflets."""
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    for point in scattered(brief.rng, brief.repeats, 0.35):
        size, turn = brief.rng.uniform(0.5, 0.8) / brief.repeats, brief.rng.uniform(0, 2 * np.pi)
        colour = brief.colours[1 + brief.rng.integers(len(brief.colours) - 2)]
        stem = np.array([[-1, 0.02], [1, 0.02], [1, -0.02], [-1, -0.02]])
        shapes = [_turned(stem, turn) * size + point]
        for place in np.linspace(-0.9, 0.8, 7):
            for side in (1, -1):
                leaflet = _turned(_petal(0.55 * (1.1 - 0.4 * abs(place)), 0.1), side * 0.9) + np.array([place, 0.0])
                shapes.append(_turned(leaflet, turn) * size + point)
        brief.canvas.polygons(picture, shapes, colour)
    return picture.astype(np.float32)


@lru_cache(maxsize=16)
def _boteh(scale: float) -> np.ndarray:
    """The paisley drop, N×2: a round foot whose tip leans over to one side."""
    t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    x, y = 0.55 * np.sin(t) * np.sin(t / 2) ** 1.5, 0.75 * np.cos(t)
    rise = np.clip((y + 0.1) / 0.85, 0, 1)
    x = x + 0.5 * rise**2.2
    return scale * np.stack([x, -y], -1)


def paisley(brief: Brief) -> np.ndarray:
    """Curled drops, one inside the other, with a dotted rim and filler flowers."""
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    order = [1, 2, 0, 3, 1]
    for number, point in enumerate(scattered(brief.rng, brief.repeats, 0.12)):
        size = brief.rng.uniform(0.4, 0.5) / brief.repeats
        turn = (np.pi if number % 2 else 0.0) + brief.rng.normal(0, 0.3)
        for colour, shrink in zip(order, (1.0, 0.84, 0.7, 0.5, 0.26), strict=True):
            brief.canvas.polygons(picture, [_turned(_boteh(shrink), turn) * size + point], brief.colours[colour])
        rim = _turned(_boteh(1.18), turn)[::4] * size + point
        brief.canvas.polygons(picture, [_disc(0.06, 6) * size + spot for spot in rim], brief.colours[2])
        eye = _turned(np.array([[0.0, 0.32]]), turn)[0] * size + point
        around = np.arange(5) * 2 * np.pi / 5
        brief.canvas.polygons(
            picture, [_turned(_petal(0.22, 0.09, 6), a) * size + eye for a in around], brief.colours[3]
        )
    for point in scattered(brief.rng, brief.repeats, 0.1) + np.array([0.5 / brief.repeats, 0.0]):
        around = np.arange(6) * np.pi / 3
        size = 0.12 / brief.repeats
        brief.canvas.polygons(picture, [_turned(_petal(1, 0.3, 6), a) * size + point for a in around], brief.colours[3])
    return picture.astype(np.float32)
