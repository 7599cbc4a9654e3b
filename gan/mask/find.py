"""From a garment picture to its mask, and how sure that mask is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan.mask.grabcut import agreement_mask
from gan.mask.refine import refine_mask

SURE = 0.6
SMALLEST_AREA, LARGEST_AREA = 0.02, 0.95


@dataclass(frozen=True, slots=True)
class GarmentMask:
    """Which pixels are garment.

    Attributes:
        alpha: H×W float32 in 0..1 at the garment's full resolution.
        confidence: 0 to 1, how far the mask can be trusted.
        doubt: one sentence for the designer when it should be looked at, else None.
    """

    alpha: np.ndarray
    confidence: float
    doubt: str | None


def find_mask(garment: np.ndarray) -> GarmentMask:
    """Find the garment in a picture.

    Args:
        garment: H×W×3 uint8 RGB.

    Returns:
        The mask at full resolution with its confidence.
    """
    probability = agreement_mask(garment)
    alpha = refine_mask(garment, probability)
    confidence = _agreement(probability)
    return GarmentMask(alpha, confidence, _doubt(float(alpha.mean()), confidence))


def _agreement(probability: np.ndarray) -> float:
    """Doubtful pixels against the mask's area: 1 when all runs agree."""
    area = float((probability > 0.5).mean())
    doubtful = float(np.minimum(probability, 1 - probability).mean())
    return float(np.clip(1 - 4 * doubtful / max(area, 1e-3), 0, 1))


def _doubt(area: float, confidence: float) -> str | None:
    if area < SMALLEST_AREA:
        return "I found hardly any garment in this picture; please check the mask or send your own."
    if area > LARGEST_AREA:
        return "I took nearly the whole picture for the garment; please check the mask or send your own."
    if confidence < SURE:
        return "I was not sure where the garment ends; please check the mask or send your own."
    return None
