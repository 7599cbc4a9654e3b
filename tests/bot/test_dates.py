"""What a member types as a day is what that member means by it: in any order of day and month, and to its very end."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.dates import Period, day_of, read_period
from bot.refusal import RefusedError

NOW = datetime(2026, 11, 23, 15, 30)  # a Monday


@pytest.mark.parametrize(
    ("words", "locale", "day"),
    [
        ("2026-11-01", "en-US", (2026, 11, 1)),
        ("2026-11-01", "de", (2026, 11, 1)),
        ("2026/4/3", "fr", (2026, 4, 3)),
        ("03/04/2026", "en-US", (2026, 3, 4)),
        ("03/04/2026", "en-GB", (2026, 4, 3)),
        ("03/04/2026", "fr", (2026, 4, 3)),
        ("03/04/2026", "it", (2026, 4, 3)),
        ("03-04-2026", "nl", (2026, 4, 3)),
        ("03/04/26", "es-ES", (2026, 4, 3)),
        ("3/4", "en-US", (2026, 3, 4)),
        ("3/4", "en-GB", (2026, 4, 3)),
        ("25/03/2026", "en-US", (2026, 3, 25)),
        ("03/25/2026", "en-GB", (2026, 3, 25)),
        ("1.11.2026", "en-US", (2026, 11, 1)),
        ("01.11.26", "de", (2026, 11, 1)),
        ("3.4.", "de", (2026, 4, 3)),
        ("3.4", "de", (2026, 4, 3)),
        ("24.12.", "de", (2025, 12, 24)),
        ("29.2.", "de", (2024, 2, 29)),
        ("yesterday", "en-US", (2026, 11, 22)),
        ("Today", "en-US", (2026, 11, 23)),
        ("3 days ago", "en-US", (2026, 11, 20)),
        ("2 weeks ago", "en-US", (2026, 11, 9)),
        ("3 months ago", "en-US", (2026, 8, 23)),
        ("1 year ago", "en-US", (2025, 11, 23)),
        ("1 nov", "en-US", (2026, 11, 1)),
        ("nov 1 2025", "en-US", (2025, 11, 1)),
        ("gestern", "de", (2026, 11, 22)),
        ("3. April", "de", (2026, 4, 3)),
        ("hier", "fr", (2026, 11, 22)),
        ("3 aprile", "it", (2026, 4, 3)),
        ("yesterday", "de", (2026, 11, 22)),
    ],
)
def test_a_day_is_read_as_the_members_language_writes_it(words, locale, day):
    assert read_period(words, locale=locale, now=NOW) == Period(date(*day), date(*day))


@pytest.mark.parametrize(
    ("words", "locale", "first", "last"),
    [
        ("last week", "en-US", (2026, 11, 16), (2026, 11, 22)),
        ("last month", "en-US", (2026, 10, 1), (2026, 10, 31)),
        ("november", "en-US", (2026, 11, 1), (2026, 11, 30)),
        ("february 2024", "en-US", (2024, 2, 1), (2024, 2, 29)),
        ("last year", "en-US", (2025, 1, 1), (2025, 12, 31)),
        ("2026", "en-US", (2026, 1, 1), (2026, 12, 31)),
        ("2026-04", "en-US", (2026, 4, 1), (2026, 4, 30)),
        ("12/2025", "fr", (2025, 12, 1), (2025, 12, 31)),
        ("letzten Monat", "de", (2026, 10, 1), (2026, 10, 31)),
        ("mars", "fr", (2026, 3, 1), (2026, 3, 31)),
        ("marzo", "es-ES", (2026, 3, 1), (2026, 3, 31)),
    ],
)
def test_a_week_a_month_and_a_year_are_whole(words, locale, first, last):
    assert read_period(words, locale=locale, now=NOW) == Period(date(*first), date(*last))


@pytest.mark.parametrize(
    "words", ["nonsense", "", "🧵", "x" * 500, "32.13.2026", "30.2.", "2026-13-01", "12", "0.0.0000"]
)
def test_what_is_no_date_is_refused(words):
    with pytest.raises(RefusedError, match="2026-11-01"):
        read_period(words, now=NOW)


def test_a_period_ends_when_its_last_day_does_where_the_team_is():
    november = read_period("november", now=NOW)
    assert november.start(ZoneInfo("UTC")) == datetime(2026, 11, 1, tzinfo=UTC)
    assert november.end(ZoneInfo("UTC")) == datetime(2026, 12, 1, tzinfo=UTC)
    assert november.start(ZoneInfo("Asia/Tokyo")) == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert november.end(ZoneInfo("America/Los_Angeles")) == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_a_day_is_shown_as_nobody_can_misread_it():
    assert day_of(datetime(2026, 4, 2, 15, tzinfo=UTC), ZoneInfo("Asia/Tokyo")) == "3 Apr 2026"
