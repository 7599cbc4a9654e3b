"""Rate limits as Discord counts them: fixed windows, one bucket a route and main parameter, and one for all."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from bot.playground.errors import RateLimitError
from bot.playground.settings import RateLimit

BUCKETS_KEPT = 10_000


@dataclass
class Window:
    """Requests counted since the window opened."""

    opened: float
    used: int = 0


@dataclass(frozen=True)
class Allowance:
    """What is left in a bucket, for the headers of the answer."""

    limit: int
    remaining: int
    reset_after: float
    bucket: str

    def headers(self) -> dict[str, str]:
        """The X-RateLimit headers."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{time.time() + self.reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{self.reset_after:.3f}",
            "X-RateLimit-Bucket": self.bucket,
        }


class RateLimiter:
    """Counts requests. Its clock is monotonic, so a changed wall clock frees nobody."""

    def __init__(self, everything: RateLimit) -> None:
        self._everything = everything
        self._windows: dict[tuple[str, str], Window] = {}

    def take(self, route: str, parameter: str, limit: RateLimit, *, counts_globally: bool = True) -> Allowance:
        """Count a request.

        Args:
            route: method and path template; names the bucket.
            parameter: the channel, guild or webhook; a bucket has a window for each.
            limit: the bucket's limit.
            counts_globally: False for interaction endpoints.

        Raises:
            RateLimitError: too early; scope is user or global.
        """
        now = time.monotonic()
        self._forget_old(now)
        if counts_globally:
            self._count(("", ""), self._everything, now, "global")
        window = self._count((route, parameter), limit, now, "user")
        bucket = hashlib.sha256(route.encode()).hexdigest()[:32]
        return Allowance(limit.count, limit.count - window.used, max(0.0, window.opened + limit.seconds - now), bucket)

    def _count(self, key: tuple[str, str], limit: RateLimit, now: float, scope: str) -> Window:
        window = self._windows.get(key)
        if window is None or now >= window.opened + limit.seconds:
            window = self._windows[key] = Window(now)
        if window.used >= limit.count:
            raise RateLimitError(window.opened + limit.seconds - now, scope)
        window.used += 1
        return window

    def _forget_old(self, now: float) -> None:
        if len(self._windows) > BUCKETS_KEPT:
            self._windows = {key: window for key, window in self._windows.items() if now - window.opened < 60}
