"""The tables, version by version. A migration that was released is never changed; a change is a new migration."""

from __future__ import annotations

import sqlite3

import sqlite_utils
from sqlite_utils.migrations import Migrations

from storage import history
from storage.errors import StorageUnavailableError

NAMES = ("0001_tables", "0002_history_index", "0003_style_use")
migrations = Migrations("restyle")

_TABLES = (
    # The queue. `turn` is the virtual start time of start-time fair queueing, see `storage.turns`.
    """
    CREATE TABLE jobs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        guild_id INTEGER NOT NULL,
        channel_id INTEGER NOT NULL,
        member_id INTEGER NOT NULL,
        member_name TEXT NOT NULL,
        garment_sha TEXT NOT NULL,
        style_sha TEXT NOT NULL,
        mask_sha TEXT,
        mode TEXT NOT NULL,
        style_name TEXT,
        note TEXT NOT NULL,
        options TEXT NOT NULL,
        parent_id TEXT,
        replaces_message_id INTEGER,
        status TEXT NOT NULL
            CHECK (status IN ('queued', 'running', 'rendered', 'delivered', 'cancelled', 'failed')),
        turn INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        owner TEXT,
        lease_expires_at INTEGER,
        reason TEXT,
        cancelled_by INTEGER,
        reported INTEGER NOT NULL DEFAULT 0,
        progress_channel_id INTEGER,
        progress_message_id INTEGER,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER,
        delivered_at INTEGER,
        CHECK ((status = 'running') = (lease_expires_at IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX jobs_waiting ON jobs (turn, seq) WHERE status = 'queued'",
    "CREATE INDEX jobs_leased ON jobs (lease_expires_at) WHERE status = 'running'",
    "CREATE INDEX jobs_undelivered ON jobs (seq) WHERE status = 'rendered'",
    "CREATE INDEX jobs_unreported ON jobs (seq) WHERE status = 'failed' AND reported = 0",
    "CREATE INDEX jobs_claimed ON jobs (turn) WHERE attempts > 0",
    "CREATE INDEX jobs_of_member ON jobs (member_id, turn)",
    "CREATE INDEX jobs_finished ON jobs (finished_at)",
    # The history. `seq` grows with `created_at`, so that a range of dates is a range of rows.
    """
    CREATE TABLE renders (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        guild_id INTEGER NOT NULL,
        channel_id INTEGER NOT NULL,
        message_id INTEGER,
        member_id INTEGER NOT NULL,
        member_name TEXT NOT NULL,
        garment_sha TEXT NOT NULL,
        style_sha TEXT NOT NULL,
        user_mask_sha TEXT,
        mask_sha TEXT,
        mode TEXT NOT NULL,
        style_name TEXT,
        note TEXT NOT NULL,
        options TEXT NOT NULL,
        doubt TEXT,
        seconds REAL NOT NULL,
        parent_id TEXT,
        superseded_by TEXT,
        hidden INTEGER NOT NULL DEFAULT 0,
        hidden_by INTEGER,
        votes INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX renders_by_date ON renders (created_at)",
    "CREATE INDEX renders_by_votes ON renders (seq, votes)",
    # A message shows one render at a time.
    "CREATE UNIQUE INDEX renders_by_message ON renders (message_id) WHERE superseded_by IS NULL",
    """
    CREATE TABLE variants (
        render_seq INTEGER NOT NULL REFERENCES renders (seq),
        number INTEGER NOT NULL,
        image_sha TEXT NOT NULL,
        mode TEXT NOT NULL,
        scale REAL NOT NULL,
        angle REAL NOT NULL,
        seed INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        votes INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (render_seq, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE votes (
        render_seq INTEGER NOT NULL,
        number INTEGER NOT NULL,
        member_id INTEGER NOT NULL,
        cast_at INTEGER NOT NULL,
        PRIMARY KEY (render_seq, number, member_id),
        FOREIGN KEY (render_seq, number) REFERENCES variants (render_seq, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE styles (
        guild_id INTEGER NOT NULL,
        name_key TEXT NOT NULL,
        name TEXT NOT NULL,
        image_sha TEXT NOT NULL,
        member_id INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (guild_id, name_key)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE kept_filters (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)


@migrations(name=NAMES[0])
def _create_tables(database: sqlite_utils.Database) -> None:
    for statement in _TABLES:
        database.execute(statement)


@migrations(name=NAMES[1])
def _create_history_index(database: sqlite_utils.Database) -> None:
    history.create(database.conn)
    history.rebuild(database.conn)


@migrations(name=NAMES[2])
def _add_style_use(database: sqlite_utils.Database) -> None:
    database.execute("ALTER TABLE renders ADD COLUMN style_use TEXT NOT NULL DEFAULT 'whole'")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to this version, all pending migrations in one transaction; another process waits meanwhile.

    Raises:
        StorageUnavailableError: the database was made by a newer version.
    """
    database = sqlite_utils.Database(connection, execute_plugins=False)
    refuse_newer(database)
    if not migrations.pending(database):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(database)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def refuse_newer(database: sqlite_utils.Database) -> None:
    """Refuse a database with migrations that this version does not know; only reads.

    Raises:
        StorageUnavailableError: the database was made by a newer version.
    """
    unknown = sorted({migration.name for migration in migrations.applied(database)} - set(NAMES))
    if unknown:
        raise StorageUnavailableError(
            f"The database was made by a newer version of restyle ({', '.join(unknown)}); update restyle."
        )
