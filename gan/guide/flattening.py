"""Takes uneven light out of a photo of cloth, so that its repeats do not show where the lamp stood."""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.colour import linear_from_srgb, srgb_from_linear

LIGHT_WIDTH = 0.16  # of the picture's side: slower changes of luminance are light, not cloth
STRONGEST_GAIN = 1.8
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def flatten_light(picture: np.ndarray) -> np.ndarray:
    """Return the picture with its slow changes of luminance divided out; hue and mean luminance stay.

    Args:
        picture: H×W×3 RGB uint8 of stuff that looks alike everywhere.
    """
    light = linear_from_srgb(picture)
    level = np.log(light @ _LUMINANCE + np.float32(0.01))
    slow = cv2.GaussianBlur(level, (0, 0), LIGHT_WIDTH * max(level.shape), borderType=cv2.BORDER_REFLECT)
    limit = np.float32(np.log(STRONGEST_GAIN))
    gain = np.exp(np.clip(np.float32(level.mean()) - slow, -limit, limit))
    return srgb_from_linear(light * gain[..., None])
