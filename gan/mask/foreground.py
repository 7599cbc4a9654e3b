"""The garment's own colours under its soft edge, without what shines through from behind."""

from __future__ import annotations

import cv2
import numpy as np

from gan.mask.grabcut import shrink

# The layers' local means are smooth, so they are made at this size; only the last step needs every pixel.
BLURRING_SIZE = 384
# Radii in parts of the long side: the first pass carries colours far, the second keeps them local.
WIDE, NARROW = 0.12, 0.01
# In the first pass the layers are still mixed along the edge; this power of alpha lets purer pixels speak louder.
PURITY = 4
SMALLEST_WEIGHT = 1e-6


def estimate_foreground(garment: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Estimate the garment's colour at every pixel by blur fusion.

    Composing these colours by `alpha` over any background leaves no fringe of the old background.
    Method: Forte and Pitié, "Approximate Fast Foreground Colour Estimation", ICIP 2021.

    Args:
        garment: H×W×3 uint8 RGB.
        alpha: H×W float32 in 0..1.

    Returns:
        H×W×3 uint8 RGB; equal to `garment` where alpha is 1.
    """
    size = garment.shape[1::-1]
    small = shrink(garment, BLURRING_SIZE)
    opacity = cv2.resize(alpha, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    layers = _local_means(small.astype(np.float32), opacity[..., None])
    foreground, background = (cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR) for layer in layers)
    estimated = _share_out(garment, foreground, background, alpha[..., None])
    return np.where(alpha[..., None] >= 1.0, garment, np.rint(estimated).astype(np.uint8))


def _local_means(picture: np.ndarray, opacity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The means of both layers around each pixel, after two passes of equations 4 to 7."""
    wide, narrow = (2 * max(1, round(share * max(opacity.shape))) + 1 for share in (WIDE, NARROW))
    foreground = _weighted_mean(picture, opacity**PURITY, wide)
    background = _weighted_mean(picture, (1.0 - opacity) ** PURITY, wide)
    foreground = _share_out(picture, foreground, background, opacity)
    return _weighted_mean(foreground, opacity, narrow), _weighted_mean(background, 1.0 - opacity, narrow)


def _share_out(picture: np.ndarray, foreground: np.ndarray, background: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    """Give the foreground its part of what the two means leave unexplained (equation 7)."""
    rest = picture - background - opacity * (foreground - background)
    return np.clip(foreground + opacity * rest, 0, 255)


def _weighted_mean(layer: np.ndarray, weight: np.ndarray, side: int) -> np.ndarray:
    total = cv2.blur(layer * weight, (side, side))
    weights = cv2.blur(weight, (side, side))[..., None]
    return np.where(weights > SMALLEST_WEIGHT, total / np.maximum(weights, SMALLEST_WEIGHT), layer)
