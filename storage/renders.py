"""The history: a guild's renders, paged by keyset in any filter and order."""

from __future__ import annotations

from datetime import datetime

from storage.database import Database
from storage.models import Render, RenderFilter, RenderOrder, RenderPage

PAGE_LIMIT = 25


class Renders:
    """The renders of all guilds; a guild sees its own only.

    A correction that re-renders in place is a new render with `parent_id`, posted on the same message: the former one is then
    superseded and out of the history, its record stays.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, guild_id: int, render_id: str) -> Render | None:
        """Return a guild's render (hidden and superseded ones too), or None."""
        raise NotImplementedError

    async def by_message(self, message_id: int) -> Render | None:
        """Return the render that a message shows now, or None when it shows none."""
        raise NotImplementedError

    async def delivered_since(self, since: datetime, limit: int = 1000) -> tuple[Render, ...]:
        """Return the visible renders of all guilds that were posted since a time, newest first (to reconcile votes)."""
        raise NotImplementedError

    async def page(
        self,
        guild_id: int,
        where: RenderFilter | None = None,
        order: RenderOrder = RenderOrder.NEWEST,
        cursor: str | None = None,
        limit: int = 10,
    ) -> RenderPage:
        """Return one page of a guild's visible renders.

        Args:
            guild_id: whose history.
            where: which renders; None for all.
            order: how they are sorted; equal votes are sorted newest first.
            cursor: a page's `next` or `previous`, given with the same filter and order; None for the first page.
            limit: entries on a page, 1 to 25.

        Raises:
            InvalidCursorError: the cursor is none of ours.
        """
        raise NotImplementedError

    async def count(self, guild_id: int, where: RenderFilter | None = None, at_most: int = 1000) -> int:
        """Return how many visible renders match, counting no further than `at_most`."""
        raise NotImplementedError

    async def keep_filter(self, where: RenderFilter, order: RenderOrder) -> str:
        """Keep a filter and an order under a short key, so that a button can name them for ever.

        Returns:
            Ten characters; the same filter and order always get the same key.
        """
        raise NotImplementedError

    async def kept_filter(self, key: str) -> tuple[RenderFilter, RenderOrder] | None:
        """Return what `keep_filter` kept, or None for an unknown key."""
        raise NotImplementedError

    async def hide(self, guild_id: int, render_id: str, by: int | None) -> bool:
        """Take a render out of the history; record, votes and pictures stay.

        Args:
            guild_id: the guild it belongs to.
            render_id: which render.
            by: the member who did it, or None when only the message's deletion is known.

        Returns:
            Whether it was visible until now.

        Raises:
            RenderNotFoundError: the guild has no such render.
        """
        raise NotImplementedError

    async def hide_message(self, message_id: int) -> bool:
        """Hide the render that a message shows, because the message was deleted; False when it shows none."""
        raise NotImplementedError
