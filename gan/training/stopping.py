"""When a run ends: at its length, at a time limit, or when the machine asks it to."""

from __future__ import annotations

import signal
import time
from types import FrameType


class Stopping:
    """Notes SIGTERM and SIGINT, and the time; a context manager that gives the handlers back.

    Args:
        minutes: time limit from now, or None.
    """

    def __init__(self, minutes: float | None) -> None:
        self._deadline = time.monotonic() + minutes * 60 if minutes is not None else None
        self._asked = False
        self._previous: dict[int, object] = {}

    def __enter__(self) -> Stopping:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *details: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    @property
    def now(self) -> bool:
        """Whether to stop after this step."""
        return self._asked or (self._deadline is not None and time.monotonic() >= self._deadline)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
