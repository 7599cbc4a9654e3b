"""Days and periods as people say them: 3/4/2026, 1.11., november, last week. May take 0.1 s: call it from a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateparser.date import DateDataParser

from bot.refusal import RefusedError

MONTH_FIRST_LOCALE = "en-US"
"""The only one of Discord's languages in which 3/4 is the fourth of March."""
_SPOKEN_LANGUAGES = frozenset(("de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da"))
_DAY = re.compile(r"(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?:(?P=sign)(?P<year>\d{4}|\d{2})?)?")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[./-](?P<month>\d{1,2})(?:[./-](?P<day>\d{1,2})\.?)?")
_MONTH = re.compile(r"(?P<month>\d{1,2})[./-](?P<year>\d{4})")
_SHORT_NUMBER = re.compile(r"\d{1,3}")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week, month or year.

    Attributes:
        first: its first day.
        last: its last day.
    """

    first: date
    last: date

    def start(self, zone: ZoneInfo | None) -> datetime:
        """Its first moment (UTC) in a time zone; None is this machine's."""
        return _midnight(self.first, zone)

    def end(self, zone: ZoneInfo | None) -> datetime:
        """The first moment (UTC) after it."""
        return _midnight(self.last + timedelta(days=1), zone)


def read_period(words: str, *, locale: str = "en-GB", now: datetime | None = None) -> Period:
    """The period that `words` mean, in the past where they leave it open.

    Args:
        words: what a member typed.
        locale: the member's Discord locale; its order of day and month holds, its language comes before English.
        now: the present in the team's time zone, for relative words.

    Raises:
        RefusedError: the words are no date.
    """
    plain, today = words.strip()[:60], (now or datetime.now()).date()
    try:
        period = _in_figures(plain, locale, today) or _in_words(plain, locale, today)
    except (ValueError, OverflowError):  # 32.13.2026, the year 0
        period = None
    if period is None:
        raise RefusedError(
            "I do not understand that date; write it like 2026-11-01, yesterday or last week.", f"date {words[:60]!r}"
        )
    return period


def day_of(moment: datetime, zone: ZoneInfo | None) -> str:
    """The day of a moment for everybody to read: 3 Apr 2026."""
    day = moment.astimezone(zone)
    return f"{day.day} {day:%b %Y}"


def _in_figures(words: str, locale: str, today: date) -> Period | None:
    if match := _YEAR_FIRST.fullmatch(words):
        year, month = int(match["year"]), int(match["month"])
        if match["day"] is None:
            return _whole_month(date(year, month, 1))
        return _one(date(year, month, int(match["day"])))
    if match := _MONTH.fullmatch(words):
        return _whole_month(date(int(match["year"]), int(match["month"]), 1))
    if match := _DAY.fullmatch(words):
        day, month = int(match["first"]), int(match["second"])
        # Nobody writes dots between a month and a day.
        if (locale == MONTH_FIRST_LOCALE and match["sign"] != "." and day <= 12) or month > 12:
            day, month = month, day
        return _one(_latest(day, month, today) if match["year"] is None else date(_full(match["year"]), month, day))
    return None


def _latest(day: int, month: int, today: date) -> date:
    """The last such day until today."""
    return next(
        found
        for year in range(today.year, today.year - 9, -1)
        if (day, month) != (29, 2) or year % 4 == 0
        if (found := date(year, month, day)) <= today
    )


def _full(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _in_words(words: str, locale: str, today: date) -> Period | None:
    if _SHORT_NUMBER.fullmatch(words):
        return None
    language = locale.split("-")[0]
    # Trying every language the library knows takes seconds on words that are no date.
    languages = [language, "en"] if language in _SPOKEN_LANGUAGES else ["en"]
    settings = {
        "DATE_ORDER": "MDY" if locale == MONTH_FIRST_LOCALE else "DMY",
        "PREFER_DATES_FROM": "past",
        "RELATIVE_BASE": datetime(today.year, today.month, today.day, 12),
        "RETURN_TIME_AS_PERIOD": False,
    }
    found = DateDataParser(languages=languages, use_given_order=True, settings=settings).get_date_data(words)
    if found.date_obj is None:
        return None
    return _around(found.date_obj.date(), found.period, words)


def _around(day: date, size: str, words: str) -> Period:
    """The whole week, month or year that a day stands for; “3 months ago” counts back to a day."""
    if _SHORT_NUMBER.search(_YEAR.sub("", words)):
        return _one(day)
    if size == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    if size == "month":
        return _whole_month(day)
    if size == "year":
        return Period(date(day.year, 1, 1), date(day.year, 12, 31))
    return _one(day)


def _one(day: date) -> Period:
    return Period(day, day)


def _whole_month(day: date) -> Period:
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(first, following - timedelta(days=1))


def _midnight(day: date, zone: ZoneInfo | None) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
