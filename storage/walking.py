"""Walks along the history's index: the keys of one page, in any filter and order.

A *key* is the rowid in the order's table: `seq` by time, `votes << 40 | seq` by votes (see `storage.history`).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from functools import cached_property

from storage.cursors import Cursor
from storage.history import SEQ_BITS, SEQ_MASK, TABLES, key_of
from storage.models import Audience, RenderFilter, RenderOrder
from storage.rows import to_milliseconds
from storage.terms import match_expression, terms_wanted

# So many entries of a range of dates are faster sorted by votes than looked for along the order by votes.
FEW = 1000
_FIRST, _LAST = 0, (1 << 63) - 1
_LAST_SEQ = SEQ_MASK


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a page, best first, and the cursors to its neighbours."""

    keys: list[int]
    next: Cursor | None
    previous: Cursor | None


@dataclass
class Walk:
    """One filter and order of a guild's history on one connection.

    Attributes:
        match: the full-text query.
        low: the first `seq` in the range of dates.
        high: the last `seq` in the range of dates.
        dated: whether the filter has a date at all.
        audience: who looks; None for somebody who may see everything.
    """

    connection: sqlite3.Connection
    order: RenderOrder
    match: str
    low: int
    high: int
    dated: bool
    audience: Audience | None = None

    def page(self, cursor: Cursor | None, limit: int) -> Keys:
        """Return the keys of the page at the cursor."""
        if cursor and cursor.backward:
            keys = self._ascending(cursor.key + 1, limit + 1)
            if len(keys) >= limit:
                page = keys[:limit][::-1]
                return Keys(page, self._cursor_after(page[-1]), self._cursor(page[0], len(keys) > limit, backward=True))
            # The way back ended early, for entries have gone: the first page, whole.
            cursor = None
        keys = self._descending(cursor.key - 1 if cursor else _LAST, limit + 1)
        page = keys[:limit]
        following = self._cursor(page[-1], len(keys) > limit, backward=False) if page else None
        return Keys(page, following, self._cursor_before(page[0] if page else cursor.key - 1) if cursor else None)

    def count(self, at_most: int) -> int:
        """Return how many entries match, counting no further than `at_most`."""
        table = TABLES[RenderOrder.NEWEST]
        count: int = self.connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {table} "
            f"WHERE {table} MATCH ? AND rowid BETWEEN ? AND ? {self._open(table)} LIMIT ?)",
            (self.match, self.low, self.high, *self._viewer, at_most),
        ).fetchone()[0]
        return count

    def _cursor(self, key: int, more: bool, backward: bool) -> Cursor | None:
        return Cursor(key, backward) if more else None

    def _cursor_after(self, key: int) -> Cursor | None:
        return self._cursor(key, bool(self._descending(key - 1, 1)), backward=False)

    def _cursor_before(self, key: int) -> Cursor | None:
        return self._cursor(key, bool(self._ascending(key + 1, 1)), backward=True)

    def _descending(self, end: int, limit: int) -> list[int]:
        return self._walk(_FIRST, end, "DESC", limit)

    def _ascending(self, start: int, limit: int) -> list[int]:
        return self._walk(start, _LAST, "ASC", limit)

    def _walk(self, start: int, end: int, direction: str, limit: int) -> list[int]:
        if self.order is RenderOrder.NEWEST:
            return self._along(RenderOrder.NEWEST, max(start, self.low), min(end, self.high), direction, limit)
        if not self.dated:
            return self._along(RenderOrder.VOTES, start, end, direction, limit)
        if len(self._some_by_votes) > FEW:
            return self._along_votes_in_range(start, end, direction, limit)
        return sorted((key for key in self._some_by_votes if start <= key <= end), reverse=direction == "DESC")[:limit]

    def _along(self, order: RenderOrder, start: int, end: int, direction: str, limit: int) -> list[int]:
        table = TABLES[order]
        rows = self.connection.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ? {self._open(table)} "
            f"ORDER BY rowid {direction} LIMIT ?",
            (self.match, start, end, *self._viewer, limit),
        )
        return [row[0] for row in rows]

    def _along_votes_in_range(self, start: int, end: int, direction: str, limit: int) -> list[int]:
        """Skip from one number of votes to the next: among equal votes, the range of dates is one range of keys."""
        keys: list[int] = []
        while len(keys) < limit and (edge := self._along(RenderOrder.VOTES, start, end, direction, 1)):
            votes = edge[0] >> SEQ_BITS
            first, last = max(start, key_of(votes, self.low)), min(end, key_of(votes, self.high))
            keys += self._along(RenderOrder.VOTES, first, last, direction, limit - len(keys))
            if direction == "DESC":
                end = key_of(votes, 0) - 1
            else:
                start = key_of(votes + 1, 0)
        return keys

    @cached_property
    def _some_by_votes(self) -> list[int]:
        """The keys by votes of the entries in the range; where they are more than `FEW`, of some of them."""
        table = TABLES[RenderOrder.NEWEST]
        rows = self.connection.execute(
            f"SELECT r.votes << {SEQ_BITS} | r.seq FROM (SELECT rowid FROM {table} "
            f"WHERE {table} MATCH ? AND rowid BETWEEN ? AND ? {self._open(table)} LIMIT ?) found "
            "CROSS JOIN renders r INDEXED BY renders_by_votes ON r.seq = found.rowid",
            (self.match, self.low, self.high, *self._viewer, FEW + 1),
        )
        return [row[0] for row in rows]

    def _open(self, table: str) -> str:
        """The condition that an entry is one which the viewer may see; its values are `_viewer`."""
        if not self._viewer:
            return ""
        return (
            f"AND EXISTS (SELECT 1 FROM renders o WHERE o.seq = {table}.rowid & {SEQ_MASK} "
            "AND (o.member_id = ? OR o.channel_id NOT IN (SELECT value FROM json_each(?))))"
        )

    @cached_property
    def _viewer(self) -> tuple[int | str, ...]:
        if self.audience is None or not self.audience.closed_channels:
            return ()
        return self.audience.member_id, json.dumps(sorted(self.audience.closed_channels))


def walk_of(
    connection: sqlite3.Connection,
    guild_id: int,
    where: RenderFilter,
    order: RenderOrder,
    audience: Audience | None = None,
) -> Walk:
    """Return the walk for a guild's filter and order, and for whoever looks."""
    return Walk(
        connection=connection,
        order=order,
        match=match_expression(terms_wanted(guild_id, where)),
        low=_first_since(connection, to_milliseconds(where.since)) if where.since else _FIRST,
        high=_last_until(connection, to_milliseconds(where.until)) if where.until else _LAST_SEQ,
        dated=bool(where.since or where.until),
        audience=audience,
    )


def _first_since(connection: sqlite3.Connection, since: int) -> int:
    row = connection.execute(
        "SELECT seq FROM renders WHERE created_at >= ? ORDER BY created_at, seq LIMIT 1", (since,)
    ).fetchone()
    return row[0] if row else _LAST_SEQ


def _last_until(connection: sqlite3.Connection, until: int) -> int:
    row = connection.execute(
        "SELECT seq FROM renders WHERE created_at < ? ORDER BY created_at DESC, seq DESC LIMIT 1", (until,)
    ).fetchone()
    return row[0] if row else -1
