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
PALETTE_CLUSTERS = 12
LEAST_SEEN = 0.012  # share below which a colour is a speck
GREY_SALIENCE = 0.06  # in OKLab chroma: what a grey's area counts
DISTINCT = 0.12  # distance from which two colours are remembered as two
DISTINCT_LIGHTNESS = 0.4  # weight of lightness in that distance: shades of a hue are less unlike than hues


@dataclass(frozen=True, slots=True)
class Dyes:
    """Colours with their shares, the most important first.

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
    centres, sizes = _clusters(lab, CLUSTERS)
    groups = _shade_groups(centres)
    colours, shares = [], []
    for group in range(groups.max() + 1):
        members = groups == group
        share = sizes[members]
        colours.append((centres[members] * share[:, None]).sum(0) / share.sum())
        shares.append(share.sum())
    return _largest(np.stack(colours), np.array(shares, np.float32), most)


def find_palette(lab: np.ndarray, most: int) -> Dyes:
    """Return the colours that one remembers of a picture, the most striking first, each unlike those before it.

    A strong colour speaks louder than its area: of a dark street with a man in a red coat one remembers the red.

    Args:
        lab: N×3 float32 OKLab colours.
        most: greatest number of colours.
    """
    colours, shares = _clusters(lab, PALETTE_CLUSTERS)
    seen = (shares >= LEAST_SEEN) | (shares == shares.max())
    colours, shares = colours[seen], shares[seen]
    salience = np.sqrt(shares) * (GREY_SALIENCE + np.hypot(*colours[:, 1:].T))
    worth, chosen = salience.copy(), list[int]()
    for _ in range(min(most, len(colours))):
        chosen.append(int(worth.argmax()))
        steps = (colours[:, None] - colours[chosen]) * (DISTINCT_LIGHTNESS, 1.0, 1.0)
        nearest = np.linalg.norm(steps, axis=2).min(axis=1)
        worth = salience * np.minimum(1.0, nearest / DISTINCT) ** 2
    return Dyes(colours[chosen], shares[chosen] / shares[chosen].sum())


def _clusters(lab: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """K-means centres of OKLab colours, K×3 float32, and their shares, K float32."""
    sample = np.ascontiguousarray(lab[:: max(1, len(lab) // 5000)] * (LIGHTNESS_WEIGHT, 1.0, 1.0), np.float32)
    count = min(most, len(np.unique(sample, axis=0)))
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
    _, labels, centres = cv2.kmeans(sample, count, np.empty(0, np.int32), stop, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=count) / len(sample)
    return (centres / (LIGHTNESS_WEIGHT, 1, 1)).astype(np.float32), shares.astype(np.float32)


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
