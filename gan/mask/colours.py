"""Colour histograms of what is garment and what is not."""

from __future__ import annotations

import cv2
import numpy as np

BINS = 16
# Chroma of photos lies near grey; stretching it makes use of all bins.
CHROMA_STRETCH = 1.6
RAREST = 1e-5
BIN_WEIGHTS = np.array([[BINS * BINS, BINS, 1]], np.float32)


def _bin_table() -> np.ndarray:
    """8-bit CIELAB → bin of each channel, 256×1×3 uint8."""
    levels = np.arange(256, dtype=np.float32)
    chroma = np.clip((levels - 128) * CHROMA_STRETCH + 128, 0, 255)
    return (np.stack([levels, chroma, chroma], axis=-1)[:, None] * (BINS / 256)).astype(np.uint8)


BIN_TABLE = _bin_table()


def colour_bins(picture: np.ndarray) -> np.ndarray:
    """Each pixel's bin of a CIELAB histogram, h×w integers."""
    bins = cv2.LUT(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), BIN_TABLE)
    return np.asarray(cv2.transform(bins.astype(np.int16), BIN_WEIGHTS), np.int64)


def likelihood_ratio(colours: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return each pixel's log ratio of its colour's shares in two weighted regions, h×w float32.

    Args:
        colours: h×w bins.
        inside: h×w weights of the garment.
        outside: h×w weights of the rest.
    """
    return np.asarray(np.log(_histogram(colours, inside) / _histogram(colours, outside))[colours], np.float32)


def _histogram(colours: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share of each colour, smoothed over neighbouring bins and nowhere zero; BINS³ float64."""
    counted = np.bincount(colours.ravel(), weights=weights.ravel(), minlength=BINS**3)
    counts = np.asarray(counted, np.float64).reshape(BINS, BINS, BINS)
    for axis in range(3):
        counts = (np.roll(counts, 1, axis) + 2 * counts + np.roll(counts, -1, axis)) / 4
    return np.asarray(counts.ravel() / max(counts.sum(), RAREST) + RAREST)
