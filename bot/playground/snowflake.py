"""Discord's 64-bit ids: milliseconds since 2015 in the upper bits, a counter in the lower ones."""

from __future__ import annotations

import time
from datetime import UTC, datetime

DISCORD_EPOCH_MS = 1_420_070_400_000
COUNTER_BITS = 22
LARGEST_SNOWFLAKE = 2**64 - 1


class SnowflakeFactory:
    """Gives ids that only grow, also when many are asked for within one millisecond."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """The next id, carrying the present time."""
        now = (time.time_ns() // 1_000_000 - DISCORD_EPOCH_MS) << COUNTER_BITS
        self._last = max(self._last + 1, now)
        return self._last

    def seen(self, snowflake: int) -> None:
        """Never give an id at or below one that was given before a restart."""
        self._last = max(self._last, snowflake)


def created_at(snowflake: int) -> datetime:
    """The time an id carries."""
    return datetime.fromtimestamp(((snowflake >> COUNTER_BITS) + DISCORD_EPOCH_MS) / 1000, UTC)


def parse_snowflake(text: object) -> int | None:
    """Read an id from a path, a query or a body; None where it is none."""
    if isinstance(text, bool):
        return None
    if isinstance(text, int):
        return text if 0 <= text <= LARGEST_SNOWFLAKE else None
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 20:
        return parse_snowflake(int(text))
    return None
