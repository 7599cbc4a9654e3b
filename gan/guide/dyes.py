"""The few colours a picture is made of: clusters in OKLab, shades of one dye counted as one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

CLUSTERS = 7
SAME_HUE = 0.045  # OKLab chroma distance within which two clusters can be shades of one dye
SHADE_STEP = 0.15  # lightness distance between neighbouring shades of one dye
LEAST_SHARE = 0.04
LIGHTNESS_WEIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Dyes:
    """Colours with their shares, the largest share first.

    Attributes:
        colours: K×3 float32 OKLab.
        shares: K float32, sum 1.
    """

    colours: np.ndarray
    shares: np.ndarray


def find_dyes(lab: np.ndarray, most: int) -> Dyes:
    """Return the dyes of a cloth: clusters that form a chain of shades of one hue are one dye.

    Args:
        lab: N×3 float32 OKLab colours.
        most: greatest number of dyes returned.
    """
    clusters = find_palette(lab, CLUSTERS)
    groups = _shade_groups(clusters.colours)
    colours, shares = [], []
    for group in range(groups.max() + 1):
        members = groups == group
        share = clusters.shares[members]
        colours.append((clusters.colours[members] * share[:, None]).sum(0) / share.sum())
        shares.append(share.sum())
    return _largest(np.stack(colours), np.array(shares, np.float32), most)


def find_palette(lab: np.ndarray, most: int) -> Dyes:
    """Return the colours of a style: k-means clusters, specks left out.

    Args:
        lab: N×3 float32 OKLab colours.
        most: greatest number of colours.
    """
    sample = np.ascontiguousarray(lab[:: max(1, len(lab) // 5000)] * (LIGHTNESS_WEIGHT, 1.0, 1.0), np.float32)
    count = min(most, len(np.unique(sample, axis=0)))
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
    _, labels, centres = cv2.kmeans(sample, count, np.empty(0, np.int32), stop, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=count) / len(sample)
    return _largest(centres / np.array([LIGHTNESS_WEIGHT, 1, 1], np.float32), shares.astype(np.float32), most)


def _largest(colours: np.ndarray, shares: np.ndarray, most: int) -> Dyes:
    order = np.argsort(-shares, kind="stable")[:most]
    order = order[(shares[order] >= LEAST_SHARE) | (order == order[0])]
    return Dyes(colours[order].astype(np.float32), (shares[order] / shares[order].sum()).astype(np.float32))


def _shade_groups(colours: np.ndarray) -> np.ndarray:
    """Group number of every cluster: single linkage over neighbouring shades of like hue."""
    groups = np.arange(len(colours))
    for i in range(len(colours)):
        for j in range(i):
            hue = float(np.linalg.norm(colours[i, 1:] - colours[j, 1:]))
            if hue < SAME_HUE and abs(float(colours[i, 0] - colours[j, 0])) < SHADE_STEP:
                groups[groups == groups[i]] = groups[j]
    return np.unique(groups, return_inverse=True)[1]
