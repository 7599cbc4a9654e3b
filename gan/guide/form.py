"""What the guides need to know of a garment: its size, its panels, how the cloth bends. Once per garment."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.panels import Panel, find_panels

FORM_SIDE = 256
DISPLACEMENT = 0.012  # of the garment's width, at the steepest folds


@dataclass(frozen=True, slots=True)
class GarmentForm:
    """A garment's geometry.

    Attributes:
        garment: H×W×3 RGB uint8.
        alpha: H×W float32 in 0..1.
        panels: pieces of cloth, the body first; each later one lies over the earlier ones.
        displacement: h×w×2 float32 at a reduced size, in full-size pixels (x, y): where folds pull the pattern.
        width: width of the garment in pixels, the measure of pattern scale.
    """

    garment: np.ndarray
    alpha: np.ndarray
    panels: tuple[Panel, ...]
    displacement: np.ndarray
    width: float

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.alpha.shape[0], self.alpha.shape[1]


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
    size = [max(1, round(side * factor)) for side in alpha.shape[::-1]]
    small = cv2.resize(garment, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    width = _typical_width(mask) / factor
    panels = find_panels(mask, (alpha.shape[0], alpha.shape[1]))
    return GarmentForm(garment, alpha, panels, _fold_displacement(small, mask, width), width)


def _typical_width(mask: np.ndarray) -> float:
    """Side of the square with the garment's area, limited by its bounding box."""
    inside = mask > 0.5
    if not inside.any():
        return float(mask.shape[1])
    columns = np.flatnonzero(inside.any(axis=0))
    box = columns[-1] - columns[0] + 1
    return float(max(4.0, min(box, 1.15 * np.sqrt(inside.sum()))))


def _fold_displacement(garment: np.ndarray, mask: np.ndarray, width: float) -> np.ndarray:
    """Shading's slope shows where the cloth tilts away: shift the pattern there, gently and smoothly."""
    light = cv2.cvtColor(garment, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255 + 0.04
    light = cv2.medianBlur((np.log(light) * 40 + 200).clip(0, 255).astype(np.uint8), 5).astype(np.float32) / 40
    sigma = max(mask.shape) / 36
    weight = cv2.GaussianBlur(mask, (0, 0), sigma) + 1e-3
    smooth = cv2.GaussianBlur(light * mask, (0, 0), sigma) / weight
    slope = np.stack([cv2.Scharr(smooth, cv2.CV_32F, 1, 0), cv2.Scharr(smooth, cv2.CV_32F, 0, 1)], -1)
    slope *= mask[..., None]
    inside = np.linalg.norm(slope, axis=2)[mask > 0.5]
    strongest = float(np.quantile(inside, 0.95)) if inside.size else 0.0
    slope = slope / max(strongest, 0.35)
    slope /= np.maximum(1.0, np.linalg.norm(slope, axis=2, keepdims=True))
    return cv2.GaussianBlur(slope, (0, 0), sigma / 2) * np.float32(DISPLACEMENT * width)
