"""Linear light of a drawn example, and what a camera makes of it; NumPy pictures H×W×3 in float32."""

from __future__ import annotations

import cv2
import numpy as np

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
JPEG_SHARE = 0.6
KNEE = 0.8


def photograph(light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return linear light as a camera would save it: noise, clipping, 8 bits, often JPEG."""
    noise = rng.normal(size=light.shape).astype(np.float32)
    strength = rng.uniform(0, 0.012)
    noisy = light + noise * strength * np.sqrt(np.clip(light, 0, 1) + 0.003)
    picture = (linear_to_srgb(np.clip(noisy, 0, 1)) * 255).round().astype(np.uint8)
    if rng.random() < JPEG_SHARE:
        quality = int(rng.integers(45, 96))
        _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))
    return picture.astype(np.float32) / 255


def srgb_to_linear(picture: np.ndarray) -> np.ndarray:
    """Decode sRGB, H×W×3."""
    return np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_to_srgb(light: np.ndarray) -> np.ndarray:
    """Encode linear light, H×W×3."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055).astype(
        np.float32
    )


def soft_clip(light: np.ndarray) -> np.ndarray:
    """Compress highlights as `gan.shading.soft_clip` does."""
    room = 1 - KNEE
    return np.minimum(light, KNEE) + room * (1 - np.exp(-np.maximum(light - KNEE, 0) / room))
