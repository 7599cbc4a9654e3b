"""Faults of the disk and the database file, as one sentence for the operator."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import StorageError, StorageUnavailableError

_SQLITE_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_READONLY: "it is read-only; give this user the right to write there",
    sqlite3.SQLITE_PERM: "this user may not use it; give this user the right to read and write there",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that the folder exists and that this user may write there",
    sqlite3.SQLITE_IOERR: "reading or writing failed; check the disk and its free space",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database; restore it from a backup",
    sqlite3.SQLITE_BUSY: "another process keeps it locked; stop that process",
}
_SYSTEM_REASONS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EFBIG: "the file may not grow any further; check the file size limit",
    errno.EROFS: "it is read-only; give this user the right to write there",
    errno.EACCES: "this user may not use it; give this user the right to read and write there",
    errno.EPERM: "this user may not use it; give this user the right to read and write there",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "a file of that name is in the way",
    errno.EIO: "reading or writing failed; check the disk",
}
_PRIMARY_CODE = 0xFF


def explain(error: sqlite3.Error | OSError, place: Path) -> StorageError | None:
    """Return the error that says what is wrong with `place`, or None when it is a mistake in our own code."""
    if isinstance(error, OSError):
        reason = _SYSTEM_REASONS.get(error.errno or 0)
    else:
        reason = _SQLITE_REASONS.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE)
    return StorageUnavailableError(f"{place} cannot be used: {reason}.") if reason else None


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn faults of the disk and the database file under it into `StorageUnavailableError`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if explanation := explain(error, place):
            raise explanation from error
        raise


def faults_of(connection: sqlite3.Connection) -> list[str]:
    """Return one sentence for each thing wrong with a database (SQLite's own check); empty when sound."""
    found: list[str] = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    found += [f"A row of {row[0]} refers to a missing one." for row in connection.execute("PRAGMA foreign_key_check")]
    return [sentence for sentence in found if sentence != "ok"]
