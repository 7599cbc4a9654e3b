"""Confidence intervals without assumptions about the figures' distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean with its confidence interval, and of how many values."""

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}]"


def figure(values: Sequence[float], seed: int = 0) -> Figure | None:
    """Return the mean with its percentile bootstrap interval (Efron 1979), or None of no values."""
    known = np.asarray([value for value in values if np.isfinite(value)], float)
    if known.size == 0:
        return None
    rng = np.random.default_rng(seed)
    means = known[rng.integers(0, known.size, size=(RESAMPLES, known.size))].mean(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(float(known.mean()), float(low), float(high), int(known.size))


def paired_difference(values: Sequence[float], others: Sequence[float]) -> Figure | None:
    """Return the mean of `values` less `others`, picture by picture, or None where they cannot be paired.

    Two contestants that draw the same pictures vary together: their own intervals can overlap widely where one is
    ahead on nearly every picture. Pictures on which either has no value are left out.
    """
    if len(values) != len(others):
        return None
    return figure(list(np.subtract(values, others)))
