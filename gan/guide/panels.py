"""Splits a garment's mask into the pieces it is sewn from: body, sleeves, legs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of cloth.

    Attributes:
        weight: H×W float32 share of the panel where it overlaps those before it, or None: everywhere.
        box: (top, bottom, left, right) in full-size pixels outside which the weight is zero.
        axis: degrees by which the cloth is turned on this panel, clockwise.
        anchor: (x, y) in full-size pixels: the pattern is centred here.
    """

    weight: np.ndarray | None
    box: tuple[int, int, int, int]
    axis: float
    anchor: tuple[float, float]


def find_panels(mask: np.ndarray, size: tuple[int, ...]) -> tuple[Panel, ...]:
    """Return the panels of a garment, the body first.

    Args:
        mask: h×w float32 in 0..1 at a reduced size.
        size: full height and width the panels are wanted for.
    """
    return (_body(mask, size),)


def _body(mask: np.ndarray, size: tuple[int, ...]) -> Panel:
    rows, columns = np.nonzero(mask > 0.5)
    factor = size[0] / mask.shape[0]
    if not len(rows):
        return Panel(None, (0, size[0], 0, size[1]), 0.0, (size[1] / 2, size[0] / 2))
    anchor = (float(np.median(columns)) * factor, float(np.median(rows)) * factor)
    return Panel(None, (0, size[0], 0, size[1]), 0.0, anchor)
