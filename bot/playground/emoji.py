"""Which texts are a unicode emoji, and the one spelling a reaction is kept under."""

from __future__ import annotations

import re

_VARIATION = "\ufe0f"
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")
_SYMBOL = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_TAGS = "[\U000e0020-\U000e007f]*"
_ONE = f"{_SYMBOL}{_VARIATION}?[\U0001f3fb-\U0001f3ff]?{_TAGS}"
_EMOJI = re.compile(f"{_FLAG}|{_ONE}(?:\u200d{_ONE})*")


def normalize_emoji(text: str) -> str | None:
    """The emoji under its usual spelling, or None if the text is none (a guild's own emoji do not exist here)."""
    if _KEYCAP.fullmatch(text):
        return f"{text[0]}{_VARIATION}\u20e3"
    return text if _EMOJI.fullmatch(text) else None
