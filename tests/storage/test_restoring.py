"""A restored backup is what it was, whatever state the data folder is in; the former database is kept aside."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage import StorageUnavailableError, Store
from storage.backup import back_up, missing_pictures
from storage.inspection import inspect
from storage.restoring import restore, restore_pictures
from storage.store import DATABASE_NAME
from tests.storage.conftest import GUILD, picture

KILLED_IN_MID_WRITE = """
import os, signal, sys
from pathlib import Path
from storage.database import connect

connection = connect(Path(sys.argv[1]))
connection.execute("PRAGMA wal_autocheckpoint = 0")
connection.execute("CREATE TABLE filler (bytes BLOB)")
for _ in range(500):
    connection.execute("INSERT INTO filler VALUES (randomblob(3000))")
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_in_mid_write(database: Path) -> None:
    """Leave a database as a bot does that is killed while it writes."""
    process = subprocess.run([sys.executable, "-c", KILLED_IN_MID_WRITE, str(database)], check=False)
    assert process.returncode == -signal.SIGKILL


async def keep_style(data: Path, name: str, colour: str) -> str:
    """Keep a style in a data folder and close it again."""
    async with await Store.open(data) as store:
        image = await store.images.put(picture(colour))
        await store.styles.save(GUILD, name, image.sha, 1)
        return image.sha


async def styles_in(data: Path) -> list[str]:
    async with await Store.open(data) as store:
        return [style.name for style in (await store.styles.page(GUILD)).styles]


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    await keep_style(tmp_path / "data", "kept", "red")
    return tmp_path / "data"


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    return back_up(data, tmp_path / "backups").folder


async def test_a_log_that_a_crash_left_is_not_played_into_the_restored_database(data: Path, backup: Path) -> None:
    killed_in_mid_write(data / DATABASE_NAME)
    assert (data / f"{DATABASE_NAME}-wal").stat().st_size > 1_000_000
    aside = restore(backup, data)
    assert inspect(data).faults == () and await styles_in(data) == ["kept"]
    # What was there is kept together, so that it can still be opened.
    assert aside is not None
    with closing(sqlite3.connect(aside / DATABASE_NAME)) as former:
        assert former.execute("SELECT count(*) FROM filler").fetchone() == (500,)


async def test_later_styles_are_gone_and_their_pictures_stay(data: Path, backup: Path) -> None:
    later = await keep_style(data, "later", "blue")
    restore(backup, data)
    assert await styles_in(data) == ["kept"]
    async with await Store.open(data) as store:
        assert await store.images.read(later, verify=True) == picture("blue")


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"broken")])
async def test_lost_and_damaged_pictures_come_back(data: Path, backup: Path, harm) -> None:
    (path,) = (data / "images").rglob("*.png")
    kept = path.read_bytes()
    path.unlink()
    if harm is not Path.unlink:
        harm(path)
    assert restore_pictures(backup, data) == 1 and restore_pictures(backup, data) == 0
    assert path.read_bytes() == kept and missing_pictures(data) == []


async def test_a_folder_that_holds_nothing_yet_can_be_restored_into(backup: Path, tmp_path: Path) -> None:
    assert restore(backup, tmp_path / "new") is None
    assert await styles_in(tmp_path / "new") == ["kept"] and missing_pictures(tmp_path / "new") == []


async def test_a_damaged_backup_changes_nothing(data: Path, backup: Path) -> None:
    (backup / DATABASE_NAME).write_bytes(b"")
    with pytest.raises(StorageUnavailableError, match="cannot be restored"):
        restore(backup, data)
    assert await styles_in(data) == ["kept"]


async def test_looking_into_a_database_changes_nothing(data: Path) -> None:
    with closing(sqlite3.connect(data / DATABASE_NAME)) as connection:
        # A database of the version before, under a bot of that version that runs.
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0003_style_use'")
        connection.execute("ALTER TABLE renders DROP COLUMN style_use")
        connection.commit()
    before = (data / DATABASE_NAME).read_bytes()
    assert inspect(data).faults == () and missing_pictures(data) == []
    assert (data / DATABASE_NAME).read_bytes() == before
