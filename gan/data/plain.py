"""Which garments are plain, so that their luminance is their shading and a pseudo-pair can be exact; which patterned.

Light ones show their shading itself. Dark ones show it with gloss, so what they teach is less exact; but suits, leather
and puffer jackets, with lapels, zips and pockets, are mostly dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import srgb_to_linear

MEASURES_VERSION = 1
"""To be raised with every change of a measure or limit here, so that packs are sorted anew."""
MASK_THRESHOLD = 0.9
MINIMUM_AREA = 0.06
MAXIMUM_AREA = 0.85
SPREAD_LIMITS = {"lightness": 26.0, "a": 5.0, "b": 6.0}
MINIMUM_LIGHTNESS = 38.0
LOCAL_CHROMA_LIMIT = 9.0
"""ΔE of the chroma to its surroundings above which a pixel counts as printed, not dyed."""
PRINTED_SHARE_LIMIT = 0.006
EDGE_DENSITY_LIMIT = 0.32
"""Share of pixels on sharp steps of lightness: above it, the cloth is striped, checked or lettered tone in tone."""
EDGE_STEP = 0.11
"""Smallest sharp step, relative to the garment's mean lightness."""
BLOB_CONTRAST = 0.2
"""Lightness against the surroundings, relative to the mean, from which a compact patch counts as lettering."""
BLOB_SHARE_LIMIT = 0.03
STROKE_CONTRAST = 0.22
"""Lightness against both neighbours, relative to the mean, from which a thin line counts as a stroke."""
STROKE_DENSITY_LIMIT = 0.34
DARK_LIGHTNESS = (4.0, 38.0)
DARK_SPREAD_LIMITS = {"lightness": 11.0, "a": 4.5, "b": 5.5}
DARK_PRINTED_SHARE_LIMIT = 0.012
BRIGHT_CONTRAST = 14.0
"""L* above the surroundings from which a thin stroke on dark cloth counts as lettering; gloss is softer."""
BRIGHT_DENSITY_LIMIT = 0.2

PATTERNED_SHARE = 0.1
"""Share of printed pixels from which a garment may have a pattern of its own …"""
PATTERNED_BLOB_SHARE = 0.15
PATTERN_EDGE_SHARE = 0.1
"""… if so many of its pixels are on edges of a dye, or of light against dark: gloss and worn denim are softer."""
UNPATTERNED_EDGE_SHARE = 0.05
DYE_EDGE = 0.25
"""Step of the log-ratios of the channels within `EDGE_REACH`; shading leaves ratios as they are."""
DYE_FLOOR = 0.03
LIGHT_EDGE = 28.0
"""Step of L* likewise."""
EDGE_REACH = 4


@dataclass(frozen=True, slots=True)
class Plainness:
    """What was measured inside the mask of one garment, at 320 px.

    Attributes:
        area: share of the picture that is garment.
        lightness: mean L*.
        spread: standard deviations of L*, a* and b*.
        printed_share: share of pixels whose chroma differs from its surroundings.
        edge_density: share of pixels on sharp steps of lightness away from the outline.
        blob_share: share of pixels in compact patches much lighter or darker than their surroundings.
        stroke_density: largest share of stroke pixels in any window of a word's size.
        bright_density: largest share of bright strokes in any such window, by absolute contrast.
        dye_edges: share of pixels at which the dye changes, whatever the light.
        light_edges: share of pixels on strong steps of lightness.
    """

    area: float
    lightness: float
    spread: tuple[float, float, float]
    printed_share: float
    edge_density: float
    blob_share: float
    stroke_density: float
    bright_density: float
    dye_edges: float
    light_edges: float

    @property
    def is_plain(self) -> bool:
        """Whether the garment is one colour, light enough to show its folds, and without prints."""
        within = all(value < limit for value, limit in zip(self.spread, SPREAD_LIMITS.values(), strict=True))
        return (
            MINIMUM_AREA < self.area < MAXIMUM_AREA
            and self.lightness > MINIMUM_LIGHTNESS
            and within
            and self.printed_share < PRINTED_SHARE_LIMIT
            and self.edge_density < EDGE_DENSITY_LIMIT
            and self.blob_share < BLOB_SHARE_LIMIT
            and self.stroke_density < STROKE_DENSITY_LIMIT
        )

    @property
    def is_patterned(self) -> bool:
        """Whether the garment carries a pattern of its own: other hues or tones, with edges between them."""
        uneven = self.printed_share > PATTERNED_SHARE or self.blob_share > PATTERNED_BLOB_SHARE
        edged = max(self.dye_edges, self.light_edges) > PATTERN_EDGE_SHARE
        return self.area > MINIMUM_AREA and uneven and edged

    @property
    def is_unpatterned(self) -> bool:
        """Whether the garment certainly carries no pattern but folds, gloss or wear."""
        return self.area > MINIMUM_AREA and max(self.dye_edges, self.light_edges) < UNPATTERNED_EDGE_SHARE

    @property
    def is_dark_plain(self) -> bool:
        """Whether the garment is one dark colour without prints; its luminance is its shading with some gloss."""
        limits = DARK_SPREAD_LIMITS.values()
        return (
            MINIMUM_AREA < self.area < MAXIMUM_AREA
            and DARK_LIGHTNESS[0] < self.lightness <= DARK_LIGHTNESS[1]
            and all(value < limit for value, limit in zip(self.spread, limits, strict=True))
            and self.printed_share < DARK_PRINTED_SHARE_LIMIT
            and self.bright_density < BRIGHT_DENSITY_LIMIT
        )


