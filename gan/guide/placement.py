"""`placement`: the style printed once, as a logo on a chest, on cloth in the garment's own colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import oklab_from_srgb, srgb_from_oklab
from gan.guide.blacks import as_dyed
from gan.guide.cloth import StyleCloth
from gan.guide.depth import depth_inside
from gan.guide.dyes import find_dyes
from gan.guide.form import GarmentForm
from gan.guide.graphic import Graphic
from gan.guide.palette import garment_sample
from gan.guide.printing import full_bend

SIZE = 0.55
"""Side of a square graphic against the panel's width."""
LONGEST = 1.45
"""Of a graphic's longer side, against the side of a square of its area."""
SMALL = 0.6
"""Scale below which it goes where small logos go, to the wearer's left."""
CHEST, LEFT_CHEST = (0.0, 0.38), (0.22, 0.28)
"""Where it goes: across from the panel's middle in its widths, down from its top in its heights."""
OFF_CHEST = 2.5
"""What a panel's height or width away from there costs, beside lying in the panel's widest part."""
CONTRAST, LEAST_SEEN = 0.2, 0.35
"""OKLab distance from the cloth's colour from which something is seen well, and share of a graphic that must be."""
OUTLINED = 0.08
"""The same distance for a picture without a ground of its own: its straight outline is seen too."""
BENT = 0.03
"""Of the garment's width: the most that folds shift cloth by."""
OTHER_SHADE, MID_GREY = 0.3, 0.6
"""How much lighter, or darker, cloth is dyed in OKLab under such a picture that is as dark, or as light, as it;
and the lightness below which cloth is dyed lighter."""
SAMPLE = 5000
"""Pixels of a graphic that are looked at for this."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a graphic goes: its middle and the panel's width in pixels, the panel's number and its turn in degrees."""

    x: float
    y: float
    width: float
    panel: int
    axis: float


def lay_placement(cloth: StyleCloth, form: GarmentForm, scale: float, angle: float) -> np.ndarray:
    """Return cloth in the garment's main colour with the style printed on it once, H×W×3 uint8.

    It follows the folds and stays on one panel: a chest, a trouser leg. Where it would hardly be seen, the cloth takes
    the colour of the style's own ground, or another shade where it has none.

    Args:
        cloth: the prepared style.
        form: the garment.
        scale: size as a factor of the default.
        angle: degrees it is turned, clockwise.
    """
    place = _find_place(form, LEFT_CHEST if scale < SMALL else CHEST)
    guide = np.empty((*form.size, 3), np.uint8)
    guide[:] = _ground_colour(cloth, form)
    zoom = _zoom(cloth.graphic, SIZE * place.width * scale)
    image = _shrunk(cloth.graphic, zoom)
    window = _window(image, place, max(1.0, zoom), form)
    if guide[window].size:
        share = _share(form, place.panel)[window][..., None]
        printed = _printed(image, form, place, max(1.0, zoom), angle, window) * share
        guide[window] = np.rint(guide[window] * (1 - printed[..., 3:]) + printed[..., :3])
    return guide


def _zoom(graphic: Graphic, side: float) -> float:
    """Return how many pixels a pixel of the graphic measures where it is as large as a square of that side."""
    high, wide = graphic.image.shape[:2]
    return float(min(side / np.sqrt(high * wide), LONGEST * side / max(high, wide)))


