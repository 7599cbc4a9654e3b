"""Backups: a consistent copy of a data folder, made while others write, that can be checked at any time.

A backup is itself a data folder: the bot can be pointed at it, and `storage.restoring` puts it in the place of another.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.database import connect
from storage.errors import ImageMissingError, StorageUnavailableError
from storage.faults import explained, faults_of
from storage.images import find_picture, sync_folder
from storage.inspection import open_read_only
from storage.store import DATABASE_NAME, IMAGES_NAME

MANIFEST_NAME = "manifest.json"
_UNFINISHED_PREFIX = ".unfinished-"
_ABANDONED_SECONDS = 24 * 60 * 60.0
_REFERENCED = """
    SELECT garment_sha AS sha FROM jobs UNION SELECT style_sha FROM jobs UNION SELECT mask_sha FROM jobs
    UNION SELECT garment_sha FROM renders UNION SELECT style_sha FROM renders UNION SELECT mask_sha FROM renders
    UNION SELECT user_mask_sha FROM renders UNION SELECT image_sha FROM variants UNION SELECT image_sha FROM styles
"""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds.

    Attributes:
        folder: where it is.
        images: how many pictures it holds.
        missing: pictures that the database names but that were not in the data folder any more.
    """

    folder: Path
    images: int
    missing: tuple[str, ...]


def back_up(data: Path, to: Path) -> BackupReport:
    """Copy the database through SQLite's backup API, and the pictures it names by hard link or, failing that, by copy.

    Others may read and write meanwhile. The backup appears under its name only when it is whole and on the disk.

    Args:
        data: the data folder.
        to: the folder that gets a new folder `restyle-<date>-<time>`.

    Raises:
        StorageUnavailableError: there is no database, or the disk failed; no backup was made.
    """
    if not (data / DATABASE_NAME).is_file():
        raise StorageUnavailableError(f"There is no database in {data}, so there is nothing to back up.")
    name = f"restyle-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    unfinished = to / (_UNFINISHED_PREFIX + name)
    with explained(to):
        try:
            unfinished.mkdir(parents=True)
            _sweep(to)
            missing, images = _fill(data, unfinished)
            unfinished.rename(to / name)
            sync_folder(to)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return BackupReport(to / name, images, tuple(missing))


def verify(folder: Path) -> list[str]:
    """Return one sentence for each thing wrong with a backup; an empty list means that it can be restored."""
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text())
    except (OSError, ValueError):
        return [f"{folder} is no whole backup: its manifest cannot be read."]
    database = folder / DATABASE_NAME
    if not database.is_file() or file_digest(database) != manifest["database_sha256"]:
        return [f"{database} is missing or was changed after the backup."]
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        faults = faults_of(connection)
        known_missing = frozenset(manifest["missing"])
        return faults + [
            fault for sha in _referenced(connection, known_missing) if (fault := _picture_fault(folder, sha))
        ]


def missing_pictures(data: Path) -> list[str]:
    """Return the SHA-256 of every picture that the rows of a data folder name and its files lack."""
    missing = []
    with open_read_only(data / DATABASE_NAME) as connection:
        for sha in _referenced(connection):
            try:
                find_picture(data / IMAGES_NAME, sha)
            except ImageMissingError:
                missing.append(sha)
    return missing


def _sweep(to: Path) -> None:
    """Remove what a backup that was killed left behind; a young folder may be one that is being filled now."""
    for folder in to.glob(f"{_UNFINISHED_PREFIX}*"):
        with suppress(FileNotFoundError):  # another backup has just got its name
            if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _fill(data: Path, target: Path) -> tuple[list[str], int]:
    _copy_database(data / DATABASE_NAME, target / DATABASE_NAME)
    missing, images = [], 0
    with closing(sqlite3.connect(target / DATABASE_NAME)) as connection:
        for sha in _referenced(connection):
            try:
                picture = find_picture(data / IMAGES_NAME, sha)
                link_or_copy(picture, target / picture.relative_to(data))
                images += 1
            except ImageMissingError:
                missing.append(sha)
    _write_manifest(target, missing, images)
    return missing, images


def _copy_database(source: Path, target: Path) -> None:
    with closing(connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        # In one step: it reads one state of the write-ahead log, however much is written meanwhile.
        original.backup(copy, pages=-1)
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    sync_file(target)


def _referenced(connection: sqlite3.Connection, without: frozenset[str] = frozenset()) -> Iterator[str]:
    rows = connection.execute(f"SELECT sha FROM ({_REFERENCED}) WHERE sha IS NOT NULL")
    return (row[0] for row in rows if row[0] not in without)


def link_or_copy(picture: Path, copy: Path) -> None:
    """Give a picture a second name, or a second file where that cannot be; pictures never change in place."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(picture, copy)
    except OSError:
        # Another file system, or one without hard links.
        shutil.copyfile(picture, copy)
        sync_file(copy)


def _write_manifest(target: Path, missing: list[str], images: int) -> None:
    manifest = target / MANIFEST_NAME
    values = {
        "created_at": datetime.now(UTC).isoformat(),
        "database_sha256": file_digest(target / DATABASE_NAME),
        "images": images,
        "missing": missing,
    }
    manifest.write_text(json.dumps(values, indent=2) + "\n")
    sync_file(manifest)
    sync_folder(target)


def _picture_fault(folder: Path, sha: str) -> str | None:
    try:
        path = find_picture(folder / IMAGES_NAME, sha)
    except ImageMissingError as error:
        return str(error)
    return None if file_digest(path) == sha else f"The picture {path} is damaged."


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Flush a file to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
