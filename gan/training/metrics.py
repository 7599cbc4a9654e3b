"""Figures of a run: a line of JSON each time, and TensorBoard where it is installed."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any


class Metrics:
    """Averages what the steps report and appends it to `metrics.jsonl`.

    Args:
        folder: of the run; None (in all processes but the first) writes nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._sums: defaultdict[str, list[float]] = defaultdict(list)
        self._file = folder / "metrics.jsonl" if folder else None
        self._board = _tensorboard(folder) if folder else None

    def add(self, values: dict[str, float]) -> None:
        """Remember one step's values."""
        for name, value in values.items():
            if math.isfinite(value):
                self._sums[name].append(value)

    def means(self) -> dict[str, float]:
        """Return the means since the last `write`."""
        return {name: sum(values) / len(values) for name, values in self._sums.items() if values}

    def write(self, images: int, **others: Any) -> dict[str, float]:
        """Append the means and other values under an image count, and start anew; returns the means."""
        means = self.means()
        self._sums.clear()
        if self._file is not None:
            line = {"images": images, **others, **{name: round(value, 6) for name, value in means.items()}}
            with self._file.open("a") as stream:
                stream.write(json.dumps(line) + "\n")
        if self._board is not None:
            numbers = {name: value for name, value in others.items() if isinstance(value, (int, float))}
            for name, value in {**means, **numbers}.items():
                self._board.add_scalar(name, value, images)
        return means


def _tensorboard(folder: Path) -> Any | None:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(folder / "tensorboard")
