"""`print`: the style as cloth, cut and laid panel by panel, following the folds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.cloth import StyleCloth
from gan.guide.form import GarmentForm
from gan.guide.panels import Panel
from gan.guide.placing import place_picture
from gan.guide.tile import Tile

SMALLEST_REPEAT = 6.0  # output pixels; finer repeats would only alias
REPEATS_ACROSS = (4.5, 16.0)  # fewest and most repeats of a pattern across a garment
PICTURE_WIDTH = 1.7  # a scene covers the garment, up to this multiple of its width
TEXTURE_WIDTH = 0.8
FIGURE, LEAST_COVERED = 0.95, 0.7
"""Of the garment's width or height: the most that a figure before calm ground spans at scale 1. Of the size that covers
the garment: the least at which it is laid for that, as smaller ones are seen twice."""
MOST_TEXELS = 4096 * 4096
"""Of a tile at its size on the garment: a painting over a large photo at four times its size would take gigabytes."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where in a tile the cloth of one panel is cut.

    Attributes:
        panel: the piece of cloth.
        matrix: 2×2, texels (x, y) that the place in the tile moves by with each pixel across and down.
        corners: 4×2, texels (x, y) at the panel's box's corners before folds shift them, the top left first.
    """

    panel: Panel
    matrix: np.ndarray
    corners: np.ndarray


def default_zoom(cloth: StyleCloth, form: GarmentForm) -> float:
    """Return how many output pixels one style pixel measures at scale 1."""
    side = float(np.mean(cloth.picture.shape[:2]))
    if cloth.is_picture:
        covering = max(form.extent[0] / cloth.picture.shape[1], form.extent[1] / cloth.picture.shape[0])
        zoom = float(np.clip(covering, 0.85 * form.width / side, PICTURE_WIDTH * form.width / side))
        return zoom * _whole_figure(cloth, form, zoom)
    if cloth.lattice is None:
        return TEXTURE_WIDTH * form.width / side
    fewest, most = REPEATS_ACROSS
    repeat = np.clip(0.8 * form.width * cloth.lattice.period / side, form.width / most, form.width / fewest)
    return float(repeat / cloth.lattice.period)


def _whole_figure(cloth: StyleCloth, form: GarmentForm, zoom: float) -> float:
    """Return how many times smaller than covers the garment a picture is laid so that its figure is seen whole."""
    if cloth.figure is None:
        return 1.0
    (high, wide), (across, down) = cloth.picture.shape[:2], cloth.figure
    room = min(form.width / (zoom * wide * across), form.extent[1] / (zoom * high * down))
    return float(np.clip(FIGURE * room, LEAST_COVERED, 1.0))


def lay_print(cloth: StyleCloth, form: GarmentForm, scale: float, angle: float, seed: int) -> np.ndarray:
    """Return the style laid over the garment's frame as cloth, H×W×3.

    Args:
        cloth: the prepared style.
        form: the garment.
        scale: pattern size as a factor of the default.
        angle: degrees, clockwise.
        seed: decides where in the pattern the cloth is cut.
    """
    tile = sized_tile(cloth, form, scale)
    bend = full_bend(form)
    picture: np.ndarray | None = None
    for cut in plan_cuts(cloth, form, tile, scale, angle, seed):
        piece = _cut_piece(tile.image, bend, cut)
        picture = piece if picture is None else _sewn(picture, piece, cut.panel)
    assert picture is not None
    return picture


def sized_tile(cloth: StyleCloth, form: GarmentForm, scale: float) -> Tile:
    """Return the style's tile with a texel for each output pixel, or as many as there may be."""
    return _sized(cloth.tile, default_zoom(cloth, form) * scale)


def full_bend(form: GarmentForm) -> list[np.ndarray]:
    """Return how far the cloth is shifted across and down at each pixel, two H×W float32, in pixels."""
    return [cv2.resize(plane, form.size[::-1]) for plane in cv2.split(form.displacement)]


def plan_cuts(
    cloth: StyleCloth, form: GarmentForm, tile: Tile, scale: float, angle: float, seed: int
) -> tuple[Cut, ...]:
    """Return where each panel of a garment is cut from the style's tile, in the panels' order.

    Args:
        cloth: the prepared style.
        form: the garment.
        tile: the style's at this scale (`sized_tile`).
        scale: pattern size as a factor of the default.
        angle: degrees, clockwise.
        seed: decides where in the pattern the cloth is cut.
    """
    if cloth.focus is not None:
        return _cuts_of_picture(cloth, cloth.focus, form, tile, default_zoom(cloth, form) * scale, angle, seed)
    chance = np.random.default_rng(seed)
    return tuple(
        _plan_cut(tile, panel, angle, panel.anchor, chance.random(2) if seed else np.full(2, 0.5))
        for panel in form.panels
    )


