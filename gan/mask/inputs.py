"""What the mask network sees: the picture, where each pixel is, and what colours alone say."""

from __future__ import annotations

import numpy as np

from gan.mask.evidence import border_contrast, colour_posterior

WORKING_SIZE = 160
MULTIPLE = 8
# Red, green, blue, row, column, contrast to the border, and what colours alone say.
INPUT_CHANNELS = 7


def working_shape(height: int, width: int, long_side: int = WORKING_SIZE) -> tuple[int, int]:
    """Height and width at which the network works: the given long side, both multiples of MULTIPLE.

    A thin picture is widened to a quarter of its length, or the deep layers would see nothing of it.
    """
    factor = long_side / max(height, width)
    rows, columns = (max(round(side * factor), long_side // 4) // MULTIPLE * MULTIPLE for side in (height, width))
    return rows, columns


def network_inputs(picture: np.ndarray) -> np.ndarray:
    """Stack the network's input channels.

    Args:
        picture: h×w×3 uint8 RGB at a working shape.

    Returns:
        7×h×w float32, each channel about in -1..1.
    """
    height, width = picture.shape[:2]
    channels = np.empty((INPUT_CHANNELS, height, width), np.float32)
    channels[:3] = picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
    channels[3] = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    channels[4] = np.linspace(-1, 1, width, dtype=np.float32)[None]
    channels[5] = border_contrast(picture) * 2 - 1
    channels[6] = colour_posterior(picture) * 2 - 1
    return channels
