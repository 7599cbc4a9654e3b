"""No dye is as black as a screen: the blackest cloth still gives back some light, and shows its folds by it."""

from __future__ import annotations

import cv2
import numpy as np

from gan.colour import LUMINANCE, bytes_from_linear, linear_from_bytes

BLACKEST = 0.01
"""Luminance of the blackest cloth; black cotton is usually at CIE L* 12 to 20, which is 0.014 to 0.03."""
UNCHANGED = 8.0
"""Times that luminance from which nothing changes that an 8-bit picture could show."""


def as_dyed(picture: np.ndarray) -> np.ndarray:
    """Return a picture h×w×3 uint8 sRGB with its deepest blacks raised to those of cloth.

    The light that is added is white, as a surface's reflection is: hues stay, and what was darker stays darker.
    """
    light = linear_from_bytes(picture)
    luminance = cv2.transform(light, LUMINANCE[None])
    if luminance.min() >= UNCHANGED * BLACKEST:
        return picture
    added = cv2.sqrt(luminance * luminance + np.float32(BLACKEST**2)) - luminance
    return bytes_from_linear(cv2.add(light, cv2.cvtColor(added, cv2.COLOR_GRAY2RGB)))
