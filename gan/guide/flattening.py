"""Takes uneven light out of a photo of cloth, so that its repeats do not show where the lamp stood."""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.colour import linear_from_srgb, srgb_from_linear

LIGHT_WIDTH = 0.16  # of the picture's side: slower changes of luminance are light, not cloth
STRONGEST_GAIN = 1.8
LIGHT_SIDE = 160  # long side at which the light is read
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def uneven_light(picture: np.ndarray) -> np.ndarray:
    """Return what a photo of cloth must be multiplied by, in linear light, to be lit evenly.

    Args:
        picture: H×W×3 RGB uint8 of stuff that looks alike everywhere.

    Returns:
        h×w float32 at a reduced size, as it changes slowly.
    """
    factor = min(1.0, LIGHT_SIDE / max(picture.shape[:2]))
    size = [max(1, round(side * factor)) for side in picture.shape[1::-1]]
    level = np.log(linear_from_srgb(picture) @ _LUMINANCE + np.float32(0.01))
    level = cv2.resize(level, size, interpolation=cv2.INTER_AREA)
    slow = cv2.GaussianBlur(level, (0, 0), LIGHT_WIDTH * max(level.shape), borderType=cv2.BORDER_REFLECT)
    limit = np.float32(np.log(STRONGEST_GAIN))
    return np.exp(np.clip(np.float32(level.mean()) - slow, -limit, limit))


def flatten_light(picture: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Return the picture with its slow changes of luminance divided out; hue and mean luminance stay.

    Args:
        picture: H×W×3 RGB uint8.
        gain: h×w float32 from `uneven_light`, at any size.
    """
    gain = cv2.resize(gain, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return srgb_from_linear(linear_from_srgb(picture) * gain[..., None])
