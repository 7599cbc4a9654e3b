"""Styles: images with a name in a guild."""

from __future__ import annotations

import base64
import binascii
import sqlite3
import time
import unicodedata
from collections.abc import Callable

from storage.database import Database
from storage.errors import InvalidCursorError, InvalidStyleNameError, StyleExistsError
from storage.models import Style, StylePage
from storage.rows import style_from

MAX_NAME_LENGTH = 60
AUTOCOMPLETE_LIMIT = 25


class Styles:
    """The named styles of all guilds; names are unique in a guild whatever their case."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def save(self, guild_id: int, name: str, image_sha: str, member_id: int, overwrite: bool = False) -> Style:
        """Keep an image under a name.

        Raises:
            InvalidStyleNameError: the name is empty or longer than 60 characters.
            StyleExistsError: the name is taken and `overwrite` is not set.
        """
        shown = clean_name(name)
        values = (guild_id, name_key(shown), shown, image_sha, member_id, round(self._clock() * 1000))

        def work(connection: sqlite3.Connection) -> Style:
            kept = _find(connection, guild_id, shown)
            if kept and not overwrite:
                raise StyleExistsError(kept)
            return style_from(
                connection.execute(
                    "INSERT OR REPLACE INTO styles (guild_id, name_key, name, image_sha, member_id, created_at) "
                    "VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
                    values,
                ).fetchone()
            )

        return await self._database.write(work)

    async def get(self, guild_id: int, name: str) -> Style | None:
        """Return the style of that name, or None."""
        return await self._database.read(lambda connection: _find(connection, guild_id, name))

    async def page(self, guild_id: int, cursor: str | None = None, limit: int = 25) -> StylePage:
        """Return one page of a guild's styles by name.

        A cursor carries the key of a name and is at most 100 bytes long for names in Latin letters.

        Raises:
            InvalidCursorError: the cursor is none of ours.
        """
        backward, edge = _parse_cursor(cursor)

        def work(connection: sqlite3.Connection) -> StylePage:
            keys = _keys(connection, guild_id, edge, backward, limit + 1)
            more, page = len(keys) > limit, keys[:limit]
            if backward:
                page.reverse()
            before = bool(page) and bool(_keys(connection, guild_id, page[0], True, 1))
            after = bool(page) and (bool(_keys(connection, guild_id, page[-1], False, 1)) if backward else more)
            return StylePage(
                tuple(style for key in page if (style := _find(connection, guild_id, key))),
                _cursor(page[-1], backward=False) if after else None,
                _cursor(page[0], backward=True) if before else None,
            )

        return await self._database.read(work)

    async def search(self, guild_id: int, text: str, limit: int = AUTOCOMPLETE_LIMIT) -> tuple[Style, ...]:
        """Return at most 25 styles whose name contains the text, those that start with it first."""
        wanted = name_key(text)

        def work(connection: sqlite3.Connection) -> tuple[Style, ...]:
            rows = connection.execute(
                "SELECT * FROM styles WHERE guild_id = ? AND instr(name_key, ?) > 0 "
                "ORDER BY instr(name_key, ?) > 1, name_key LIMIT ?",
                (guild_id, wanted, wanted, min(limit, AUTOCOMPLETE_LIMIT)),
            )
            return tuple(map(style_from, rows))

        return await self._database.read(work)

    async def delete(self, guild_id: int, name: str) -> bool:
        """Forget a style's name; its image and the renders made with it stay. False when there was none."""

        def work(connection: sqlite3.Connection) -> bool:
            return bool(
                connection.execute(
                    "DELETE FROM styles WHERE guild_id = ? AND name_key = ?", (guild_id, name_key(name))
                ).rowcount
            )

        return await self._database.write(work)


def clean_name(name: str) -> str:
    """Return the name as it is shown: composed Unicode, no control characters, single spaces.

    Raises:
        InvalidStyleNameError: nothing is left, or more than 60 characters.
    """
    composed = unicodedata.normalize("NFC", name)
    printable = "".join(" " if character.isspace() else character for character in composed)
    shown = " ".join("".join(c for c in printable if unicodedata.category(c)[0] != "C" or c == "\u200d").split())
    if not shown:
        raise InvalidStyleNameError("A style needs a name with at least one visible character.")
    if len(shown) > MAX_NAME_LENGTH:
        raise InvalidStyleNameError(f"A style's name can have at most {MAX_NAME_LENGTH} characters.")
    return shown


def name_key(name: str) -> str:
    """Return what two spellings of the same name have in common."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def _find(connection: sqlite3.Connection, guild_id: int, name: str) -> Style | None:
    row = connection.execute(
        "SELECT * FROM styles WHERE guild_id = ? AND name_key = ?", (guild_id, name_key(name))
    ).fetchone()
    return style_from(row) if row else None


def _keys(connection: sqlite3.Connection, guild_id: int, edge: str, backward: bool, limit: int) -> list[str]:
    comparison, direction = ("<", "DESC") if backward else (">", "ASC")
    rows = connection.execute(
        f"SELECT name_key FROM styles WHERE guild_id = ? AND name_key {comparison} ? "
        f"ORDER BY name_key {direction} LIMIT ?",
        (guild_id, edge, limit),
    )
    return [row["name_key"] for row in rows]


def _cursor(key: str, backward: bool) -> str:
    return ("p" if backward else "n") + base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _parse_cursor(text: str | None) -> tuple[bool, str]:
    if text is None:
        return False, ""
    try:
        key = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise InvalidCursorError(f"{text[:32]!r} is no page cursor.") from error
    if text[:1] not in ("n", "p"):
        raise InvalidCursorError(f"{text[:32]!r} is no page cursor.")
    return text[0] == "p", key
