import pytest

from bot.wording import counted, duration, harmless, vote_emoji, vote_number


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
