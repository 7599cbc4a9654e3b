"""A blur into which nothing outside a mask leaks."""

from __future__ import annotations

import cv2
import numpy as np

FAR = 4  # width, against the blur's own, of a second blur that carries values to where nothing is near
FAR_WEIGHT = 0.05


def masked_blur(plane: np.ndarray, mask: np.ndarray, sigma: float) -> np.ndarray:
    """Blur by what is inside a mask only; far outside, the nearest inside goes on.

    Normalised convolution (Knutsson and Westin 1993).

    Args:
        plane: h×w float32.
        mask: h×w float32 in 0..1.
        sigma: standard deviation of the Gaussian in pixels.
    """
    layers = cv2.merge([plane * mask, mask])
    mean = float(layers[..., 0].sum()) / max(float(mask.sum()), 1.0)
    near = cv2.GaussianBlur(layers, (0, 0), sigma)
    total, weight = cv2.split(near + np.float32(FAR_WEIGHT) * _wide_blur(layers, FAR * sigma))
    return (total + np.float32(1e-4 * mean)) / (weight + np.float32(1e-4))


def _wide_blur(layers: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian blur so wide that it can be made at a quarter of the size."""
    size = [max(1, round(side / 4)) for side in layers.shape[1::-1]]
    small = cv2.GaussianBlur(cv2.resize(layers, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / 4)
    return cv2.resize(small, layers.shape[1::-1], interpolation=cv2.INTER_LINEAR)
