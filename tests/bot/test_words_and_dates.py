from datetime import UTC, datetime

import pytest

from bot.dates import end_of_day, start_of_day
from bot.errors import RefusedError
from bot.wording import counted, duration, harmless, vote_emoji, vote_number

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-11-01", (2026, 11, 1)),
        ("1.11.2026", (2026, 11, 1)),
        ("01.12.2025", (2025, 12, 1)),
        ("yesterday", (2026, 11, 22)),
        ("Today", (2026, 11, 23)),
        ("last week", (2026, 11, 16)),
        ("3 days ago", (2026, 11, 20)),
        ("last month", (2026, 10, 1)),
        ("1 nov", (2026, 11, 1)),
    ],
)
def test_days_as_people_say_them(words, day):
    assert start_of_day(words, now=NOW) == datetime(*day, tzinfo=UTC)


def test_the_members_language_is_understood():
    assert start_of_day("gestern", locale="de", now=NOW) == datetime(2026, 11, 22, tzinfo=UTC)


def test_until_takes_in_the_whole_day():
    assert end_of_day("yesterday", now=NOW) == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("words", ["nonsense", "", "🧵", "x" * 500, "32.13.2026"])
def test_what_is_no_date_is_refused(words):
    with pytest.raises(RefusedError, match="2026-11-01"):
        start_of_day(words, now=NOW)


@pytest.mark.parametrize("emoji", ["1️⃣", "1\u20e3", "4️⃣"])
def test_keycaps_are_votes_in_both_spellings(emoji):
    assert vote_number(emoji) == int(emoji[0])


@pytest.mark.parametrize("emoji", ["👍", "5️⃣", "0️⃣", "1", "\u20e3", "11\u20e3", "party", ""])
def test_other_emoji_are_none(emoji):
    assert vote_number(emoji) is None


def test_every_vote_emoji_is_read_back():
    assert [vote_number(vote_emoji(number)) for number in range(1, 5)] == [1, 2, 3, 4]


def test_harmless_keeps_what_is_meant():
    assert harmless("Größe M, für Åsa 👩‍🎨") == "Größe M, für Åsa 👩‍🎨"


@pytest.mark.parametrize("evil", ["**b**", "`c`", "||s||", "[x](http://e.vil)", "<@1>", "@everyone", "a\nb", "\u202ex"])
def test_harmless_takes_the_sting_out(evil):
    shown = harmless(evil)
    assert shown != evil and "\n" not in shown and "\u202e" not in shown
    assert "@everyone" not in shown and "<@" not in shown and "](http://" not in shown


def test_harmless_is_short():
    assert len(harmless("a" * 999, 20)) == 20


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "a few seconds"), (12, "about 10 seconds"), (70, "about a minute"), (300, "about 5 minutes"), (9000, "hours")],
)
def test_durations_are_no_more_exact_than_they_are_known(seconds, words):
    assert words in duration(seconds)


def test_counted():
    assert (counted(1, "vote"), counted(2, "vote")) == ("1 vote", "2 votes")
