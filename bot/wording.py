"""Small pieces of text: durations, ordinals, and foreign words that must not break a message."""

from __future__ import annotations

import unicodedata

import discord

from gan.request import StyleUse

STYLE_USES: dict[str, str] = {
    StyleUse.INNER: "margins left out",
    StyleUse.CLOTH: "only the garment's cloth taken",
    StyleUse.MOTIF: "taken for a motif",
}
"""What to say where not all of a style image was laid as it is."""

_DIGIT_KEYCAP = "\u20e3"
_VARIATION_SELECTOR = "\ufe0f"
_JOINER = "\u200d"


def vote_emoji(number: int) -> str:
    """The keycap emoji of a variant: 1 → 1️⃣."""
    return f"{number}{_VARIATION_SELECTOR}{_DIGIT_KEYCAP}"


def vote_number(emoji: str) -> int | None:
    """The variant that an emoji stands for, or None. Clients send keycaps with and without U+FE0F."""
    plain = emoji.replace(_VARIATION_SELECTOR, "")
    if len(plain) == 2 and plain[0] in "1234" and plain[1] == _DIGIT_KEYCAP:
        return int(plain[0])
    return None


def harmless(text: str, limit: int = 300) -> str:
    """Foreign text in one line, without markdown, mentions, links or direction marks that disturb what follows."""
    visible = "".join(sign if sign == _JOINER or unicodedata.category(sign)[0] not in "CZ" else " " for sign in text)
    line = " ".join(visible.split())
    shortened = line if len(line) <= limit else f"{line[: limit - 1]}…"
    escaped = discord.utils.escape_markdown(shortened, ignore_links=False)
    return discord.utils.escape_mentions(escaped).replace("<", "‹").replace("://", ":\u200b//")


def duration(seconds: float) -> str:
    """A duration as a person says it, no more exact than it is known."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 55:
        return f"about {max(5, round(seconds / 5) * 5)} seconds"
    if seconds < 90:
        return "about a minute"
    if seconds < 3600 * 1.5:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"


def place_in_line(ahead: int) -> str:
    """A place in the queue: 0 ahead → next in line."""
    return "next in line" if ahead == 0 else f"{ahead} ahead in line"


def counted(number: int, singular: str) -> str:
    """A number with its noun: 1 vote, 2 votes."""
    return f"{number} {singular}" if number == 1 else f"{number} {singular}s"
