"""The garment's own colours under its soft edge, without what shines through from behind."""

from __future__ import annotations

import cv2
import numpy as np

from gan.pictures import shrink

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
    return estimate_layers(garment, alpha)[0]


def estimate_layers(garment: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Estimate the colours of both layers: `estimate_foreground` by `alpha`, and by 1 − `alpha`.

    Args:
        garment: H×W×3 uint8 RGB.
        alpha: H×W float32 in 0..1.

    Returns:
        Foreground and background, each H×W×3 uint8 RGB; equal to `garment` where the layer is alone.
    """
    small = shrink(garment, BLURRING_SIZE)
    opacity = cv2.resize(alpha, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    picture, wide = small.astype(np.float32), _side(WIDE, opacity)
    front, back = (_weighted_mean(picture, part**PURITY, wide) for part in (opacity, 1 - opacity))
    return (
        _layer(garment, picture, (front, back), opacity, alpha),
        _layer(garment, picture, (back, front), 1 - opacity, 1 - alpha),
    )


def _layer(
    garment: np.ndarray,
    picture: np.ndarray,
    means: tuple[np.ndarray, np.ndarray],
    opacity: np.ndarray,
    alpha: np.ndarray,
) -> np.ndarray:
    """Return the colours of the first of two layers, from both layers' first means (equations 4 to 7).

    Args:
        garment: H×W×3 uint8 RGB.
        picture: h×w×3 float32, the same at a reduced size.
        means: of this layer and of the other one, h×w×3 float32.
        opacity: of this layer, h×w float32.
        alpha: of this layer, H×W float32.
    """
    narrow, size = _side(NARROW, opacity), garment.shape[1::-1]
    own = _weighted_mean(_share_out(picture, *means, _threefold(opacity)), opacity, narrow)
    other = _weighted_mean(means[1], 1 - opacity, narrow)
    own, other = (cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR) for layer in (own, other))
    estimated = np.rint(_share_out(garment.astype(np.float32), own, other, _threefold(alpha))).astype(np.uint8)
    return cv2.copyTo(garment, (alpha >= 1.0).view(np.uint8), estimated)


def _share_out(picture: np.ndarray, own: np.ndarray, other: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    """Give a layer its part of what the two means leave unexplained (equation 7)."""
    rest = picture - other - opacity * (own - other)
    return np.clip(own + opacity * rest, 0, 255)


def _weighted_mean(layer: np.ndarray, weight: np.ndarray, side: int) -> np.ndarray:
    """The mean around each pixel; where nothing around has a weight, all count alike."""
    weight = weight + np.float32(SMALLEST_WEIGHT)
    total = cv2.blur(layer * _threefold(weight), (side, side))
    return total / _threefold(cv2.blur(weight, (side, side)))


def _side(share: float, opacity: np.ndarray) -> int:
    """The side in pixels of a window whose radius is a share of the long side."""
    return 2 * max(1, round(share * max(opacity.shape))) + 1


def _threefold(plane: np.ndarray) -> np.ndarray:
    """Repeat a plane for three channels: NumPy is many times as fast on equal shapes."""
    return cv2.merge([plane, plane, plane])
