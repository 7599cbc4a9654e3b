"""Styles: images with a name in a guild."""

from __future__ import annotations

from storage.database import Database
from storage.models import Style, StylePage

MAX_NAME_LENGTH = 60
AUTOCOMPLETE_LIMIT = 25


class Styles:
    """The named styles of all guilds; names are unique in a guild whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, guild_id: int, name: str, image_sha: str, member_id: int, overwrite: bool = False) -> Style:
        """Keep an image under a name.

        Raises:
            InvalidStyleNameError: the name is empty or longer than 60 characters.
            StyleExistsError: the name is taken and `overwrite` is not set.
        """
        raise NotImplementedError

    async def get(self, guild_id: int, name: str) -> Style | None:
        """Return the style of that name, or None."""
        raise NotImplementedError

    async def page(self, guild_id: int, cursor: str | None = None, limit: int = 25) -> StylePage:
        """Return one page of a guild's styles by name.

        Raises:
            InvalidCursorError: the cursor is none of ours.
        """
        raise NotImplementedError

    async def search(self, guild_id: int, text: str, limit: int = AUTOCOMPLETE_LIMIT) -> tuple[Style, ...]:
        """Return at most 25 styles whose name contains the text, those that start with it first."""
        raise NotImplementedError

    async def delete(self, guild_id: int, name: str) -> bool:
        """Forget a style's name; its image and the renders made with it stay. False when there was none."""
        raise NotImplementedError