def measure_plainness(picture: np.ndarray, alpha: np.ndarray) -> Plainness:
    """Measure how plain a garment is.

    Args:
        picture: RGB H×W×3 uint8, long side about 320 px.
        alpha: H×W uint8.
    """
    solid = (alpha >= 255 * MASK_THRESHOLD).astype(np.uint8)
    inside = cv2.erode(solid, np.ones((9, 9), np.uint8), borderValue=0).astype(bool)
    area = float(solid.mean())
    if inside.sum() < 200:
        return Plainness(area, 0.0, (100.0, 100.0, 100.0), 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    spread = tuple(float(lab[inside, channel].std()) for channel in range(3))
    return Plainness(
        area,
        float(lab[inside, 0].mean()),
        (spread[0], spread[1], spread[2]),
        _printed_share(lab, inside),
        _edge_density(lab[..., 0], inside),
        _blob_share(lab[..., 0], inside),
        *_stroke_densities(lab[..., 0], solid),
        *_pattern_edges(picture, lab, inside),
    )


def _printed_share(lab: np.ndarray, inside: np.ndarray) -> float:
    """Share of inside pixels whose smoothed chroma is far from the garment's local mean chroma."""
    weights = inside.astype(np.float32)
    chroma = lab[..., 1:] * weights[..., None]
    size = (61, 61)
    local = cv2.blur(chroma, size) / (cv2.blur(weights, size)[..., None] + 1e-6)
    smooth = cv2.GaussianBlur(chroma, (0, 0), 1.5) / (cv2.GaussianBlur(weights, (0, 0), 1.5)[..., None] + 1e-6)
    distance = np.linalg.norm(smooth - local, axis=-1)
    return float((distance[inside] > LOCAL_CHROMA_LIMIT).mean())


def _edge_density(lightness: np.ndarray, inside: np.ndarray) -> float:
    across = cv2.Sobel(lightness, cv2.CV_32F, 1, 0, ksize=3) / 8
    along = cv2.Sobel(lightness, cv2.CV_32F, 0, 1, ksize=3) / 8
    steps = np.hypot(across, along)[inside] / lightness[inside].mean()
    return float((steps > EDGE_STEP / 2).mean())


def _blob_share(lightness: np.ndarray, inside: np.ndarray) -> float:
    """Share of inside pixels in patches at least 5 px wide that stand out; folds and seams are thinner or softer."""
    weights = inside.astype(np.float32)
    local = cv2.blur(lightness * weights, (41, 41)) / (cv2.blur(weights, (41, 41)) + 1e-6)
    outstanding = (np.abs(lightness - local) > BLOB_CONTRAST * lightness[inside].mean()) & inside
    compact = cv2.morphologyEx(outstanding.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return float(compact[inside].mean())


def _stroke_densities(lightness: np.ndarray, solid: np.ndarray) -> tuple[float, float]:
    """Letters crowd thin, strong strokes into a small window; folds and seams do not.

    Returns:
        The largest share of strokes by relative, and of bright strokes by absolute contrast.
    """
    inside = cv2.erode(solid, np.ones((13, 13), np.uint8), borderValue=0).astype(bool)
    if not inside.any():
        return 1.0, 1.0
    mean = lightness[inside].mean()
    filled = np.where(solid > 0, lightness, mean).astype(np.float32)
    kernel = np.ones((7, 7), np.uint8)
    light = cv2.morphologyEx(filled, cv2.MORPH_TOPHAT, kernel)
    dark = cv2.morphologyEx(filled, cv2.MORPH_BLACKHAT, kernel)
    strokes = (np.maximum(light, dark) > STROKE_CONTRAST * mean) & inside
    bright = (light > BRIGHT_CONTRAST) & inside
    crowded, crowded_bright = (cv2.blur(found.astype(np.float32), (31, 21)).max() for found in (strokes, bright))
    return float(crowded), float(crowded_bright)


def _pattern_edges(picture: np.ndarray, lab: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Return the shares of inside pixels on edges of a dye, and on strong steps of lightness."""
    logs = cv2.blur(np.log(srgb_to_linear(picture.astype(np.float32) / 255) + DYE_FLOOR), (3, 3))
    dye = _steps(logs - logs.mean(axis=2, keepdims=True))
    light = _steps(cv2.GaussianBlur(lab[..., :1], (0, 0), 0.8)[..., None])
    return float((dye[inside] > DYE_EDGE).mean()), float((light[inside] > LIGHT_EDGE).mean())


def _steps(values: np.ndarray) -> np.ndarray:
    """Return H×W sizes of the larger of the steps across and along within `EDGE_REACH`; zero at the border."""
    across, along = (np.zeros(values.shape[:2], np.float32) for _ in range(2))
    half = EDGE_REACH // 2
    across[:, half:-half] = np.linalg.norm(values[:, EDGE_REACH:] - values[:, :-EDGE_REACH], axis=2)
    along[half:-half] = np.linalg.norm(values[EDGE_REACH:] - values[:-EDGE_REACH], axis=2)
    return np.maximum(across, along)
