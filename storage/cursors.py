"""Page cursors: a direction and the key of the entry at the page's edge, as a short ASCII word."""

from __future__ import annotations

from dataclasses import dataclass

from storage.errors import InvalidCursorError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_KEY = (1 << 63) - 1
_FORWARD, _BACKWARD = "n", "p"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after the entry `key`, or, going backward, before it."""

    key: int
    backward: bool

    def __str__(self) -> str:
        digits, rest = "", self.key
        while rest or not digits:
            rest, digit = divmod(rest, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        return (_BACKWARD if self.backward else _FORWARD) + digits


def parse_cursor(text: str | None) -> Cursor | None:
    """Read a cursor's text; None stands for the first page.

    Raises:
        InvalidCursorError: the text is no cursor.
    """
    if text is None:
        return None
    direction, digits = text[:1], text[1:]
    known = direction in (_FORWARD, _BACKWARD) and 0 < len(digits) <= 13 and all(digit in _DIGITS for digit in digits)
    if not direction or not known or (key := int(digits, len(_DIGITS))) > _MAX_KEY:
        raise InvalidCursorError(f"{text[:32]!r} is no page cursor.")
    return Cursor(key, backward=direction == _BACKWARD)
