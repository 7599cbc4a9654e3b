"""The time, held against Discord's: a machine whose clock is far off must not date the history wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp

log = logging.getLogger(__name__)

TOLERATED_SECONDS = 300.0


def _steady_seconds() -> float:
    """Seconds that run evenly whatever the clock is set to, on Linux also while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class DiscordClock:
    """Seconds since the epoch: this machine's, or, when those are minutes off, Discord's as it last named them."""

    def __init__(self, ours: Callable[[], float] = time.time, steady: Callable[[], float] = _steady_seconds) -> None:
        """Begin with nothing heard.

        Args:
            ours: this machine's clock, which anybody may set.
            steady: seconds from any start that nobody can set.
        """
        self._ours = ours
        self._steady = steady
        self._ahead: float | None = None
        self._wrong = False

    def __call__(self) -> float:
        """The time now."""
        ours = self._ours()
        if self._ahead is None:
            return ours
        theirs = self._steady() + self._ahead
        wrong = abs(ours - theirs) > TOLERATED_SECONDS
        if wrong and not self._wrong:
            log.warning("this machine's clock is %.0f min off Discord's; set it right", (ours - theirs) / 60)
        self._wrong = wrong
        return theirs if wrong else ours

    @property
    def confirmed(self) -> bool:
        """Whether Discord was heard, so that the time can be trusted."""
        return self._ahead is not None

    def hear(self, date: str | None) -> None:
        """Take note of the time that an answer of Discord's carries in its Date header."""
        try:
            named = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return
        self._ahead = named - self._steady()

    def trace(self) -> aiohttp.TraceConfig:
        """Hooks for an HTTP session: the clock hears every answer."""

        async def answered(
            _session: aiohttp.ClientSession, _context: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
        ) -> None:
            # An answer that was kept somewhere on the way, as uploads are, carries the time when it was made.
            if answer.url.path.startswith("/api/") and "Age" not in answer.response.headers:
                self.hear(answer.response.headers.get("Date"))

        config = aiohttp.TraceConfig()
        config.on_request_end.append(answered)
        return config
