"""Looks into a data folder without changing it: not its tables, not its log, whoever uses it meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlite_utils

from storage.database import BUSY_SECONDS
from storage.faults import explained, faults_of
from storage.migrations import refuse_newer
from storage.store import DATABASE_NAME


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a database holds, and in what state it is.

    Attributes:
        faults: one sentence for each thing wrong with it (SQLite's own check); empty when sound.
        queued: jobs that wait.
        running: jobs that are being rendered.
        undelivered: jobs that are rendered and not yet posted.
    """

    faults: tuple[str, ...]
    queued: int
    running: int
    undelivered: int


def inspect(data: Path) -> Inspection:
    """Look into the database of a data folder.

    Raises:
        StorageUnavailableError: it cannot be read, or a newer version made it.
    """
    with open_read_only(data / DATABASE_NAME) as connection:
        refuse_newer(sqlite_utils.Database(connection, execute_plugins=False))
        faults = faults_of(connection)
        counts = dict(connection.execute("SELECT status, count(*) FROM jobs GROUP BY status").fetchall())
    return Inspection(
        tuple(faults), counts.get("queued", 0), counts.get("running", 0), undelivered=counts.get("rendered", 0)
    )


@contextmanager
def open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database file that nothing is to be written to, not even what is still in its log.

    Raises:
        StorageUnavailableError: it cannot be read; the message says why.
    """
    with (
        explained(path),
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection,
    ):
        yield connection
