"""What a person sees while a run goes on: a progress bar with speed and losses."""

from __future__ import annotations

import time
from collections import deque
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gan.training.train_state import Progress as RunProgress

WINDOW = 30
QUIET_SECONDS = 60.0
"""Between lines where there is no terminal to draw a bar on."""


class Reporter:
    """A progress bar on standard error; silent in all processes but the first.

    Args:
        images: length of the run.
        shown: whether to show anything.
    """

    def __init__(self, images: int, shown: bool = True) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]:.1f} images/s  loss {task.fields[loss]:.3f}"),
            TimeRemainingColumn(),
            disable=not shown,
            refresh_per_second=1,
        )
        self._task = self._bar.add_task("starting", total=images, speed=0.0, loss=0.0)
        self._shown, self._noted = shown, time.monotonic()
        self._seen: deque[tuple[float, int]] = deque(maxlen=WINDOW)

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, progress: RunProgress, phase: str, values: dict[str, float]) -> None:
        """Show where the run is."""
        self._seen.append((time.monotonic(), progress.images))
        (first, before), (last, now) = self._seen[0], self._seen[-1]
        speed = (now - before) / (last - first) if last > first else 0.0
        if not self._bar.console.is_terminal and self._shown and time.monotonic() - self._noted > QUIET_SECONDS:
            self._noted = time.monotonic()
            self.note(f"{phase}: {progress.images} images, {speed:.1f} a second, loss {values.get('loss', 0.0):.3f}")
        self._bar.update(
            self._task, completed=progress.images, description=phase, speed=speed, loss=values.get("loss", 0.0)
        )

    def note(self, sentence: str) -> None:
        """Print a line above the bar."""
        if sentence and self._shown:
            self._bar.console.print(sentence, highlight=False)
