"""A database of an older version opens with everything it held; one of a newer version is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from storage import RenderFilter, RenderOrder, StorageUnavailableError, Store
from storage.database import connect
from storage.migrations import NAMES, migrations
from storage.store import DATABASE_NAME
from tests.storage.conftest import GUILD


def make_version_1(folder: Path) -> None:
    """Make a database before the history had its index, with two renders of which one is hidden."""
    folder.mkdir()
    with closing(connect(folder / DATABASE_NAME)) as connection:
        migrations.apply(sqlite_utils.Database(connection), stop_before=NAMES[1])
        for seq, note, hidden in ((1, "blue one", 0), (2, "blue two", 1), (3, "red three", 0)):
            connection.execute(
                "INSERT INTO renders (seq, id, guild_id, channel_id, member_id, member_name, garment_sha, style_sha, "
                "mode, note, options, seconds, votes, hidden, created_at) "
                "VALUES (?, ?, ?, 1, 1, 'M', 'a', 'b', 'auto', ?, '{}', 1.0, ?, ?, ?)",
                (seq, f"RENDER0{seq}", GUILD, note, 4 - seq, hidden, seq * 1000),
            )
            connection.execute("INSERT INTO variants VALUES (?, 1, 'c', 'paint', 1.0, 0.0, 1, 8, 8, ?)", (seq, 4 - seq))


async def test_an_older_database_is_brought_up_to_date_with_its_renders(tmp_path: Path) -> None:
    make_version_1(tmp_path / "data")
    async with await Store.open(tmp_path / "data") as store:
        newest = await store.renders.page(GUILD)
        assert [render.id for render in newest.renders] == ["RENDER03", "RENDER01"]
        best = await store.renders.page(GUILD, order=RenderOrder.VOTES)
        assert [render.id for render in best.renders] == ["RENDER01", "RENDER03"]
        found = await store.renders.page(GUILD, RenderFilter(words="blue", mode="paint"))
        assert [render.id for render in found.renders] == ["RENDER01"]
        assert {render.style_use for render in newest.renders} == {"whole"}
        assert await store.check() == []
    with closing(sqlite3.connect(tmp_path / "data" / DATABASE_NAME)) as connection:
        applied = [row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert applied == list(NAMES)


async def test_two_openers_of_an_older_database_do_not_migrate_it_twice(tmp_path: Path) -> None:
    make_version_1(tmp_path / "data")
    stores = await asyncio.gather(*(Store.open(tmp_path / "data") for _ in range(4)))
    for store in stores:
        assert len((await store.renders.page(GUILD)).renders) == 2
        await store.close()


async def test_a_failed_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_version_1(tmp_path / "data")

    def fail(_connection: sqlite3.Connection) -> None:
        raise KeyError("half way")

    monkeypatch.setattr("storage.history.rebuild", fail)
    with pytest.raises(KeyError):
        await Store.open(tmp_path / "data")
    monkeypatch.undo()
    async with await Store.open(tmp_path / "data") as store:
        assert len((await store.renders.page(GUILD)).renders) == 2


async def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    await (await Store.open(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('restyle', '9999_future', 'now')"
        )
    with pytest.raises(StorageUnavailableError, match="newer version of restyle"):
        await Store.open(tmp_path)


def test_every_migration_is_named() -> None:
    assert tuple(migration.name for migration in migrations.pending(sqlite_utils.Database(memory=True))) == NAMES
