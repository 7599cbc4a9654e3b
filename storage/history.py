"""The inverted index of the history: SQLite FTS5 tables that are read off in the order of their rowids.

Two tables hold the same terms (`storage.terms`) and differ in the rowid: in `history_by_time` it is the render's
`seq`, in `history_by_votes` it is `votes << 40 | seq`. So a page in either order, whatever the filter, is one walk
along lists that are already sorted, from the cursor on (`storage.walking`); nothing is counted, sorted or skipped, and
a deep page costs what the first one costs.

The tables keep no text (`content=''`) and no positions (`detail=none`). To take a render out, its terms are given
again.
"""

from __future__ import annotations

import sqlite3
from operator import itemgetter

from storage.models import RenderOrder
from storage.terms import Indexed, terms_of

SEQ_BITS = 40
SEQ_MASK = (1 << SEQ_BITS) - 1
TABLES = {RenderOrder.NEWEST: "history_by_time", RenderOrder.VOTES: "history_by_votes"}

_BATCH = 20_000
# Terms are split at spaces only: letters beyond ASCII always belong to a term, these signs do as well.
_TOKENIZER = "ascii tokenchars '':_''"
_SELECT_INDEXED = """
    SELECT r.seq, r.votes, r.guild_id, r.member_id, r.style_name, r.style_sha, r.garment_sha, r.note,
        r.mode || ' ' || coalesce(
            (SELECT group_concat(v.mode, ' ') FROM variants v WHERE v.render_seq = r.seq), '') AS modes
    FROM renders r
"""


def create(connection: sqlite3.Connection) -> None:
    """Create the empty index."""
    for table in TABLES.values():
        connection.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5("
            f"terms, content='', detail=none, columnsize=0, tokenize='{_TOKENIZER}')"
        )
        # Every vote and render writes a small segment, and every page looks into all of them: merge them eagerly.
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('automerge', 2)")


def rebuild(connection: sqlite3.Connection) -> None:
    """Index every visible render of an index that is empty."""
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM renders").fetchone()[0]
    for start in range(1, last + 1, _BATCH):
        add_many(connection, start, min(start + _BATCH - 1, last))


def add_many(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Index the visible renders of a range that is not indexed yet."""
    rows = connection.execute(
        f"{_SELECT_INDEXED} WHERE r.seq BETWEEN ? AND ? AND r.hidden = 0 AND r.superseded_by IS NULL", (first, last)
    )
    entries = [(row["seq"], key_of(row["votes"], row["seq"]), _terms(row)) for row in rows]
    # In the order of the rowids: FTS5 writes its buffer out at every step back.
    for seq, _, terms in sorted(entries):
        _put(connection, RenderOrder.NEWEST, seq, terms)
    for _, key, terms in sorted(entries, key=itemgetter(1)):
        _put(connection, RenderOrder.VOTES, key, terms)


def key_of(votes: int, seq: int) -> int:
    """Return the rowid of a render in `history_by_votes`."""
    return votes << SEQ_BITS | seq


def add(connection: sqlite3.Connection, seq: int) -> None:
    """Put a render into the index."""
    row = _read(connection, seq)
    _put(connection, RenderOrder.NEWEST, seq, _terms(row))
    _put(connection, RenderOrder.VOTES, key_of(row["votes"], seq), _terms(row))


def remove(connection: sqlite3.Connection, seq: int) -> None:
    """Take a visible render out of the index."""
    row = _read(connection, seq)
    _delete(connection, RenderOrder.NEWEST, seq, _terms(row))
    _delete(connection, RenderOrder.VOTES, key_of(row["votes"], seq), _terms(row))


def move(connection: sqlite3.Connection, seq: int, votes: int) -> None:
    """Move a visible render in the order by votes from the votes that its row has now to `votes`."""
    row = _read(connection, seq)
    _delete(connection, RenderOrder.VOTES, key_of(row["votes"], seq), _terms(row))
    _put(connection, RenderOrder.VOTES, key_of(votes, seq), _terms(row))


def _read(connection: sqlite3.Connection, seq: int) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute(f"{_SELECT_INDEXED} WHERE r.seq = ?", (seq,)).fetchone()
    return row


def _terms(row: sqlite3.Row) -> str:
    return terms_of(
        Indexed(
            guild_id=row["guild_id"],
            member_id=row["member_id"],
            modes=frozenset(row["modes"].split()),
            style_name=row["style_name"],
            style_sha=row["style_sha"],
            garment_sha=row["garment_sha"],
            note=row["note"],
        )
    )


def _put(connection: sqlite3.Connection, order: RenderOrder, rowid: int, terms: str) -> None:
    connection.execute(f"INSERT INTO {TABLES[order]} (rowid, terms) VALUES (?, ?)", (rowid, terms))


def _delete(connection: sqlite3.Connection, order: RenderOrder, rowid: int, terms: str) -> None:
    table = TABLES[order]
    connection.execute(f"INSERT INTO {table} ({table}, rowid, terms) VALUES ('delete', ?, ?)", (rowid, terms))