def _shrunk(graphic: Graphic, zoom: float) -> np.ndarray:
    """Return the graphic at its size on the garment, or at its own where that is smaller, h×w×4 float32.

    Colours are multiplied by the opacity, which is 0 to 1.
    """
    image = graphic.image.astype(np.float32)
    image[..., 3] /= 255
    image[..., :3] *= image[..., 3:]
    if zoom >= 1:
        return image
    size = [max(2, round(side * zoom)) for side in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _window(image: np.ndarray, place: _Place, enlarged: float, form: GarmentForm) -> tuple[slice, slice]:
    """Rows and columns outside which nothing of the graphic can lie, however it is turned and bent."""
    reach = 0.5 * enlarged * float(np.hypot(*image.shape[:2])) + BENT * form.width + 2
    rows, columns = (
        slice(int(np.clip(middle - reach, 0, side)), int(np.clip(middle + reach, 0, side)))
        for middle, side in zip((place.y, place.x), form.size, strict=True)
    )
    return rows, columns


def _printed(
    image: np.ndarray, form: GarmentForm, place: _Place, enlarged: float, angle: float, window: tuple[slice, slice]
) -> np.ndarray:
    """Return the graphic as it lies over a window of the garment, h×w×4 float32."""
    rows, columns = window
    turn = np.radians(angle + place.axis)
    across, down = (plane[window] for plane in full_bend(form))
    x = np.arange(columns.start, columns.stop, dtype=np.float32) - np.float32(place.x) + across
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - np.float32(place.y) + down
    cosine, sine = (np.float32(part / enlarged) for part in (np.cos(turn), np.sin(turn)))
    column = cosine * x + sine * y + np.float32((image.shape[1] - 1) / 2)
    row = cosine * y - sine * x + np.float32((image.shape[0] - 1) / 2)
    if enlarged == 1:
        return cv2.remap(image, column, row, cv2.INTER_LINEAR)
    return np.clip(cv2.remap(image, column, row, cv2.INTER_CUBIC), 0, np.array([255, 255, 255, 1], np.float32))


def _ground_colour(cloth: StyleCloth, form: GarmentForm) -> np.ndarray:
    """Return the RGB of the cloth that is printed on, uint8."""
    own = find_dyes(garment_sample(form), 1).colours[0]
    pixels = cloth.graphic.image.reshape(-1, 4)
    pixels = pixels[:: max(1, len(pixels) // SAMPLE)]
    ink = oklab_from_srgb(pixels[pixels[:, 3] > 127, :3])
    ground = cloth.graphic.ground
    if (np.linalg.norm(ink - own, axis=1) > (OUTLINED if ground is None else CONTRAST)).mean() >= LEAST_SEEN:
        return _srgb(own)
    if ground is not None:
        return as_dyed(ground.reshape(1, 1, 3).astype(np.uint8))[0, 0]
    return _srgb(own + np.array([OTHER_SHADE if own[0] < MID_GREY else -OTHER_SHADE, 0, 0], np.float32))


def _srgb(colour: np.ndarray) -> np.ndarray:
    return as_dyed(srgb_from_oklab(colour.reshape(1, 1, 3)))[0, 0]


def _find_place(form: GarmentForm, wanted: tuple[float, float]) -> _Place:
    """Look in the largest panel for where it is wide, near the place that is wanted."""
    inside = (form.reduced[1] > 0.5).astype(np.float32)
    shares = [
        cv2.resize(_share(form, index), inside.shape[::-1], interpolation=cv2.INTER_NEAREST) * inside
        for index in range(len(form.panels))
    ]
    largest = int(np.argmax([float(share.sum()) for share in shares]))
    depth = depth_inside(shares[largest] > 0.5)
    rows, columns = np.nonzero(depth)
    factor = form.size[0] / inside.shape[0]
    if not len(rows):
        return _Place(form.size[1] / 2, form.size[0] / 2, form.width, largest, 0.0)
    high = np.ptp(rows) + 1
    chest = rows == int(rows.min() + CHEST[1] * high)  # a skirt is wider, a neck is narrower
    across = columns[chest] if chest.any() else columns
    wide = np.ptp(across) + 1
    x, y = np.median(across) + wanted[0] * wide, rows.min() + wanted[1] * high
    off = np.abs(rows - y) / high + np.abs(columns - x) / wide
    best = int(np.argmax(depth[rows, columns] / depth.max() - OFF_CHEST * off))
    width = min(2 * float(depth.max()), float(wide)) * factor
    middle = ((columns[best] + 0.5) * factor, (rows[best] + 0.5) * factor)
    return _Place(*middle, width, largest, form.panels[largest].axis)


def _share(form: GarmentForm, index: int) -> np.ndarray:
    """Return what is seen of a panel under those that lie over it, H×W float32 in 0 to 1."""
    share = np.ones(form.size, np.float32)
    for number, panel in enumerate(form.panels[index:]):
        if panel.weight is None:
            continue
        top, bottom, left, right = panel.box
        if number == 0:
            share[:] = 0
            share[top:bottom, left:right] = panel.weight
        else:
            share[top:bottom, left:right] *= 1 - panel.weight
    return share
