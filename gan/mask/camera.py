"""What cameras and apps do to pictures: light, colour cast, blur, noise and compression."""

from __future__ import annotations

import cv2
import numpy as np

from gan.pictures import jpeg_compressed


def photograph(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Take a scene with a random camera.

    Args:
        picture: h×w×3 float32 in 0..255.
        random: decides everything.

    Returns:
        h×w×3 uint8 RGB.
    """
    seen = _expose(picture, random)
    if random.random() < 0.3:
        seen = _light_from_one_side(seen, random)
    if random.random() < 0.3:
        seen = cv2.GaussianBlur(seen, (0, 0), random.uniform(0.4, 1.6))
    if random.random() < 0.4:
        seen = seen + random.normal(0, random.uniform(1, 9), seen.shape).astype(np.float32)
    pixels = np.clip(np.rint(seen), 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        pixels = jpeg_compressed(pixels, int(random.integers(35, 90)))
    return (
        cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) if random.random() < 0.04 else pixels
    )


def _expose(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Random brightness, contrast, gamma, saturation and white balance."""
    cast = random.uniform(0.85, 1.18) * random.uniform(0.93, 1.07, 3).astype(np.float32)
    seen = np.clip(picture * (cast / 255.0), 0, 1).astype(np.float32) ** np.float32(random.uniform(0.75, 1.35))
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY)[..., None]
    seen = grey + (seen - grey) * np.float32(random.uniform(0.6, 1.3))
    middle = grey.mean()
    return (middle + (seen - middle) * np.float32(random.uniform(0.65, 1.25))) * np.float32(255.0)


def _light_from_one_side(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A window on one side: brightness runs linearly over the picture."""
    rows = np.linspace(-1, 1, picture.shape[0], dtype=np.float32)[:, None, None]
    columns = np.linspace(-1, 1, picture.shape[1], dtype=np.float32)[None, :, None]
    slopes = random.normal(0, 0.15, 2)
    return picture * (1 + slopes[0] * rows + slopes[1] * columns).astype(np.float32)
