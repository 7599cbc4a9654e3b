"""Whether a picture shows one figure on calm ground, as an animal's portrait or a plant on paper does."""

from __future__ import annotations

import cv2
import numpy as np

from gan.pictures import shrink

SIDE = 160
"""Long side at which it is looked at, pixels."""
FRAME, RIM = 0.05, 0.08
"""Of the shorter side: what may be a painted frame or a torn edge, and, inside it, what shows the ground."""
LIGHTNESS = 0.7
"""What lightness counts for beside colour: paper and painted grounds are unevenly bright."""
LEAST_AWAY, AWAY = 12.0, 3.5
"""Least distance of the figure from the ground's colour, in Lab and in the rim's median distances."""
CALM, WHOLE = 0.7, 0.85
"""Share of the rim that shows the ground, and of all that is no ground that is one connected figure."""
SMALLEST, LARGEST = 0.06, 0.6
"""Share of the picture that the figure covers."""
LONG, SHORT = 0.4, 0.25
"""Shares of the picture's sides that the figure spans at least."""

Span = tuple[float, float]


def find_lone_figure(picture: np.ndarray) -> Span | None:
    """Return the shares of a picture's width and height that the one thing spans which it shows before calm ground.

    None where it shows no such thing, or several. Cloth does so hardly ever: its motifs are many, and cut off at the
    edges. The ground may be painted, shaded or worn, unlike that of `gan.guide.motif`, where the figure is cut out
    exactly.

    Args:
        picture: H×W×3 uint8 RGB.
    """
    small = shrink(picture, SIDE)
    height, width = small.shape[:2]
    if min(height, width) < SIDE // 8:
        return None
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    frame = max(2, round(FRAME * min(height, width)))
    inner = lab[frame:-frame, frame:-frame] * np.array([LIGHTNESS, 1.0, 1.0], np.float32)
    rim = _rim(inner.shape[:2])
    distance = np.linalg.norm(inner - np.median(inner[rim], axis=0), axis=2)
    figure = (distance > max(LEAST_AWAY, AWAY * float(np.median(distance[rim])))).astype(np.uint8)
    figure = cv2.morphologyEx(figure, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    if 1 - figure[rim].mean() < CALM:
        return None
    figure = cv2.morphologyEx(figure, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, _, statistics, _ = cv2.connectedComponentsWithStats(figure)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    if not areas.size:
        return None
    largest = statistics[1 + int(areas.argmax())]
    wide, high = largest[cv2.CC_STAT_WIDTH], largest[cv2.CC_STAT_HEIGHT]
    spans = sorted((wide / figure.shape[1], high / figure.shape[0]))
    found = (
        areas.max() >= WHOLE * areas.sum()
        and SMALLEST <= areas.max() / figure.size <= LARGEST
        and spans[0] >= SHORT
        and spans[1] >= LONG
    )
    return (float(wide / width), float(high / height)) if found else None


def _rim(shape: tuple[int, int]) -> np.ndarray:
    depth = max(2, round(RIM * min(shape)))
    rim = np.ones(shape, bool)
    rim[depth:-depth, depth:-depth] = False
    return rim
