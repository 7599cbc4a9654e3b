"""Puts a backup in the place of a data folder's database.

Copying the file alone would not do: after a crash, the former database's log lies beside it, and SQLite would play it
into the restored file.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from storage.backup import file_digest, link_or_copy, sync_file, verify
from storage.errors import StorageUnavailableError
from storage.faults import explained
from storage.images import SUFFIXES, sync_folder
from storage.inspection import inspect
from storage.store import DATABASE_NAME, IMAGES_NAME

_DATABASE_FILES = (DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm")
"""The database, its log and the log's index. In this order: a database may lose its log, never a log its database."""


def restore(backup: Path, data: Path) -> Path | None:
    """Put a backup in the place of the data folder's database; nobody may use the folder meanwhile.

    The former database is moved aside, never overwritten, and pictures stay (see `restore_pictures`). It can be
    repeated at any time, also after it was killed.

    Args:
        backup: a folder that `back_up` made.
        data: the data folder.

    Returns:
        The folder with the former database and its log, or None when there was none.

    Raises:
        StorageUnavailableError: the backup is not whole, or the disk failed; the message says why.
    """
    restore_pictures(backup, data)
    with explained(data):
        copy = data / f".restored-{DATABASE_NAME}"
        shutil.copyfile(backup / DATABASE_NAME, copy)
        sync_file(copy)
        aside = _move_aside(data)
        copy.rename(data / DATABASE_NAME)
        sync_folder(data)
    if faults := inspect(data).faults:
        raise StorageUnavailableError(f"{data / DATABASE_NAME} was restored and is not sound: {faults[0]}")
    return aside


def restore_pictures(backup: Path, data: Path) -> int:
    """Bring the pictures that the data folder lacks, or whose bytes have changed; others may use it meanwhile.

    Returns:
        How many were brought.

    Raises:
        StorageUnavailableError: as `restore` does.
    """
    if faults := verify(backup):
        raise StorageUnavailableError(f"{backup} cannot be restored: {faults[0]}")
    with explained(data):
        return sum(_bring_picture(path, data / path.relative_to(backup)) for path in _pictures_of(backup))


def _pictures_of(backup: Path) -> list[Path]:
    return [path for path in (backup / IMAGES_NAME).rglob("*") if path.suffix in SUFFIXES.values() and path.is_file()]


def _bring_picture(picture: Path, place: Path) -> bool:
    """Give the data folder a picture of the backup; False when it has it already."""
    if place.exists() and (place.samefile(picture) or file_digest(place) == picture.stem):
        return False
    place.unlink(missing_ok=True)
    link_or_copy(picture, place)
    return True


def _move_aside(data: Path) -> Path | None:
    """Move the former database and what belongs to it into a folder beside it; None when there is none of them."""
    former = [path for name in _DATABASE_FILES if (path := data / name).exists()]
    if not former:
        return None
    aside = data / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    aside.mkdir()
    for path in former:
        path.rename(aside / path.name)
    return aside
