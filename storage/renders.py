"""The history: a guild's renders, paged by keyset in any filter and order."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import sqlite3
from dataclasses import fields
from datetime import datetime, timedelta

from storage.cursors import parse_cursor
from storage.database import Database
from storage.errors import RenderNotFoundError
from storage.history import SEQ_MASK
from storage.models import Audience, Render, RenderFilter, RenderOrder, RenderPage
from storage.recording import hide_render
from storage.rows import renders_from, to_milliseconds
from storage.walking import walk_of

logger = logging.getLogger(__name__)

PAGE_LIMIT = 25
_KEY_BYTES = 8
_TOLERATED = timedelta(hours=1)


class Renders:
    """The renders of all guilds; a guild sees its own only.

    A correction that re-renders in place is a new render with `parent_id`, posted on the same message: the former one
    is then superseded and out of the history, its record stays.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, guild_id: int, render_id: str) -> Render | None:
        """Return a guild's render (hidden and superseded ones too), or None."""
        return await self._find("guild_id = ? AND id = ?", guild_id, render_id)

    async def by_message(self, message_id: int) -> Render | None:
        """Return the render that a message shows now (hidden or not), or None when it shows none."""
        return await self._find("message_id = ? AND superseded_by IS NULL", message_id)

    async def delivered_since(self, since: datetime, limit: int = 1000) -> tuple[Render, ...]:
        """Return the visible, posted renders of all guilds since a time, newest first (to reconcile votes)."""
        values = (to_milliseconds(since), limit)

        def work(connection: sqlite3.Connection) -> tuple[Render, ...]:
            rows = connection.execute(
                "SELECT * FROM renders WHERE created_at >= ? AND message_id IS NOT NULL "
                "AND hidden = 0 AND superseded_by IS NULL ORDER BY created_at DESC, seq DESC LIMIT ?",
                values,
            )
            return renders_from(connection, rows)

        return await self._database.read(work)

    async def page(
        self,
        guild_id: int,
        where: RenderFilter | None = None,
        order: RenderOrder = RenderOrder.NEWEST,
        cursor: str | None = None,
        limit: int = 10,
        audience: Audience | None = None,
    ) -> RenderPage:
        """Return one page of a guild's visible renders.

        Args:
            guild_id: whose history.
            where: which renders; None for all.
            order: how they are sorted; equal votes are sorted newest first.
            cursor: a page's `next` or `previous`, given with the same filter and order; None for the first page.
            limit: entries on a page, 1 to 25.
            audience: who looks; None for somebody who may see everything.

        Raises:
            InvalidCursorError: the cursor is none of ours.
        """
        start = parse_cursor(cursor)
        size = min(max(limit, 1), PAGE_LIMIT)

        def work(connection: sqlite3.Connection) -> RenderPage:
            found = walk_of(connection, guild_id, where or RenderFilter(), order, audience).page(start, size)
            return RenderPage(
                _renders_in_order(connection, [key & SEQ_MASK for key in found.keys]),
                str(found.next) if found.next else None,
                str(found.previous) if found.previous else None,
            )

        return await self._database.read(work)

    async def count(
        self, guild_id: int, where: RenderFilter | None = None, at_most: int = 1000, audience: Audience | None = None
    ) -> int:
        """Return how many visible renders match, counting no further than `at_most`."""

        def work(connection: sqlite3.Connection) -> int:
            walk = walk_of(connection, guild_id, where or RenderFilter(), RenderOrder.NEWEST, audience)
            return walk.count(at_most)

        return await self._database.read(work)

    async def keep_filter(self, where: RenderFilter, order: RenderOrder) -> str:
        """Keep a filter and an order under a short key, so that a button can name them for ever.

        Returns:
            13 characters; the same filter and order always get the same key.
        """
        value = _filter_to_json(where, order)
        digest = hashlib.sha256(value.encode()).digest()[:_KEY_BYTES]
        key = base64.b32encode(digest).decode().rstrip("=").lower()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO kept_filters (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value)
            )

        await self._database.write(work)
        return key

    async def kept_filter(self, key: str) -> tuple[RenderFilter, RenderOrder] | None:
        """Return what `keep_filter` kept, or None for an unknown key."""

        def work(connection: sqlite3.Connection) -> tuple[RenderFilter, RenderOrder] | None:
            row = connection.execute("SELECT value FROM kept_filters WHERE key = ?", (key,)).fetchone()
            return _filter_from_json(row["value"]) if row else None

        return await self._database.read(work)

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

        def work(connection: sqlite3.Connection) -> bool:
            row = connection.execute(
                "SELECT * FROM renders WHERE guild_id = ? AND id = ?", (guild_id, render_id)
            ).fetchone()
            if row is None:
                raise RenderNotFoundError(f"There is no render {render_id} here.")
            return hide_render(connection, row, by)

        return await self._database.write(work)

    async def hide_message(self, message_id: int) -> bool:
        """Hide the render that a message shows, because the message was deleted; False when it shows none."""

        def work(connection: sqlite3.Connection) -> bool:
            row = connection.execute(
                "SELECT * FROM renders WHERE message_id = ? AND superseded_by IS NULL", (message_id,)
            ).fetchone()
            return row is not None and hide_render(connection, row, by=None)

        return await self._database.write(work)

    async def bring_back_from_future(self, now: datetime) -> int:
        """Date renders that claim to be of a later time as of now, and return how many they were.

        A clock that was far ahead once would otherwise date every later render: they keep the order of their making.

        Args:
            now: the time by a clock that can be trusted.
        """
        values = {"now": to_milliseconds(now), "limit": to_milliseconds(now + _TOLERATED)}

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute("UPDATE renders SET created_at = :now WHERE created_at > :limit", values).rowcount

        if moved := await self._database.write(work):
            logger.warning("%d renders were dated in the future; they are dated now", moved)
        return moved

    async def _find(self, condition: str, *values: int | str) -> Render | None:
        def work(connection: sqlite3.Connection) -> Render | None:
            rows = connection.execute(f"SELECT * FROM renders WHERE {condition}", values)
            return next(iter(renders_from(connection, rows)), None)

        return await self._database.read(work)


def _renders_in_order(connection: sqlite3.Connection, seqs: list[int]) -> tuple[Render, ...]:
    marks = ",".join("?" * len(seqs))
    rows = {row["seq"]: row for row in connection.execute(f"SELECT * FROM renders WHERE seq IN ({marks})", seqs)}
    return renders_from(connection, [rows[seq] for seq in seqs])


def _filter_to_json(where: RenderFilter, order: RenderOrder) -> str:
    values = {field.name: getattr(where, field.name) for field in fields(where)}
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }
    return json.dumps({**plain, "order": str(order)}, sort_keys=True)


def _filter_from_json(text: str) -> tuple[RenderFilter, RenderOrder]:
    values = json.loads(text)
    order = RenderOrder(values.pop("order"))
    dates = {name: datetime.fromisoformat(values[name]) for name in ("since", "until") if name in values}
    return RenderFilter(**{**values, **dates}), order
