"""Takes the bends out of photographed plaids and stripes, so that their threads run straight and meet when repeated."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import lab_planes
from gan.guide.plaid import straightness
from gan.pictures import fit_size

WORKING_SIDE = 320
SMALLEST_SIDE = 48
ROUNDS = 8
COARSE_ROUNDS, COARSE, FINER = 3, 0.08, 0.04  # of the long side: bends are smoothed so far in the first rounds, then
LEAST_BEFORE = 0.1  # straightness below which no threads are seen to begin with: of prints it is about 0.06
LEAST_AFTER = 0.7
SURE_BEFORE, SURE_AFTER = 0.25, 0.85  # the same for what may not be cloth: a zebra's stripes are meant to be bent
LEAST_SEEN = 0.15  # variance of one direction's threads against the other's, below which it has none
MOST_STRETCH = 0.8  # slope of the shift at 99 of 100 pixels: with more, brush strokes could be pulled into threads


@dataclass(frozen=True, slots=True)
class Bend:
    """Where each pixel of straight cloth is found in its photo.

    Attributes:
        shift: h×w×2 float32, how far to the right and down, in parts of the picture's width and height.
    """

    shift: np.ndarray

    def straighten(self, picture: np.ndarray) -> np.ndarray:
        """Return the cloth straight, H×W×3, from its photo at any size."""
        height, width = picture.shape[:2]
        shift = cv2.resize(self.shift, (width, height), interpolation=cv2.INTER_LINEAR)
        return _moved(picture, shift * np.array([width, height], np.float32), cv2.INTER_CUBIC)


def find_bend(picture: np.ndarray, *, is_cloth: bool) -> Bend | None:
    """Return how the threads of a plaid or stripe are bent in its photo; None where it does not become straight.

    The straight cloth is what the picture's mean column and mean row make, and the bend the optical flow (Kroeger et
    al., "Fast Optical Flow using Dense Inverse Search", 2016) from it to the picture; the better the picture fits, the
    sharper the means (Learned-Miller, "Data Driven Image Models through Continuous Joint Alignment", 2006).

    Args:
        picture: H×W×3 RGB of stuff that looks alike everywhere.
        is_cloth: it is the photo of cloth for certain.
    """
    least_before, least_after = (LEAST_BEFORE, LEAST_AFTER) if is_cloth else (SURE_BEFORE, SURE_AFTER)
    width, height = fit_size(picture.shape, WORKING_SIDE)
    if min(width, height) < SMALLEST_SIDE:
        return None
    planes = lab_planes(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
    shift, straight = np.zeros((height, width, 2), np.float32), planes
    best = (straightness(planes), shift)
    if best[0] < least_before:
        return None
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    for number in range(ROUNDS):
        seen, threads = _as_grey(straight, _woven(straight))
        step = flow.calc(threads, seen, np.zeros_like(shift))
        sigma = (COARSE if number < COARSE_ROUNDS else FINER) * max(width, height)
        step = cv2.GaussianBlur(step, (0, 0), sigma) * _seen_ways(straight)
        shift = _moved(shift, step) + step
        straight = _moved(planes, shift)
        best = max(best, (straightness(straight), shift), key=lambda candidate: candidate[0])
    if best[0] < least_after or _stretch(best[1]) > MOST_STRETCH:
        return None
    return Bend(best[1] / np.array([width, height], np.float32))


def _woven(planes: np.ndarray) -> np.ndarray:
    """The plaid that the mean column and the mean row make."""
    return planes.mean(0, keepdims=True) + planes.mean(1, keepdims=True) - planes.mean((0, 1))


def _seen_ways(planes: np.ndarray) -> np.ndarray:
    """1 for across and down where threads run the other way, else 0: along stripes no bend can be seen."""
    ways = np.array([planes.mean(0).var(axis=0).sum(), planes.mean(1).var(axis=0).sum()])
    return (ways >= LEAST_SEEN * ways.max()).astype(np.float32)


def _as_grey(planes: np.ndarray, woven: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as uint8 along the colour axis in which the threads differ most."""
    flat = woven.reshape(-1, 3)
    axis = np.linalg.eigh(np.cov(flat.T))[1][:, -1].astype(np.float32)
    low, high = np.quantile(flat @ axis, [0.02, 0.98])
    seen, threads = ((colours @ axis - low) * (255 / (high - low + 1e-3)) for colours in (planes, woven))
    return np.clip(seen, 0, 255).astype(np.uint8), np.clip(threads, 0, 255).astype(np.uint8)


def _moved(values: np.ndarray, shift: np.ndarray, method: int = cv2.INTER_LINEAR) -> np.ndarray:
    height, width = shift.shape[:2]
    x = np.arange(width, dtype=np.float32) + shift[..., 0]
    y = np.arange(height, dtype=np.float32)[:, None] + shift[..., 1]
    return cv2.remap(values, x, y, method, borderMode=cv2.BORDER_REFLECT_101)


def _stretch(shift: np.ndarray) -> float:
    slopes = np.stack([*np.gradient(shift[..., 0]), *np.gradient(shift[..., 1])])
    return float(np.quantile(np.abs(slopes).max(0), 0.99))
