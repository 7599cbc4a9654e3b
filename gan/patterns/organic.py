"""Grown, flowed and dyed patterns: animal skins, camouflage, marble, ikat, tie-dye, brush strokes."""

from __future__ import annotations

import cv2
import numpy as np

from gan.patterns.canvas import Brief, band, centred, cover, lay, scattered


def _steps(field: np.ndarray, levels: np.ndarray, colours: np.ndarray, softness: float) -> np.ndarray:
    """Colour a field by thresholds; `softness` is the field's change over one pixel."""
    picture = np.broadcast_to(colours[0], (*field.shape, 3)).astype(np.float32)
    for level, colour in zip(levels, colours[1:], strict=False):
        picture = lay(picture, colour, np.clip((field - level) / softness + 0.5, 0, 1))
    return picture


def _slope(brief: Brief, cells: int) -> float:
    """Typical change of noise with so many cells from one pixel to the next."""
    return max(1e-3, 2.2 * cells / brief.canvas.size)


def camouflage(brief: Brief) -> np.ndarray:
    """Overlapping blotches in three or four tones."""
    picture = brief.canvas.ground(brief.colours[0])
    cells = max(2, brief.repeats // 2)
    for colour in brief.colours[1:4]:
        field = brief.canvas.noise(brief.rng, cells, 3)
        picture = lay(picture, colour, np.clip((field - 0.45) / _slope(brief, cells * 2) + 0.5, 0, 1))
    return picture


def zebra(brief: Brief) -> np.ndarray:
    """Stripes that wander, fork and end."""
    field = brief.canvas.noise(brief.rng, 3, 2) * np.float32(0.45) + brief.canvas.noise(brief.rng, 6) * np.float32(0.1)
    bands = brief.repeats * brief.canvas.v + field
    width = 0.5 + 0.12 * brief.canvas.noise(brief.rng, 5)
    period = brief.canvas.size / brief.repeats * 0.7
    inside = width / 2 - np.abs(centred(bands))
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], cover(inside, period))


def _nearest_points(brief: Brief, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances to the nearest and second nearest point, and the nearest one's index, on the torus (in 0..1)."""
    margin = 0.3
    shifts = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), -1).reshape(-1, 1, 2)
    copies = (points[None] + shifts).reshape(-1, 2)
    owner = np.tile(np.arange(len(points)), 9)
    keep = np.all((copies > -margin) & (copies < 1 + margin), axis=1)
    copies, owner = copies[keep], owner[keep]
    size = min(brief.canvas.size, 128)
    along = ((np.arange(size) + 0.5) / size).astype(np.float32)
    first = np.full((size, size), np.inf, np.float32)
    second, index = first.copy(), np.zeros((size, size), np.int32)
    for number, (x, y) in zip(owner, copies.astype(np.float32), strict=True):
        reach = 2.2 / np.sqrt(len(points))
        rows = slice(*np.searchsorted(along, [y - reach, y + reach]))
        columns = slice(*np.searchsorted(along, [x - reach, x + reach]))
        distance = np.hypot(along[None, columns] - x, along[rows, None] - y)
        near, far, who = first[rows, columns], second[rows, columns], index[rows, columns]
        closer = distance < near
        second[rows, columns] = np.minimum(far, np.where(closer, near, distance))
        index[rows, columns] = np.where(closer, number, who)
        first[rows, columns] = np.minimum(near, distance)
    full = (brief.canvas.size, brief.canvas.size)
    if size == brief.canvas.size:
        return first, second, index
    enlarged = [brief.canvas.stretched(field[..., None]).reshape(full) for field in (first, second)]
    return enlarged[0], enlarged[1], cv2.resize(index, full, interpolation=cv2.INTER_NEAREST)


