"""One writer in order, readers beside it, nothing lost on the way out."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from storage import StorageClosedError, StorageUnavailableError
from storage.database import Database


def create(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY)")


def insert(number: int) -> object:
    return lambda connection: connection.execute("INSERT INTO numbers VALUES (?)", (number,)).rowcount


def numbers(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT number FROM numbers ORDER BY number")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some" / "folder" / "test.db"


async def test_writes_happen_on_the_writer_thread_in_order(path: Path) -> None:
    database = await Database.open(path, create)
    threads: list[str] = []
    order: list[int] = []

    def work(number: int) -> object:
        def write(connection: sqlite3.Connection) -> int:
            threads.append(threading.current_thread().name)
            order.append(number)
            return number

        return write

    assert await asyncio.gather(*(database.write(work(number)) for number in range(50))) == list(range(50))
    assert order == list(range(50)) and set(threads) == {"storage-writer"}
    assert (await database.read(lambda _: threading.current_thread().name)).startswith("storage-reader")
    await database.close()


async def test_a_failed_write_leaves_nothing_and_the_next_one_works(path: Path) -> None:
    database = await Database.open(path, create)

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers VALUES (1)")
        raise KeyError("half way")

    with pytest.raises(KeyError):
        await database.write(half)
    await database.write(insert(2))
    assert await database.read(numbers) == [2]
    await database.close()


async def test_closing_finishes_what_was_asked_for(path: Path) -> None:
    database = await Database.open(path, create)
    writes = [asyncio.ensure_future(database.write(insert(number))) for number in range(300)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*writes) == [1] * 300
    with pytest.raises(StorageClosedError):
        await database.write(insert(999))
    with pytest.raises(StorageClosedError):
        await database.read(numbers)
    await database.close()
    reopened = await Database.open(path, create)
    assert await reopened.read(numbers) == list(range(300))
    await reopened.close()


async def test_a_caller_that_stops_waiting_does_not_stop_the_write(path: Path) -> None:
    database = await Database.open(path, create)
    gate = threading.Event()
    blocked = asyncio.ensure_future(database.write(lambda _: gate.wait(10)))
    given_up = asyncio.ensure_future(database.write(insert(7)))
    await asyncio.sleep(0)
    given_up.cancel()
    gate.set()
    await blocked
    await database.write(insert(8))
    assert await database.read(numbers) == [7, 8]
    await database.close()


async def test_readers_go_on_while_one_writes_and_see_whole_states(path: Path) -> None:
    database = await Database.open(path, create)
    inserted, gate = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers VALUES (1)")
        inserted.set()
        gate.wait(10)

    write = asyncio.ensure_future(database.write(slow))
    await asyncio.to_thread(inserted.wait, 10)
    assert await asyncio.gather(*(database.read(numbers) for _ in range(20))) == [[]] * 20
    gate.set()
    await write
    assert await database.read(numbers) == [1]
    await database.close()


async def test_what_is_written_is_on_the_disk(path: Path) -> None:
    database = await Database.open(path, create)
    full = 2
    for ask in (database.read, database.write):
        assert await ask(lambda connection: connection.execute("PRAGMA synchronous").fetchone()[0]) == full
    await database.close()


async def test_readers_cannot_write(path: Path) -> None:
    database = await Database.open(path, create)
    with pytest.raises((sqlite3.OperationalError, StorageUnavailableError)):
        await database.read(insert(1))
    assert await database.read(numbers) == []
    await database.close()
