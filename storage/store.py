"""The facade: everything the bot remembers, in one folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from storage.images import Images
from storage.jobs import Jobs
from storage.renders import Renders
from storage.styles import Styles
from storage.votes import Votes

DATABASE_NAME = "restyle.db"
IMAGES_NAME = "images"


class Store:
    """Jobs, renders, votes, styles and images of one data folder.

    `async with await Store.open(folder) as store:` or `open` and `close`. Several processes may open the same folder.
    """

    jobs: Jobs
    renders: Renders
    votes: Votes
    styles: Styles
    images: Images

    @classmethod
    async def open(cls, folder: Path, clock: Callable[[], float] = time.time) -> Store:
        """Open the folder, made where it is missing, and bring its database to this version.

        Args:
            folder: the data folder.
            clock: seconds since the epoch; tests give their own.

        Raises:
            StorageUnavailableError: it cannot be used; the message says why.
        """
        raise NotImplementedError

    async def check(self) -> list[str]:
        """Return one sentence for each thing wrong with the database (SQLite's own integrity check); empty when sound."""
        raise NotImplementedError

    async def close(self) -> None:
        """Finish the queued writes and close; may be repeated."""
        raise NotImplementedError

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
