"""What the part network sees: the garment cut out of its picture, always about the same size."""

from __future__ import annotations

import cv2
import numpy as np

from gan.boxes import Box, mask_box
from gan.mask.inputs import INPUT_CHANNELS, working_shape

VIEW_SIDE = 160
MARGIN = 0.04  # of the garment's long side, left free around it


def garment_box(mask: np.ndarray) -> Box:
    """Return the box around the garment and a margin.

    Args:
        mask: h×w float32 in 0..1, somewhere above a half.
    """
    inside = mask > 0.5
    long_side = max(side.stop - side.start for side in mask_box(inside))
    return mask_box(inside, margin=round(MARGIN * (long_side - 1)) + 1)


def cut_out(garment: np.ndarray, mask: np.ndarray, side: int = VIEW_SIDE) -> tuple[np.ndarray, np.ndarray, Box]:
    """Return the garment's picture and mask at the network's size, and the box of the mask they show.

    Args:
        garment: H×W×3 RGB uint8.
        mask: h×w float32 in 0..1 at any size of the same proportions.
        side: long side of what is returned.

    Returns:
        n×m×3 uint8, n×m float32, and the box in the mask's pixels.
    """
    box = garment_box(mask)
    rows, columns = box
    shape = working_shape(rows.stop - rows.start, columns.stop - columns.start, side)
    seen = garment[_scaled(rows, garment.shape[0] / mask.shape[0]), _scaled(columns, garment.shape[1] / mask.shape[1])]
    method = cv2.INTER_AREA if seen.shape[0] > shape[0] else cv2.INTER_LINEAR
    picture = cv2.resize(seen, shape[::-1], interpolation=method)
    return picture, cv2.resize(mask[box], shape[::-1], interpolation=cv2.INTER_AREA), box


def _scaled(span: slice, factor: float) -> slice:
    return slice(round(span.start * factor), round(span.stop * factor))


def view_inputs(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Stack the channels: colours inside the garment, row, column, and the mask twice, as the mask network has seven.

    Args:
        picture: n×m×3 RGB uint8.
        mask: n×m float32 in 0..1.

    Returns:
        7×n×m float32.
    """
    height, width = mask.shape
    channels = np.empty((INPUT_CHANNELS, height, width), np.float32)
    channels[:3] = (picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0) * mask
    channels[3] = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    channels[4] = np.linspace(-1, 1, width, dtype=np.float32)[None]
    channels[5:] = mask * 2 - 1
    return channels
