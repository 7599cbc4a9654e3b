"""What the guides need to know of a garment: its size, its panels, how the cloth bends. Once per garment."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.panels import Panel, find_panels
from gan.pictures import shrink_picture

FORM_SIDE = 160
DISPLACEMENT = 0.012  # of the garment's width, at the steepest folds
SLOPE_SIDE = 256  # long side, in pixels, at which slopes are measured
FLATTEST = 0.35  # slope that counts as steepest on a garment without folds
LOG_STEPS = 40  # of one byte in a unit of log-lightness
CODED_LOG = np.clip(np.log(np.arange(256) / 255 + 0.04) * LOG_STEPS + 200, 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class GarmentForm:
    """A garment's geometry.

    Attributes:
        garment: H×W×3 RGB uint8.
        alpha: H×W float32 in 0..1.
        panels: pieces of cloth, the body first; each later one lies over the earlier ones.
        displacement: h×w×2 float32 at a reduced size, in full-size pixels (x, y): where folds pull the pattern.
        reduced: h×w×3 RGB uint8 and h×w float32, garment and alpha at that size.
        extent: width and height of its bounding box in pixels.
        width: width of the garment in pixels, the measure of pattern scale.
    """

    garment: np.ndarray
    alpha: np.ndarray
    panels: tuple[Panel, ...]
    displacement: np.ndarray
    reduced: tuple[np.ndarray, np.ndarray]
    extent: tuple[float, float]
    width: float

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.alpha.shape[0], self.alpha.shape[1]

    @functools.cached_property
    def light(self) -> np.ndarray:
        """Smoothed lightness against the garment's mean, in deviations, h×w float32 at the reduced size."""
        return _light(*self.reduced)


def analyse_garment(garment: np.ndarray, alpha: np.ndarray) -> GarmentForm:
    """Return the garment's form.

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
    bend = _fold_displacement(small, mask, width)
    return GarmentForm(garment, alpha, panels, bend, (small, mask), _extent(mask, factor), width)


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


def _masked_blur(plane: np.ndarray, mask: np.ndarray, sigma: float) -> np.ndarray:
    """Blur by what is inside the mask only; far outside, the nearest inside goes on."""
    layers = cv2.merge([plane * mask, mask])
    mean = float(layers[..., 0].sum()) / max(float(mask.sum()), 1.0)
    near = cv2.GaussianBlur(layers, (0, 0), sigma)
    total, weight = cv2.split(near + np.float32(0.05) * _wide_blur(layers, 4 * sigma))
    return (total + np.float32(1e-4 * mean)) / (weight + np.float32(1e-4))


def _wide_blur(layers: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian blur so wide that it can be made at a quarter of the size."""
    size = [max(1, round(side / 4)) for side in layers.shape[1::-1]]
    small = cv2.GaussianBlur(cv2.resize(layers, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / 4)
    return cv2.resize(small, layers.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _light(garment: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Lightness without weave; the deviation has a floor, so that plain cloth is not blown up to noise."""
    light = cv2.cvtColor(garment, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32)
    core = cv2.erode(mask, np.ones((5, 5), np.uint8)) if (mask > 0.5).any() else np.ones_like(mask)
    light = _masked_blur(light, core, max(mask.shape) / 100)
    inside = light[mask > 0.5] if (mask > 0.5).any() else light.ravel()
    low, middle, high = np.quantile(inside, [0.05, 0.5, 0.95])
    spread = max(float(high - low) / 3.3, 12.0)
    return np.clip((np.asarray(light) - np.float32(middle)) / np.float32(spread), -2.0, 2.0)


def _fold_displacement(garment: np.ndarray, mask: np.ndarray, width: float) -> np.ndarray:
    """Shading's slope shows where the cloth tilts away: shift the pattern there, gently and smoothly."""
    coded = cv2.LUT(cv2.cvtColor(garment, cv2.COLOR_RGB2GRAY), CODED_LOG)
    sigma = max(mask.shape) / 36
    smooth = _masked_blur(cv2.medianBlur(coded, 3).astype(np.float32) / LOG_STEPS, mask, sigma)
    # A filter's sum of slopes is per pixel of this size.
    scale = np.float32(max(mask.shape) / SLOPE_SIDE)
    across, down = (cv2.Scharr(smooth, cv2.CV_32F, *order) * (mask * scale) for order in ((1, 0), (0, 1)))
    steepness = cv2.magnitude(across, down)
    inside = steepness[mask > 0.5]
    strongest = float(np.quantile(inside, 0.95)) if inside.size else 0.0
    share = np.float32(DISPLACEMENT * width) / np.maximum(steepness, np.float32(max(strongest, FLATTEST)))
    return cv2.GaussianBlur(cv2.merge([across * share, down * share]), (0, 0), sigma / 2)