def _cuts_of_picture(
    cloth: StyleCloth, focus: np.ndarray, form: GarmentForm, tile: Tile, zoom: float, angle: float, seed: int
) -> tuple[Cut, ...]:
    """A scene is one picture: it goes on from the body into every other panel."""
    high, wide = (side * zoom for side in cloth.picture.shape[:2])
    place = place_picture(focus, (wide, high), form, angle, seed)
    middle = 0.5 + np.linalg.inv(tile.basis) @ (place * (wide, high))
    turn, anchor = _turn(tile, angle), form.panels[0].anchor
    return tuple(
        _plan_cut(tile, panel, angle, panel.joint, middle + turn @ np.subtract(panel.joint, anchor))
        for panel in form.panels
    )


def _turn(tile: Tile, angle: float) -> np.ndarray:
    """Return what a step in the garment's pixels (x, y) is in a tile's widths and heights, 2×2."""
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    turn: np.ndarray = np.linalg.inv(tile.basis) @ np.array([[cosine, sine], [-sine, cosine]])
    return turn


def _plan_cut(tile: Tile, panel: Panel, angle: float, point: tuple[float, float], place: np.ndarray) -> Cut:
    """Cut the panel so that its `point` lies at a place (x, y) in the tile, in the tile's widths and heights."""
    top, bottom, left, right = panel.box
    texels = np.array([tile.image.shape[1], tile.image.shape[0]])
    matrix = texels[:, None] * _turn(tile, angle + panel.axis)
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]]) - np.array(point)
    return Cut(panel, matrix, corners @ matrix.T + place * texels)


def _sized(tile: Tile, zoom: float) -> Tile:
    """Resample the tile to output size once, averaging texels when it shrinks, so that laying it cannot alias."""
    edges = np.linalg.norm(tile.basis, axis=0) * zoom
    enlarge = max(1.0, SMALLEST_REPEAT / float(edges.min()))
    detail = min(1.0, float(np.sqrt(MOST_TEXELS / np.prod(edges * enlarge))))
    width, height = (max(2, round(float(edge * enlarge * detail))) for edge in edges)
    shrinks = width * height < tile.image.shape[0] * tile.image.shape[1]
    image = _resized_torus(tile.image, width, height, cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return Tile(image, tile.basis * zoom * enlarge)


def _resized_torus(image: np.ndarray, width: int, height: int, method: int) -> np.ndarray:
    """Resize a seamless picture without making an edge: it is resized with a margin of itself."""
    if (height, width) == image.shape[:2]:
        return image
    rows, columns = image.shape[:2]
    # Averages over areas do not look beyond the edge.
    averages = method == cv2.INTER_AREA and height <= rows and width <= columns
    if rows * columns <= 256 * 256 and not averages:
        wide = cv2.resize(np.tile(image, (3, 3, 1)), (3 * width, 3 * height), interpolation=method)
        return np.ascontiguousarray(wide[height : 2 * height, width : 2 * width])
    return cv2.resize(image, (width, height), interpolation=method)


def _cut_piece(image: np.ndarray, bend: list[np.ndarray], cut: Cut) -> np.ndarray:
    """Return the cloth over the panel's box; `bend` is how far it is shifted at each place, across and down."""
    top, bottom, left, right = cut.panel.box
    bend = [plane[top:bottom, left:right] for plane in bend]
    farthest = max(cv2.norm(plane, cv2.NORM_INF) for plane in bend)
    reach = farthest * np.abs(cut.matrix).sum(1) + 3
    low = np.floor(cut.corners.min(0) - reach)
    cloth = _unrolled(image, low.astype(int), np.ceil(cut.corners.max(0) + reach).astype(int))
    return _remapped(cloth, cut.matrix, cut.corners[0] - low, bend)


def _unrolled(image: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The periodic image over texels low..high (x, y)."""
    columns = np.arange(low[0], high[0]) % image.shape[1]
    rows = np.arange(low[1], high[1]) % image.shape[0]
    return np.take(np.take(image, columns, axis=1), rows, axis=0)


def _remapped(cloth: np.ndarray, matrix: np.ndarray, start: np.ndarray, bend: list[np.ndarray]) -> np.ndarray:
    x, y = (_texels(bend, row, begin) for row, begin in zip(matrix, start, strict=True))
    return cv2.remap(cloth, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def _texels(bend: list[np.ndarray], steps: np.ndarray, start: float) -> np.ndarray:
    """One coordinate in the cloth of every pixel; it grows by `steps` from pixel to pixel, across and down."""
    (across, down), (height, width) = steps, bend[0].shape
    texels: np.ndarray = cv2.addWeighted(bend[0], across, bend[1], down, start)
    texels += (across * np.arange(width)).astype(np.float32)
    texels += (down * np.arange(height)).astype(np.float32)[:, None]
    return texels


def _sewn(picture: np.ndarray, piece: np.ndarray, panel: Panel) -> np.ndarray:
    top, bottom, left, right = panel.box
    if panel.weight is None:
        return piece
    weight = panel.weight
    under = picture[top:bottom, left:right]
    picture[top:bottom, left:right] = cv2.blendLinear(piece, under, weight, 1 - weight)
    return picture
