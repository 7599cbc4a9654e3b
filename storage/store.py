"""The facade: everything the bot remembers, in one folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from storage.database import Database
from storage.faults import faults_of
from storage.images import Images
from storage.jobs import MAX_ATTEMPTS, Jobs
from storage.migrations import migrate
from storage.renders import Renders
from storage.styles import Styles
from storage.votes import Votes

DATABASE_NAME = "restyle.db"
IMAGES_NAME = "images"


class Store:
    """Jobs, renders, votes, styles and images of one data folder.

    `async with await Store.open(folder) as store:` or `open` and `close`. Several processes may open the same folder.
    """

    def __init__(self, database: Database, images: Images, clock: Callable[[], float], max_attempts: int) -> None:
        self._database = database
        self.images = images
        self.jobs = Jobs(database, clock, max_attempts)
        self.renders = Renders(database)
        self.votes = Votes(database, clock)
        self.styles = Styles(database, clock)

    @classmethod
    async def open(
        cls, folder: Path, clock: Callable[[], float] = time.time, max_attempts: int = MAX_ATTEMPTS
    ) -> Store:
        """Open the folder, made where it is missing, and bring its database to this version.

        Args:
            folder: the data folder.
            clock: seconds since the epoch; tests give their own.
            max_attempts: how often a job is claimed before it fails.

        Raises:
            StorageUnavailableError: it cannot be used; the message says why.
        """
        images = Images(folder / IMAGES_NAME)
        await images.open()
        return cls(await Database.open(folder / DATABASE_NAME, migrate), images, clock, max_attempts)

    async def check(self) -> list[str]:
        """Return one sentence for each thing wrong with the database; empty when sound."""
        return await self._database.read(faults_of)

    async def close(self) -> None:
        """Finish the queued writes and close; may be repeated."""
        await self._database.close()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
