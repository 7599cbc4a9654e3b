"""Linear light of a drawn example, and what a camera makes of it; NumPy pictures H×W×3 in float32."""

from __future__ import annotations

import numpy as np

from gan.colour import linear_to_srgb
from gan.pictures import jpeg_compressed

JPEG_SHARE = 0.6


def photograph(light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return linear light as a camera would save it: noise, clipping, 8 bits, often JPEG."""
    noise = rng.normal(size=light.shape).astype(np.float32)
    strength = rng.uniform(0, 0.012)
    noisy = light + noise * strength * np.sqrt(np.clip(light, 0, 1) + 0.003)
    picture = (linear_to_srgb(np.clip(noisy, 0, 1)) * 255).round().astype(np.uint8)
    if rng.random() < JPEG_SHARE:
        picture = jpeg_compressed(picture, int(rng.integers(45, 96)))
    return picture.astype(np.float32) / 255
