"""What colours alone say about where the garment is: cheap hints for the network."""

from __future__ import annotations

import cv2
import numpy as np

from gan.mask.grabcut import Start, border_distance, centre_prior, shrink

EVIDENCE_SIZE = 96
BORDER = Start(border=0.04, seed=1, spread=None)
# Distances in 8-bit CIELAB beyond this are clearly not background.
FAR = 60.0
BINS = 16
# Chroma of photos lies near grey; stretching it makes use of all bins.
CHROMA_STRETCH = 1.6
ROUNDS = 4
PRIOR_SPREAD = 0.55
PRIOR_RANGE = (0.05, 0.95)
SMOOTHING = 3
FRAME_DOUBT = 0.3
FRAME_WEIGHT = 2.0
RAREST = 1e-5


def border_contrast(garment: np.ndarray) -> np.ndarray:
    """How unlike the border's main colours each pixel is, H×W float32 in 0..1."""
    height, width = garment.shape[:2]
    distance = np.minimum(border_distance(shrink(garment, EVIDENCE_SIZE), BORDER) / FAR, 1.0)
    return cv2.resize(distance, (width, height), interpolation=cv2.INTER_LINEAR)


def colour_posterior(garment: np.ndarray) -> np.ndarray:
    """Probability of garment by two colour histograms that are re-estimated in turn from a centre prior.

    The idea of GrabCut (Rother, Kolmogorov and Blake 2004) with a blur in place of the graph cut, thirty times
    faster.

    Args:
        garment: H×W×3 uint8 RGB.

    Returns:
        H×W float32 in 0..1.
    """
    small = shrink(garment, EVIDENCE_SIZE)
    height, width = small.shape[:2]
    colours = _colour_bins(small)
    frame = _frame(height, width)
    probability = np.clip(centre_prior((height, width), PRIOR_SPREAD), *PRIOR_RANGE)
    prior = np.log(probability / (1 - probability))
    probability[frame] = 1 - PRIOR_RANGE[1]
    for _ in range(ROUNDS):
        inside = _histogram(colours, probability)
        outside = _histogram(colours, 1 - probability + FRAME_WEIGHT * frame)
        likelihood = np.log(inside / outside)[colours].astype(np.float32)
        evidence = cv2.blur(likelihood, (SMOOTHING, SMOOTHING)) + 0.5 * prior
        probability = 1 / (1 + np.exp(-evidence))
        probability[frame] *= FRAME_DOUBT
    return cv2.resize(probability, garment.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _colour_bins(picture: np.ndarray) -> np.ndarray:
    """Each pixel's bin of a CIELAB histogram, h×w integers."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 1:] = np.clip((lab[..., 1:] - 128) * CHROMA_STRETCH + 128, 0, 255)
    bins = (lab * (BINS / 256)).astype(np.int64)
    return np.asarray((bins[..., 0] * BINS + bins[..., 1]) * BINS + bins[..., 2])


def _frame(height: int, width: int) -> np.ndarray:
    """The picture's outermost pixels, boolean h×w."""
    frame = np.ones((height, width), bool)
    edge = max(1, round(BORDER.border * min(height, width)))
    frame[edge:-edge, edge:-edge] = False
    return frame


def _histogram(colours: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share of each colour, smoothed over neighbouring bins and nowhere zero; BINS³ float64."""
    counted = np.bincount(colours.ravel(), weights=weights.ravel(), minlength=BINS**3)
    counts = np.asarray(counted, np.float64).reshape(BINS, BINS, BINS)
    for axis in range(3):
        counts = (np.roll(counts, 1, axis) + 2 * counts + np.roll(counts, -1, axis)) / 4
    return np.asarray(counts.ravel() / max(counts.sum(), RAREST) + RAREST)
