"""Takes light out of a photo of cloth: the lamp's, so that repeats do not show where it stood, and that of folds."""

from __future__ import annotations

import cv2
import numpy as np

from gan.colour import LUMINANCE, bytes_from_linear, linear_from_bytes
from gan.pictures import fit_size

LIGHT_WIDTH = 0.16  # of the picture's side: slower changes of luminance are light, not cloth
STRONGEST_GAIN = 1.8
LIGHT_SIDE = 160  # long side at which the light is read
FAINT_FOLDS, SURE_FOLDS = 0.12, 0.18  # standard deviation of the log-light: of flat styles it is below the first
MIXED_LIKENESS, MERE_LIKENESS = 0.75, 0.85  # of the light with the picture's lightness: folds below, texture above
DEEPEST_FOLD = 1.2  # log-light


def uneven_light(picture: np.ndarray) -> np.ndarray:
    """Return what a photo of cloth must be multiplied by, in linear light, to be lit evenly.

    Args:
        picture: H×W×3 RGB uint8 of stuff that looks alike everywhere.

    Returns:
        h×w float32 at a reduced size, as it changes slowly.
    """
    level = _log_luminance(picture, fit_size(picture.shape, LIGHT_SIDE))
    slow = cv2.GaussianBlur(level, (0, 0), LIGHT_WIDTH * max(level.shape), borderType=cv2.BORDER_REFLECT)
    limit = np.float32(np.log(STRONGEST_GAIN))
    return np.exp(np.clip(np.float32(level.mean()) - slow, -limit, limit))


def fold_gain(picture: np.ndarray, light: np.ndarray, *, is_cloth: bool) -> np.ndarray | None:
    """Return what a photo of folded cloth must be multiplied by, in linear light, to lie flat; None for other pictures.

    Cloth that has folds of its own would bring their shadows along to the garment. Where hardly anything but the light
    varies, what was read as light is the texture itself (wood's grain, fur, the veins of marble), unless the picture is
    known to show cloth.

    Args:
        picture: H×W×3 RGB uint8 of stuff that looks alike everywhere.
        light: h×w float32 log-light that was read in it, free of print.
        is_cloth: it is cloth for certain.

    Returns:
        h×w float32.
    """
    level = _log_luminance(picture, (light.shape[1], light.shape[0]))
    folds, level = light - light.mean(), level - level.mean()
    share = _between(float(folds.std()), FAINT_FOLDS, SURE_FOLDS)
    if not is_cloth:
        likeness = float((folds * level).mean() / (folds.std() * level.std() + 1e-6))
        share *= _between(-likeness, -MERE_LIKENESS, -MIXED_LIKENESS)
    return np.exp(np.clip(-share * folds, -DEEPEST_FOLD, DEEPEST_FOLD)) if share > 0 else None


def _between(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _log_luminance(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    level = np.log(linear_from_bytes(picture) @ LUMINANCE + np.float32(0.01))
    return cv2.resize(level, size, interpolation=cv2.INTER_AREA)


def flatten_light(picture: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Return the picture under another light; its hue stays.

    Args:
        picture: H×W×3 RGB uint8.
        gain: h×w float32, at any size.
    """
    gain = cv2.resize(gain, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return bytes_from_linear(linear_from_bytes(picture) * gain[..., None])
