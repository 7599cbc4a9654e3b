"""What the guides need to know of a garment: its size, its panels, how the cloth bends. Once per garment."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.bending import bend_pattern
from gan.guide.masked_blur import masked_blur
from gan.guide.panels import Panel, find_panels
from gan.pictures import shrink_picture

FORM_SIDE = 160
MIDDLE_GREY = 0.18
SLOW_LIGHT = 1 / 6  # of the long side: slower light would only be laid twice, by darker strokes and by itself
GAMMA = 2.2  # a grey level's logarithm, times this, is that of its light


@dataclass(frozen=True, slots=True)
class Folds:
    """The light of a garment's folds at a reduced size.

    Attributes:
        exposure: h×w float32, log-exposure.
        mask: h×w float32 in 0 to 1, where the garment is.
    """

    exposure: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True)
class GarmentForm:
    """A garment's geometry.

    Attributes:
        garment: H×W×3 RGB uint8.
        alpha: H×W float32 in 0..1.
        panels: pieces of cloth, the body first; each later one lies over the earlier ones.
        folds: what bends the pattern.
        reduced: h×w×3 RGB uint8 and h×w float32, garment and alpha at that size.
        extent: width and height of its bounding box in pixels.
        width: width of the garment in pixels, the measure of pattern scale.
    """

    garment: np.ndarray
    alpha: np.ndarray
    panels: tuple[Panel, ...]
    folds: Folds
    reduced: tuple[np.ndarray, np.ndarray]
    extent: tuple[float, float]
    width: float

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.alpha.shape[0], self.alpha.shape[1]

    @functools.cached_property
    def displacement(self) -> np.ndarray:
        """How far folds shift the pattern, h×w×2 float32 at the size of `folds`, in full-size pixels (x, y)."""
        folds = self.folds
        return bend_pattern(folds.exposure, folds.mask, self.width, self.size[0] / folds.mask.shape[0])

    @functools.cached_property
    def light(self) -> np.ndarray:
        """Lightness of grey cloth under the folds' light against that around it, in deviations, h×w float32."""
        return _light(self.folds.exposure, self.folds.mask)


def analyse_garment(garment: np.ndarray, alpha: np.ndarray) -> GarmentForm:
    """Return the garment's form.

    The folds are those that the photo's own light shows, with its prints in it; where the generator has read the
    garment, its light is the better one (`dataclasses.replace(form, folds=…)`).

    Args:
        garment: H×W×3 RGB uint8.
        alpha: H×W float32, 1 inside the garment.

    Raises:
        ValueError: the sizes differ.
    """
    if garment.shape[:2] != alpha.shape:
        raise ValueError("The mask must have the garment picture's size.")
    alpha = np.ascontiguousarray(alpha, np.float32)
    factor = min(1.0, FORM_SIDE / max(alpha.shape))
    size = (max(1, round(alpha.shape[1] * factor)), max(1, round(alpha.shape[0] * factor)))
    small, mask = shrink_picture(garment, size), shrink_picture(alpha, size)
    width = _typical_width(mask) / factor
    panels = find_panels(mask, (alpha.shape[0], alpha.shape[1]), garment)
    folds = Folds(_log_exposure(small), mask)
    return GarmentForm(garment, alpha, panels, folds, (small, mask), _extent(mask, factor), width)


def _extent(mask: np.ndarray, factor: float) -> tuple[float, float]:
    """Width and height of the mask's bounding box in full-size pixels; the frame's where the mask is empty."""
    inside = mask > 0.5
    if not inside.any():
        inside = np.ones_like(inside)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return float(columns[-1] - columns[0] + 1) / factor, float(rows[-1] - rows[0] + 1) / factor


def _typical_width(mask: np.ndarray) -> float:
    """Side of the square with the garment's area, limited by its bounding box."""
    inside = mask > 0.5
    if not inside.any():
        return float(mask.shape[1])
    columns = np.flatnonzero(inside.any(axis=0))
    box = columns[-1] - columns[0] + 1
    return float(max(4.0, min(box, 1.15 * np.sqrt(inside.sum()))))


def _log_exposure(garment: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(garment, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    return np.float32(GAMMA) * np.log(grey + np.float32(0.04))


def _light(exposure: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Lightness without weave and without what changes over whole parts, a window's side or the dark below.

    The deviation has a floor, so that plain cloth is not blown up to noise.
    """
    inside, core = mask > 0.5, cv2.erode(mask, np.ones((5, 5), np.uint8))
    if not inside.any():
        inside, core = np.ones(mask.shape, bool), np.ones_like(mask)
    luminance = MIDDLE_GREY * np.exp(exposure - np.median(exposure[inside]))
    light = (116 * np.cbrt(luminance) - 16).astype(np.float32)
    light = masked_blur(light, core, max(mask.shape) / 100)
    light -= masked_blur(light, core, max(mask.shape) * SLOW_LIGHT)
    low, middle, high = np.quantile(light[inside], [0.05, 0.5, 0.95])
    spread = max(float(high - low) / 3.3, 12.0)
    return np.clip((np.asarray(light) - np.float32(middle)) / np.float32(spread), -2.0, 2.0)
