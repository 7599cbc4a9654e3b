"""Printed and knitted geometry."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from gan.patterns.canvas import Brief, band, centred, cover, lay, scattered


def _angle(brief: Brief) -> tuple[int, int]:
    if brief.words or brief.rng.random() < 0.5:
        return brief.repeats, 0
    return brief.repeats, int(brief.rng.integers(0, brief.repeats + 1))


def dots(brief: Brief) -> np.ndarray:
    """Polka dots, staggered or in rows."""
    across, down, period = brief.canvas.turned(*_angle(brief))
    radius = brief.rng.uniform(0.14, 0.32)
    picture = brief.canvas.ground(brief.colours[0])
    inside = radius - np.hypot(centred(across), centred(down))
    picture = lay(picture, brief.colours[1], cover(inside, period))
    if brief.words or brief.rng.random() < 0.6:
        second = brief.colours[1 if brief.words or brief.rng.random() < 0.6 else 2]
        inside = radius - np.hypot(centred(across + 0.5), centred(down + 0.5))
        picture = lay(picture, second, cover(inside, period))
    return picture


def argyle(brief: Brief) -> np.ndarray:
    """Diamonds in two colours under a lattice of thin lines."""
    across, down = brief.repeats * brief.canvas.u, max(1, brief.repeats * 2 // 3) * brief.canvas.v
    period = brief.canvas.size / brief.repeats
    p, q = across + down, across - down
    first = cover(0.25 - np.maximum(np.abs(centred(p)), np.abs(centred(q))), period * 0.7)
    second = cover(0.25 - np.maximum(np.abs(centred(p + 0.5)), np.abs(centred(q + 0.5))), period * 0.7)
    picture = lay(lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], first), brief.colours[2], second)
    width = max(0.03, 1.2 / period)
    lines = np.maximum(band(p + 0.25, width, period * 0.7), band(q + 0.25, width, period * 0.7))
    return lay(picture, brief.colours[3], 0.9 * lines)


def chevron(brief: Brief) -> np.ndarray:
    """Zigzag bands."""
    rise = brief.rng.uniform(0.5, 1.2)
    zigzag = np.abs(centred(brief.repeats * brief.canvas.u)) * np.float32(2 * rise)
    bands = brief.repeats * brief.canvas.v + zigzag
    period = brief.canvas.size / brief.repeats / float(np.hypot(1, 2 * rise))
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], band(bands, 0.5, period))
    if not brief.words and brief.rng.random() < 0.4:
        picture = lay(picture, brief.colours[2], band(bands + 0.5, 0.14, period))
    return picture


def fish_scale(brief: Brief) -> np.ndarray:
    """Overlapping scallops, row over row."""
    rows = brief.repeats * 2
    period = brief.canvas.size / brief.repeats
    picture = brief.canvas.ground(brief.colours[0])
    for back in (2, 1, 0):
        row = np.floor(rows * brief.canvas.v) - back
        across = centred(brief.repeats * brief.canvas.u + 0.5 * (row % 2))
        down = (rows * brief.canvas.v - row) / 2
        distance = np.hypot(across, down)
        picture = lay(picture, brief.colours[0], cover(0.5 - distance, period))
        for radius, colour in ((0.5, 1), (0.42, 0), (0.3, 2 if brief.colours.shape[0] > 2 else 1), (0.2, 0)):
            picture = lay(picture, brief.colours[colour], cover(radius - distance, period))
    return picture


def hexagons(brief: Brief) -> np.ndarray:
    """Honeycomb lines."""
    columns, rows = brief.repeats, max(1, round(brief.repeats / np.sqrt(3)))
    distance = _hexagon_distance(brief, columns, rows)
    period = brief.canvas.size / columns
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], cover(distance - 0.43, period))
    return lay(picture, brief.colours[2], cover(0.28 - distance, period)) if brief.rng.random() < 0.4 else picture


def _hexagon_distance(brief: Brief, columns: int, rows: int) -> np.ndarray:
    """Distance from the nearest hexagon's centre in the hexagon's own norm; 0.5 is its edge."""
    best = np.full((brief.canvas.size,) * 2, np.inf, np.float32)
    for shift in (0.0, 0.5):
        x = centred(columns * brief.canvas.u + shift)
        y = centred(rows * brief.canvas.v + shift) * np.float32(np.sqrt(3))
        best = np.minimum(best, np.maximum(np.abs(x), np.abs(x) / 2 + np.abs(y) * np.float32(np.sqrt(3) / 2)))
    return best


def diamonds(brief: Brief) -> np.ndarray:
    """Harlequin lozenges with a spot."""
    down_repeats = max(1, brief.repeats * 2 // 3)
    p = brief.repeats * brief.canvas.u + down_repeats * brief.canvas.v
    q = brief.repeats * brief.canvas.u - down_repeats * brief.canvas.v
    period = brief.canvas.size / brief.repeats * 0.7
    first, second = band(p, 0.5, period), band(q, 0.5, period)
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], first + second - 2 * first * second)
    spot = cover(0.08 - np.hypot(centred(p + 0.25), centred(q + 0.25)), period)
    return lay(picture, brief.colours[2], spot)


def quatrefoil(brief: Brief) -> np.ndarray:
    """Moroccan trellis."""
    across, down, period = brief.canvas.turned(brief.repeats)
    x, y = np.abs(centred(across)), np.abs(centred(down))
    lobes = np.minimum(np.hypot(x - 0.24, y), np.hypot(x, y - 0.24)) - 0.24
    inside = np.minimum(lobes, np.maximum(x, y) - 0.24)
    line = cover(0.045 - np.abs(inside), period)
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[2], 0.5 * cover(-inside, period))
    return lay(picture, brief.colours[1], line)


def waves(brief: Brief) -> np.ndarray:
    """Seigaiha-like sine bands."""
    swing = np.sin(2 * np.pi * brief.repeats * brief.canvas.u) * np.float32(brief.rng.uniform(0.15, 0.4))
    bands = brief.repeats * brief.canvas.v + swing
    period = brief.canvas.size / brief.repeats * 0.7
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], band(bands, 0.34, period))
    return lay(picture, brief.colours[2], band(bands + 0.5, 0.16, period))


def greek_key(brief: Brief) -> np.ndarray:
    """Meander squares."""
    art = ["11111111", "00000001", "11111101", "10000101", "10110101", "10100101", "10111101", "10000001"]
    cell = np.array([[float(mark) for mark in line] for line in art], np.float32)
    repeats = max(2, brief.repeats // 2)
    grid = np.tile(cell, (repeats, repeats))
    ratio = max(1, -(-brief.canvas.size // grid.shape[0]))
    large = np.kron(grid, np.ones((ratio, ratio), np.float32))
    coverage = cv2.resize(large, (brief.canvas.size, brief.canvas.size), interpolation=cv2.INTER_AREA)
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], coverage)


def stars(brief: Brief) -> np.ndarray:
    """Scattered five-pointed stars."""
    return _stamped(brief, _star)


def hearts(brief: Brief) -> np.ndarray:
    """Scattered hearts."""
    return _stamped(brief, _heart)


def triangles(brief: Brief) -> np.ndarray:
    """Small triangles, turned at random."""
    return _stamped(brief, lambda: _ring(3))


def _ring(count: int) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.sin(angle), -np.cos(angle)], -1)


def _star() -> np.ndarray:
    return _ring(10) * np.resize([1.0, 0.42], 10)[:, None]


def _heart() -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return np.stack([x, y], -1) / 17


def _stamped(brief: Brief, shape: Callable[[], np.ndarray]) -> np.ndarray:
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    size = brief.rng.uniform(0.22, 0.36) / brief.repeats
    turn_free = brief.rng.random() < 0.5
    for point in scattered(brief.rng, brief.repeats, brief.rng.uniform(0, 0.25)):
        turn = brief.rng.uniform(-np.pi, np.pi) if turn_free else 0.0
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        colour = brief.colours[1 + brief.rng.integers(2 if brief.words else 3)]
        brief.canvas.polygons(picture, [shape() @ spin.T * size + point], colour)
    return picture.astype(np.float32)


def confetti(brief: Brief) -> np.ndarray:
    """Terrazzo chips of every size."""
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    for point in scattered(brief.rng, brief.repeats, 0.5):
        corners = brief.rng.integers(4, 8)
        ring = _ring(int(corners)) * brief.rng.uniform(0.45, 1.0, (int(corners), 1))
        size = brief.rng.uniform(0.15, 0.5) / brief.repeats
        colour = brief.colours[1 + brief.rng.integers(len(brief.colours) - 1)]
        brief.canvas.polygons(picture, [ring * size + point], colour)
    return picture.astype(np.float32)


def fair_isle(brief: Brief) -> np.ndarray:
    """Knitted bands of small mirrored motifs."""
    stitches = max(24, brief.repeats * 8)
    width = stitches // max(1, round(stitches / 12))
    bands: list[np.ndarray] = []
    while sum(len(piece) for piece in bands) < stitches:
        rows = int(brief.rng.integers(2, 9))
        half = brief.rng.random((rows, -(-width // 2))) < 0.45
        motif = np.concatenate([half, half[:, ::-1]], 1)
        ground, mark = brief.rng.permutation(len(brief.colours))[:2]
        bands += [np.where(motif, mark, ground), np.full((1, motif.shape[1]), ground)]
    rows_of_colours = np.concatenate(bands)[:stitches]
    cell = np.tile(rows_of_colours, (1, max(1, round(stitches / rows_of_colours.shape[1]))))
    picture = brief.colours[cell].astype(np.float32)
    ratio = max(1, -(-brief.canvas.size // min(picture.shape[:2])))
    large = np.repeat(np.repeat(picture, ratio, 0), ratio, 1)
    return cv2.resize(large, (brief.canvas.size, brief.canvas.size), interpolation=cv2.INTER_AREA)
