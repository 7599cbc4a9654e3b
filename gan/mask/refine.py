"""A coarse mask brought to the garment's full resolution: soft where cloth is soft, exact elsewhere."""

from __future__ import annotations

import cv2
import numpy as np

from gan.pictures import fit_size, shrink_picture

# The guided filter's linear model is fitted at most at this size and applied at full size; at 512 edges are no better.
FITTING_SIZE = 384
RADIUS = 0.006
SMOOTHNESS = 1e-4
# Share of the coarse mask's variance that the model explains: it is believed not at all up to the first, wholly from
# the second. A print in several tones beside the background breaks it, and would be cut into the edge.
DOUBTED, BELIEVED = 0.5, 0.9
LEAST_VARIANCE = 1e-3
# The coarse mask's own outline, instead: smoothed by so many of its pixels, and so much steeper at full resolution.
OUTLINE_SIGMA, OUTLINE_STEEPNESS = 1.2, 2.0
# Alpha outside these is exactly 0 or 1.
FLOOR, CEILING = 0.06, 0.94
BAND = 0.015


def refine_mask(garment: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Fit a coarse probability to the garment's edges.

    Method: the fast guided filter (He, Sun and Tang 2013; He and Sun 2015) in a narrow band around the coarse edge,
    and the coarse mask's smoothed outline where colours do not explain the mask.

    Args:
        garment: H×W×3 uint8 RGB.
        coarse: h×w float32 in 0..1, the probability of garment at any size.

    Returns:
        H×W float32; exactly 0 outside and exactly 1 inside the band.
    """
    height, width = garment.shape[:2]
    filtered, explained = fast_guided_filter(garment, coarse)
    filtered = np.clip((filtered - FLOOR) / (CEILING - FLOOR), 0.0, 1.0)
    outline, drawn = _outline(coarse, (width, height))
    doubt = drawn * np.clip((BELIEVED - explained) / (BELIEVED - DOUBTED), 0.0, 1.0)
    alpha = cv2.blendLinear(outline, filtered, doubt, 1 - doubt)
    inside, outside = _certain(coarse)
    alpha[cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 1.0
    alpha[cv2.resize(outside, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 0.0
    return alpha


def _outline(coarse: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return a coarse mask with a smooth edge of about a pixel at width and height, and how clearly it is drawn.

    A blurred mask has no outline to go by: where its values are neither 0 nor 1 the second is 0. Both H×W float32.
    """
    smooth = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), OUTLINE_SIGMA), size, interpolation=cv2.INTER_CUBIC)
    steepness = OUTLINE_STEEPNESS * max(1.0, max(size) / max(coarse.shape))
    outline = np.clip((smooth - 0.5) * np.float32(steepness) + 0.5, 0.0, 1.0)
    undecided = cv2.dilate(np.minimum(coarse, 1 - coarse), np.ones((3, 3), np.uint8))
    return outline, cv2.resize(1 - np.minimum(1, 4 * undecided), size, interpolation=cv2.INTER_LINEAR)


def _certain(probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is surely garment and surely not, far from every doubtful pixel; uint8 of zeros and ones."""
    radius = max(1, round(BAND * max(probability.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    inside = cv2.erode((probability > 0.9).astype(np.uint8), disc)
    outside = 1 - cv2.dilate((probability > 0.1).astype(np.uint8), disc)
    return inside, outside


def fast_guided_filter(guide: np.ndarray, coarse: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colour guided filter fitted at a reduced size.

    Args:
        guide: H×W×3 uint8 RGB.
        coarse: h×w float32 in 0..1.

    Returns:
        The filtered mask, H×W float32, not clipped, and the share of the coarse mask's variance that the picture's
        colours explain around each pixel, H×W float32 in 0..1.
    """
    height, width = guide.shape[:2]
    size = fit_size(guide.shape, FITTING_SIZE)
    small = shrink_picture(guide, size).astype(np.float32) / 255.0
    target = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    slope, offset, explained = _linear_model(small, target, max(1, round(RADIUS * max(size))))
    # The model is fitted to 0..1 and applied to 0..255, which spares a copy of the whole picture.
    filtered = cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR)
    for channel in range(3):
        weight = cv2.resize(slope[channel] / 255.0, (width, height), interpolation=cv2.INTER_LINEAR)
        filtered = filtered + weight * guide[..., channel]
    return filtered, cv2.resize(explained, (width, height), interpolation=cv2.INTER_LINEAR)


def _linear_model(
    guide: np.ndarray, target: np.ndarray, radius: int
) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Least squares of target = slope · guide + offset in every window, averaged over windows (eq. 14 to 16).

    Also the share of the target's variance that this explains (R²), windows with more variance counting more.
    """
    window = (2 * radius + 1, 2 * radius + 1)
    channels = cv2.split(guide)
    means = [cv2.blur(channel, window) for channel in channels]
    mean_target = cv2.blur(target, window)
    covariances = [
        cv2.blur(channel * target, window) - mean * mean_target for channel, mean in zip(channels, means, strict=True)
    ]
    spread = {
        (row, column): cv2.blur(channels[row] * channels[column], window) - means[row] * means[column]
        for row in range(3)
        for column in range(row, 3)
    }
    slope = _solve(spread, covariances)
    offset = mean_target - sum(part * mean for part, mean in zip(slope, means, strict=True))
    variance = cv2.blur(target * target, window) - mean_target * mean_target
    met = np.maximum(sum(part * covariance for part, covariance in zip(slope, covariances, strict=True)), 0.0)
    explained = cv2.blur(met, window) / (cv2.blur(variance, window) + np.float32(LEAST_VARIANCE))
    return [cv2.blur(part, window) for part in slope], cv2.blur(offset, window), np.minimum(explained, 1.0)


def _solve(spread: dict[tuple[int, int], np.ndarray], right: list[np.ndarray]) -> list[np.ndarray]:
    """Solve a regularised symmetric 3×3 system at every pixel by cofactors, in a tenth of a general solver's time."""
    red, green, blue = (spread[index, index] + SMOOTHNESS for index in range(3))
    red_green, red_blue, green_blue = spread[0, 1], spread[0, 2], spread[1, 2]
    first = green * blue - green_blue**2
    second = red_blue * green_blue - red_green * blue
    third = red_green * green_blue - green * red_blue
    determinant = red * first + red_green * second + red_blue * third
    middle = red_green * red_blue - red * green_blue
    return [
        (first * right[0] + second * right[1] + third * right[2]) / determinant,
        (second * right[0] + (red * blue - red_blue**2) * right[1] + middle * right[2]) / determinant,
        (third * right[0] + middle * right[1] + (red * green - red_green**2) * right[2]) / determinant,
    ]
