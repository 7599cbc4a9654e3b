"""Upright boxes around what a mask marks."""

from __future__ import annotations

import cv2
import numpy as np

Box = tuple[slice, slice]
"""Rows and columns."""


def mask_box(inside: np.ndarray, margin: int = 0) -> Box:
    """Return the smallest box that holds all of a mask; empty where nothing is marked.

    Args:
        inside: H×W bool.
        margin: pixels left free around it, as far as the picture goes.
    """
    left, top, width, height = cv2.boundingRect(inside.view(np.uint8))
    if not width:
        return slice(0, 0), slice(0, 0)
    rows, columns = inside.shape
    return (
        slice(max(0, top - margin), min(rows, top + height + margin)),
        slice(max(0, left - margin), min(columns, left + width + margin)),
    )


def lines_span(marked: np.ndarray) -> slice:
    """Return the range from the first to the last marked line, N bool; empty where none is."""
    lines = np.flatnonzero(marked)
    return slice(int(lines[0]), int(lines[-1]) + 1) if lines.size else slice(0, 0)
