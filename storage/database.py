"""One SQLite file for asyncio: a single writer thread, readers in threads, nothing on the event loop."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from storage.errors import StorageClosedError
from storage.faults import explained

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]

READERS = 4
BUSY_SECONDS = 10.0
CACHE_KIBIBYTES = 32_768


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection with the settings that all of storage relies on.

    Write-ahead logging lets readers go on while one writes. `synchronous = FULL` costs a fraction of a
    millisecond a write, and what a member was told survives a power cut. Transactions are begun and ended by hand
    (`isolation_level=None`).
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def in_transaction(connection: sqlite3.Connection, work: Work[Result], begin: str = "BEGIN IMMEDIATE") -> Result:
    """Do the work in one transaction: all of it or nothing."""
    connection.execute(begin)
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may already have ended the transaction.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


@dataclass(frozen=True, slots=True)
class _Order:
    """A piece of work for the writer, and where its result is awaited."""

    work: Work[Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]

    def settle(self, result: Any, error: BaseException | None) -> None:
        """Hand the outcome back to the loop that waits for it, if it still does."""
        try:
            self.loop.call_soon_threadsafe(self._settle_on_loop, result, error)
        except RuntimeError:
            logger.warning("A write finished after its event loop was closed", exc_info=error)

    def _settle_on_loop(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            if error:
                logger.error("A write failed whose caller had stopped waiting", exc_info=error)
        elif error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Database:
    """A SQLite database whose writes go through one thread in the order asked for, while readers work beside it.

    A write that was asked for is done even when the caller stops waiting for it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_until_closed, name="storage-writer", daemon=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._closed = False

    @classmethod
    async def open(cls, path: Path, prepare: Work[None]) -> Database:
        """Open the file, made where it is missing, and let `prepare` bring its tables up to date.

        Raises:
            StorageUnavailableError: it cannot be used; the message says why.
        """
        database = cls(path)
        await asyncio.to_thread(database._prepare, prepare)
        database._writer.start()
        return database

    async def write(self, work: Work[Result]) -> Result:
        """Do the work in one write transaction on the writer thread.

        Raises:
            StorageClosedError: the database was closed.
            StorageUnavailableError: the disk or the file failed; nothing was written.
        """
        self._refuse_when_closed()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._orders.put(_Order(work, loop, future))
        return await future

    async def read(self, work: Work[Result]) -> Result:
        """Do the work on a reader thread, on one consistent state of the database.

        Raises:
            StorageClosedError: the database was closed.
            StorageUnavailableError: the disk or the file failed.
        """
        self._refuse_when_closed()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        """Finish the queued writes and the running reads, then close; may be repeated."""
        if self._closed:
            return
        self._closed = True
        self._orders.put(None)
        await asyncio.to_thread(self._finish)

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StorageClosedError(f"{self.path} was closed.")

    def _prepare(self, prepare: Work[None]) -> None:
        with explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = connect(self.path)
            try:
                prepare(self._connection)
            except BaseException:
                self._connection.close()
                raise

    def _write_until_closed(self) -> None:
        while (order := self._orders.get()) is not None:
            try:
                with explained(self.path):
                    result = in_transaction(self._connection, order.work)
            except BaseException as error:
                order.settle(None, error)
            else:
                order.settle(result, None)
        self._connection.close()

    def _read(self, work: Work[Result]) -> Result:
        with explained(self.path):
            if not hasattr(self._local, "connection"):
                self._local.connection = connect(self.path)
                self._local.connection.execute("PRAGMA query_only = ON")
                self._connections.append(self._local.connection)
            return in_transaction(self._local.connection, work, begin="BEGIN")

    def _finish(self) -> None:
        self._readers.shutdown(wait=True)
        for connection in self._connections:
            connection.close()
        self._writer.join()
