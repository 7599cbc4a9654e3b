"""Where on a garment a picture is laid: what it shows comes to lie where it is seen whole."""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.depth import depth_inside
from gan.guide.form import GarmentForm

COVERED = 1.0
"""What it counts that the picture covers all of the garment, beside all of its focus well inside the garment."""
CHANCE = 0.1
"""Most that chance adds to a place: pictures without a subject vary more than portraits."""


def place_picture(
    focus: np.ndarray, size: tuple[float, float], form: GarmentForm, angle: float, seed: int
) -> np.ndarray:
    """Return which place of a picture lies on the middle of a garment's body, so that its focus lies well inside.

    Args:
        focus: side×side float32, how much each place of the picture counts.
        size: width and height of the picture on the garment, in the garment's pixels.
        form: the garment.
        angle: degrees the picture is turned, clockwise.
        seed: with another one a place that is nearly as good may be chosen; 0: the best.

    Returns:
        x and y from the picture's middle, in shares of its width and height, at most a half.
    """
    side = len(focus)
    inside = form.reduced[1] > 0.5
    # Two pictures wide and high, in the picture's own direction and resolution, the body's middle in the middle.
    matrix = _to_picture(form, size, angle, side)
    depth, area = (
        cv2.warpAffine(plane, matrix, (2 * side, 2 * side))
        for plane in (depth_inside(inside), inside.astype(np.float32))
    )
    shown = cv2.matchTemplate(depth, focus, cv2.TM_CCORR)
    covered = cv2.matchTemplate(area, np.ones_like(focus), cv2.TM_CCORR)
    scores = shown / max(float(shown.max()), 1e-6) + COVERED * covered / max(float(area.sum()), 1e-6)
    if seed:
        scores = scores + CHANCE * np.random.default_rng(seed).random(scores.shape)
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return 0.5 - np.array([column, row]) / side


def _to_picture(form: GarmentForm, size: tuple[float, float], angle: float, side: int) -> np.ndarray:
    """Return the 2×3 matrix from pixels of the reduced garment to those of a grid on which the picture is side×side."""
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    turn = side / np.array(size)[:, None] * np.array([[cosine, sine], [-sine, cosine]])
    matrix = turn * (form.size[0] / form.reduced[1].shape[0])
    return np.column_stack([matrix, side - turn @ form.panels[0].anchor])