def leopard(brief: Brief) -> np.ndarray:
    """Open rosettes with a tinted middle."""
    points = scattered(brief.rng, brief.repeats, 0.34)
    first, _, _ = _nearest_points(brief, points)
    wobble = brief.canvas.noise(brief.rng, brief.repeats * 3) * np.float32(0.05)
    radius = first * brief.repeats + wobble
    period = brief.canvas.size / brief.repeats
    gaps = brief.canvas.noise(brief.rng, brief.repeats * 2) < 0.75
    ring = cover(0.085 - np.abs(radius - 0.29), period) * cv2.blur(gaps.astype(np.float32), (3, 3))
    middle = cover(0.27 - radius, period)
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[2], 0.8 * middle)
    return lay(picture, brief.colours[1], ring)


def giraffe(brief: Brief) -> np.ndarray:
    """Plates with light joints."""
    first, second, _ = _nearest_points(brief, scattered(brief.rng, brief.repeats, 0.42))
    joint = (second - first) * brief.repeats + 0.03 * brief.canvas.noise(brief.rng, brief.repeats * 3)
    plate = cover((joint - 0.16) / 2, brief.canvas.size / brief.repeats)
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], plate)


def snake(brief: Brief) -> np.ndarray:
    """Small scales, tinted by large diamonds."""
    scales = max(12, brief.repeats * 4)
    p, q, period = brief.canvas.turned(scales // 2, scales // 2)
    edge = np.maximum(np.abs(centred(p)), np.abs(centred(q)))
    large = np.abs(centred(max(1, brief.repeats // 2) * brief.canvas.u)) + np.abs(
        centred(max(1, brief.repeats // 2) * brief.canvas.v)
    )
    tone = large + 0.09 * brief.canvas.noise(brief.rng, 10, 2)
    picture = _steps(tone, np.array([0.3, 0.5, 0.68]), brief.colours, 0.12)
    return picture * (1 - 0.45 * cover(edge - 0.4, period))[..., None]


def marble(brief: Brief) -> np.ndarray:
    """Veins in clouded stone."""
    cells = max(2, brief.repeats // 3)
    cloud = brief.canvas.noise(brief.rng, cells, 4)
    vein = np.abs(brief.canvas.noise(brief.rng, cells, 5))
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[2], np.clip(0.2 + 0.22 * cloud, 0, 0.6))
    return lay(picture, brief.colours[1], np.clip(0.9 - vein * 7, 0, 1) * np.clip(0.5 + 0.4 * cloud, 0, 1))


def paper_marbling(brief: Brief) -> np.ndarray:
    """Bands of floating ink drawn out by a comb."""
    size, cells = brief.canvas.size, max(2, brief.repeats // 2)
    swing = [brief.canvas.noise(brief.rng, cells, 2) for _ in range(2)]
    comb = np.sin(2 * np.pi * brief.repeats * brief.canvas.u) * np.float32(0.35)
    phase = brief.repeats * brief.canvas.v + comb + swing[0] * 0.5
    stripes = np.floor(phase * 3).astype(int) % len(brief.colours)
    picture = brief.colours[stripes].astype(np.float32)
    return brief.canvas.bent(picture, swing[0] * (size / cells / 18), swing[1] * (size / cells / 18))


def tie_dye(brief: Brief) -> np.ndarray:
    """Dyed rings around knots, with crackled edges."""
    knots = scattered(brief.rng, max(1, brief.repeats // 4), 0.2)
    distance = np.full((brief.canvas.size,) * 2, np.inf, np.float32)
    for x, y in knots:
        distance = np.minimum(distance, np.hypot(centred(brief.canvas.u - x), centred(brief.canvas.v - y)))
    crackle = brief.canvas.noise(brief.rng, 4, 5) * np.float32(0.035)
    phase = (distance + crackle) * np.float32(len(brief.colours) * max(1, brief.repeats // 4) * 1.6)
    lower = np.floor(phase).astype(int)
    share = np.clip((phase - lower - 0.5) * 2.2 + 0.5, 0, 1)[..., None]
    count = len(brief.colours)
    return brief.colours[lower % count] * (1 - share) + brief.colours[(lower + 1) % count] * share


def shibori(brief: Brief) -> np.ndarray:
    """Soft resist-dyed rings or folds."""
    across, down, _ = brief.canvas.turned(brief.repeats)
    wobble = [brief.canvas.noise(brief.rng, brief.repeats * 2, 3) * np.float32(0.05) for _ in range(2)]
    radius = np.hypot(centred(across + wobble[0]), centred(down + wobble[1]))
    light = np.exp(-(((radius - 0.3) / 0.07) ** 2)) + np.exp(-((radius / 0.08) ** 2))
    cloud = 0.12 * brief.canvas.noise(brief.rng, brief.repeats, 4)
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], np.clip(light + cloud, 0, 1))


def ikat(brief: Brief) -> np.ndarray:
    """Diamonds whose edges feather along the warp."""
    size, repeats = brief.canvas.size, brief.repeats
    threads = brief.rng.standard_normal((1, size)).astype(np.float32)
    slip = 0.6 * np.repeat(threads[:, :: max(1, size // 128)], max(1, size // 128), 1)[:, :size]
    across = np.abs(centred(repeats * brief.canvas.u))
    down = np.abs(centred(max(1, repeats * 2 // 3) * brief.canvas.v + 0.05 * slip))
    field = across + down
    return _steps(field, np.array([0.25, 0.4, 0.6, 0.75]), brief.colours, 0.03 + 2 * repeats / size)


def brush_strokes(brief: Brief) -> np.ndarray:
    """Dry strokes of a flat brush."""
    picture = brief.canvas.ground(brief.colours[0]).astype(np.uint8)
    main = brief.rng.uniform(0, np.pi)
    for point in scattered(brief.rng, brief.repeats + 1, 0.5):
        turn = main + brief.rng.normal(0, 0.25)
        along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        length, width = brief.rng.uniform(0.4, 0.9) / brief.repeats, brief.rng.uniform(0.1, 0.24) / brief.repeats
        colour = brief.colours[1 + brief.rng.integers(len(brief.colours) - 1)]
        for bristle in np.linspace(-1, 1, 7):
            start, end = brief.rng.uniform(-1.1, -0.7), brief.rng.uniform(0.7, 1.2)
            middle = point + bristle * width * across
            ends = np.array([[start, 1], [end, 1], [end, -1], [start, -1]])
            shape = middle + ends[:, :1] * length * along + ends[:, 1:] * width * 0.17 * across
            tint = np.clip(colour * (1 + brief.rng.normal(0, 0.07)), 0, 255)
            brief.canvas.polygons(picture, [shape], tint)
    return picture.astype(np.float32)


def watercolour(brief: Brief) -> np.ndarray:
    """Washes that bleed into each other, with darker rims."""
    picture = brief.canvas.ground(brief.colours[0])
    cells = max(2, brief.repeats // 2)
    for colour in brief.colours[1:]:
        field = brief.canvas.noise(brief.rng, cells, 4) - 0.2
        wash = np.clip(field * 3, 0, 0.55) + 0.25 * np.exp(-((field / 0.06) ** 2))
        picture = lay(picture, colour, wash)
    return picture


def wood_grain(brief: Brief) -> np.ndarray:
    """Rings drawn out along the trunk."""
    flow = brief.canvas.stretched(brief.rng.standard_normal((2, 6, 1)).astype(np.float32))
    flow = flow.reshape(brief.canvas.size, brief.canvas.size)
    across = brief.repeats * brief.canvas.u + flow
    fine = brief.canvas.noise(brief.rng, 6, 4) * np.float32(0.1)
    tone = band(across * 2 + fine, 0.4, brief.canvas.size / brief.repeats / 6) * 0.5 + 0.2 * (centred(across) + 0.5)
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], tone)
