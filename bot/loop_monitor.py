"""Measures how late the event loop is: a late loop misses heartbeats and Discord's three seconds."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from pathlib import Path

log = logging.getLogger(__name__)

TICK_SECONDS = 0.02
REMEMBERED_TICKS = 60_000
WRITE_SECONDS = 1.0
LATE_SECONDS = 0.25


class LoopMonitor:
    """Sleeps again and again and notes how much longer each sleep took."""

    def __init__(self, report: Path | None = None) -> None:
        """Make a monitor.

        Args:
            report: a JSON file that is kept up to date with the figures, or None.
        """
        self._report = report
        self._delays: deque[float] = deque(maxlen=REMEMBERED_TICKS)

    async def run(self) -> None:
        """Measure as long as the task lives."""
        written = time.perf_counter()
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            now = time.perf_counter()
            self._note(now - before - TICK_SECONDS)
            if self._report is not None and now - written > WRITE_SECONDS:
                written = now
                await asyncio.to_thread(self._write, self._report)

    def percentile(self, fraction: float) -> float:
        """The delay in seconds below which `fraction` of all sleeps stayed; 0 before any."""
        ordered = sorted(self._delays)
        return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))] if ordered else 0.0

    def _note(self, delay: float) -> None:
        self._delays.append(max(0.0, delay))
        if delay > LATE_SECONDS:
            log.warning("the event loop was held up for %.0f ms", delay * 1000)

    def _write(self, report: Path) -> None:
        figures = {
            "loop_delay_p50_ms": self.percentile(0.5) * 1000,
            "loop_delay_p99_ms": self.percentile(0.99) * 1000,
            "ticks": len(self._delays),
        }
        partial = report.with_suffix(".partial")
        partial.write_text(json.dumps(figures))
        partial.replace(report)
