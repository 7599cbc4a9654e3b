"""Votes: which members back which variants of a render, and the totals kept beside them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from storage import history
from storage.database import Database
from storage.errors import RenderNotFoundError
from storage.models import Tally

Change = Callable[[sqlite3.Connection, int], object]


class Votes:
    """The votes on all renders. Every call may be repeated: a vote cast twice is one vote."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def cast(self, message_id: int, number: int, member_id: int) -> Tally | None:
        """Count a member's vote for a variant of the render that the message shows; None when there is none such."""
        now = self._now()

        def change(connection: sqlite3.Connection, seq: int) -> None:
            connection.execute(
                "INSERT INTO votes (render_seq, number, member_id, cast_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (seq, number, member_id, now),
            )

        return await self._change_on_message(message_id, number, change)

    async def withdraw(self, message_id: int, number: int, member_id: int) -> Tally | None:
        """Take a member's vote back; None when the message shows no such variant."""

        def change(connection: sqlite3.Connection, seq: int) -> None:
            connection.execute(
                "DELETE FROM votes WHERE render_seq = ? AND number = ? AND member_id = ?", (seq, number, member_id)
            )

        return await self._change_on_message(message_id, number, change)

    async def clear(self, message_id: int) -> Tally | None:
        """Take back all votes on the render that the message shows; None when it shows none."""

        def change(connection: sqlite3.Connection, seq: int) -> None:
            connection.execute("DELETE FROM votes WHERE render_seq = ?", (seq,))

        return await self._change_on_message(message_id, None, change)

    async def clear_variant(self, message_id: int, number: int) -> Tally | None:
        """Take back all votes for one variant; None when the message shows no such variant."""

        def change(connection: sqlite3.Connection, seq: int) -> None:
            connection.execute("DELETE FROM votes WHERE render_seq = ? AND number = ?", (seq, number))

        return await self._change_on_message(message_id, number, change)

    async def replace_all(self, render_id: str, voters: Mapping[int, AbstractSet[int]]) -> Tally:
        """Make the votes of a render exactly `voters` (member ids by variant number); unknown numbers are ignored.

        Raises:
            RenderNotFoundError: there is no such render.
        """
        now = self._now()
        wanted = {(number, member_id) for number, members in voters.items() for member_id in members}

        def work(connection: sqlite3.Connection) -> Tally:
            row = _render(connection, "id = ?", render_id)
            if row is None:
                raise RenderNotFoundError(f"There is no render {render_id}.")
            return _recount(connection, row, changed=_replace(connection, row["seq"], wanted, now))

        return await self._database.write(work)

    async def tally(self, render_id: str) -> Tally | None:
        """Return the standing of a render (`changed` is False), or None when there is none."""

        def work(connection: sqlite3.Connection) -> Tally | None:
            row = _render(connection, "id = ?", render_id)
            return Tally(render_id, _counts(connection, row["seq"]), changed=False) if row else None

        return await self._database.read(work)

    async def voters(self, render_id: str) -> dict[int, frozenset[int]]:
        """Return the member ids by variant number, variants without votes included.

        Raises:
            RenderNotFoundError: there is no such render.
        """

        def work(connection: sqlite3.Connection) -> dict[int, frozenset[int]]:
            row = _render(connection, "id = ?", render_id)
            if row is None:
                raise RenderNotFoundError(f"There is no render {render_id}.")
            found: dict[int, set[int]] = {number: set() for number in _counts(connection, row["seq"])}
            for number, member_id in _votes(connection, row["seq"]):
                found[number].add(member_id)
            return {number: frozenset(members) for number, members in found.items()}

        return await self._database.read(work)

    def _now(self) -> int:
        return round(self._clock() * 1000)

    async def _change_on_message(self, message_id: int, number: int | None, change: Change) -> Tally | None:
        def work(connection: sqlite3.Connection) -> Tally | None:
            row = _render(connection, "message_id = ? AND superseded_by IS NULL", message_id)
            if row is None or (number is not None and number not in _counts(connection, row["seq"])):
                return None
            before = connection.total_changes
            change(connection, row["seq"])
            return _recount(connection, row, changed=connection.total_changes > before)

        return await self._database.write(work)


def _render(connection: sqlite3.Connection, condition: str, value: int | str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        f"SELECT seq, id, votes, hidden OR superseded_by IS NOT NULL AS absent FROM renders WHERE {condition}", (value,)
    ).fetchone()
    return row


def _counts(connection: sqlite3.Connection, seq: int) -> dict[int, int]:
    rows = connection.execute("SELECT number, votes FROM variants WHERE render_seq = ? ORDER BY number", (seq,))
    return {row["number"]: row["votes"] for row in rows}


def _votes(connection: sqlite3.Connection, seq: int) -> set[tuple[int, int]]:
    rows = connection.execute("SELECT number, member_id FROM votes WHERE render_seq = ?", (seq,))
    return {(row["number"], row["member_id"]) for row in rows}


def _replace(connection: sqlite3.Connection, seq: int, wanted: set[tuple[int, int]], now: int) -> bool:
    numbers = _counts(connection, seq).keys()
    wanted = {vote for vote in wanted if vote[0] in numbers}
    kept = _votes(connection, seq)
    connection.executemany(
        "DELETE FROM votes WHERE render_seq = ? AND number = ? AND member_id = ?",
        [(seq, *vote) for vote in kept - wanted],
    )
    connection.executemany(
        "INSERT INTO votes (render_seq, number, member_id, cast_at) VALUES (?, ?, ?, ?)",
        [(seq, *vote, now) for vote in wanted - kept],
    )
    return wanted != kept


def _recount(connection: sqlite3.Connection, render: sqlite3.Row, changed: bool) -> Tally:
    """Bring the kept totals and the order by votes in line with the votes."""
    seq = render["seq"]
    if changed:
        connection.execute(
            "UPDATE variants SET votes = (SELECT count(*) FROM votes v "
            "WHERE v.render_seq = variants.render_seq AND v.number = variants.number) WHERE render_seq = ?",
            (seq,),
        )
    counts = _counts(connection, seq)
    total = sum(counts.values())
    if total != render["votes"]:
        if not render["absent"]:
            history.move(connection, seq, total)
        connection.execute("UPDATE renders SET votes = ? WHERE seq = ?", (total, seq))
    return Tally(render["id"], counts, changed)
