"""Dates as people say them: 2026-11-01, 1.11.2026, yesterday, last week. May take 0.1 s: call it from a thread."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import dateparser

from bot.errors import RefusedError

_DAY_FIRST = re.compile(r"^\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*$")
_SPOKEN_LANGUAGES = frozenset(("de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da"))


def start_of_day(words: str, *, locale: str = "en", now: datetime | None = None) -> datetime:
    """The first moment (UTC) of the day that `words` mean.

    Args:
        words: what a member typed.
        locale: the member's Discord locale; its language is understood beside English.
        now: the present, for relative words.

    Raises:
        RefusedError: the words are no date.
    """
    ordered = _DAY_FIRST.sub(r"\3-\2-\1", words[:60])
    language = locale.split("-")[0]
    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PREFER_DATES_FROM": "past",
        "PREFER_DAY_OF_MONTH": "first",
        "RELATIVE_BASE": (now or datetime.now(UTC)).replace(tzinfo=None),
    }
    # Trying every language the library knows takes seconds on words that are no date.
    languages = ["en", language] if language in _SPOKEN_LANGUAGES else ["en"]
    moment = dateparser.parse(ordered, languages=languages, settings=settings)
    if moment is None:
        raise RefusedError(
            "I do not understand that date; write it like 2026-11-01, yesterday or last week.", f"date {words[:60]!r}"
        )
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def end_of_day(words: str, *, locale: str = "en", now: datetime | None = None) -> datetime:
    """The first moment (UTC) after the day that `words` mean. Raises as `start_of_day` does."""
    return start_of_day(words, locale=locale, now=now) + timedelta(days=1)
