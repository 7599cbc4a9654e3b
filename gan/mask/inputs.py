"""What the mask network sees: the picture, where each pixel is, and how unlike the border it looks."""

from __future__ import annotations

import numpy as np

from gan.mask.grabcut import Start, border_distance

WORKING_SIZE = 256
MULTIPLE = 8
# Red, green, blue, row, column and the distance from the border's colours.
INPUT_CHANNELS = 6
BORDER = Start(border=0.04, seed=1, spread=None)
# Distances in 8-bit CIELAB beyond this are clearly not background.
FAR = 60.0


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
        6×h×w float32, each channel about in -1..1.
    """
    height, width = picture.shape[:2]
    channels = np.empty((INPUT_CHANNELS, height, width), np.float32)
    channels[:3] = picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
    channels[3] = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    channels[4] = np.linspace(-1, 1, width, dtype=np.float32)[None]
    channels[5] = np.minimum(border_distance(picture, BORDER) / FAR, 1.0) * 2 - 1
    return channels
