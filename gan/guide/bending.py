"""Folds carry the pattern along: a straight stripe on folded cloth is not straight in a photo.

Cloth that stands up is seen a little shifted, as a camera is seldom straight above it. How far it stands up is not
known, but to the eye brightness says it well enough: illustrators who dress a photo displace flat patterns by it too.
"""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.masked_blur import masked_blur

SHIFT = 0.02  # of the garment's width, where the light differs by `FULL_LIGHT` from what is around
FULL_LIGHT = 0.35  # log-exposure
MOST_LIGHT = 1.5  # times `FULL_LIGHT`; what is brighter is gloss, not height
FINEST, COARSEST = 1 / 100, 1 / 9  # of the long side: folds between these sizes bend the pattern
DIRECTION = (0.35, 1.0)  # across and down; with a little of the former, upright stripes waver too
ROUNDED = 0.8  # pixels of the light: this blur rounds the kinks where slopes were limited
STEEPEST = 0.3  # the most by which the shift changes from one pixel to the next: at 1 the cloth would be torn


def bend_pattern(light: np.ndarray, mask: np.ndarray, width: float, pixel: float) -> np.ndarray:
    """Return how far the pattern is shifted at each place, h×w×2 float32 in full-size pixels (across, down).

    Args:
        light: h×w float32, the garment's log-exposure, best without the prints that it carries.
        mask: h×w float32 in 0..1.
        width: of the garment in full-size pixels.
        pixel: full-size pixels in a pixel of `light`.
    """
    side = max(mask.shape)
    folds = masked_blur(light, mask, side * FINEST) - _surroundings(light, mask, side * COARSEST)
    height = np.clip(folds / FULL_LIGHT, -MOST_LIGHT, MOST_LIGHT)
    shift = cv2.GaussianBlur(_no_steeper(SHIFT * width * height, STEEPEST * pixel), (0, 0), ROUNDED)
    return cv2.merge([(shift * share).astype(np.float32) for share in DIRECTION])


def _surroundings(light: np.ndarray, mask: np.ndarray, sigma: float) -> np.ndarray:
    """A wide blur, made at a quarter of the size, where it shows no difference."""
    size = [max(1, side // 4) for side in mask.shape[1::-1]]
    small, small_mask = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (light, mask))
    return cv2.resize(masked_blur(small, small_mask, sigma / 4), mask.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _no_steeper(values: np.ndarray, step: float) -> np.ndarray:
    """Flatten values so that neighbours, across and down, differ by at most `step`; what is flatter stays.

    It is the mean of the largest such function below and the smallest above them (McShane, "Extension of Range of
    Functions", 1934).
    """
    return (_largest_below(values, step) - _largest_below(-values, step)) / 2


def _largest_below(values: np.ndarray, step: float) -> np.ndarray:
    for axis in (0, 1):
        ramp = step * np.arange(values.shape[axis])
        ramp = ramp[:, None] if axis == 0 else ramp[None, :]
        forward = np.minimum.accumulate(values - ramp, axis=axis) + ramp
        backward = np.flip(np.minimum.accumulate(np.flip(values + ramp, axis), axis=axis), axis) - ramp
        values = np.minimum(forward, backward)
    return values
