"""Trouble of this machine that passes by itself and is no job's fault: a full disk, a locked database."""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from gan.serving.pool import WorkerCrashedError
from storage import StorageUnavailableError

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
ROOM_FOR_RENDER = 256 * 1024 * 1024
"""Bytes that four large variants with their mask take, and some."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Outage:
    """One kind of trouble: logged when it begins and when it is over, waited out with pauses that grow to a minute."""

    def __init__(self, what: str, stopping: asyncio.Event) -> None:
        """Describe the trouble.

        Args:
            what: what does not work, for the log.
            stopping: ends every pause at once.
        """
        self._what = what
        self._stopping = stopping
        self._since: float | None = None

    async def wait(self, cause: str) -> None:
        """Wait before the next try."""
        now = asyncio.get_running_loop().time()
        if self._since is None:
            self._since = now
            log.error("%s (%s); trying again until it works, no job is lost", self._what, cause)
        pause = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, now - self._since))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause)

    def over(self) -> None:
        """It works again, or always did."""
        if self._since is not None:
            log.info("%s: that is over", self._what)
            self._since = None


async def is_outage(error: Exception, folder: Path) -> bool:
    """Whether an error is this machine's and not the job's.

    A worker that cannot write its pictures ends like one that crashed, so the disk itself is asked.

    Args:
        error: what an attempt ended with.
        folder: where the pictures are written.
    """
    if isinstance(error, StorageUnavailableError) or (isinstance(error, OSError) and error.errno in _NO_ROOM):
        return True
    return isinstance(error, OSError | WorkerCrashedError) and await fault_of(folder) is not None


async def fault_of(folder: Path) -> str | None:
    """Why a folder cannot take a render's pictures, or None when it can."""
    return await asyncio.to_thread(_fault_of, folder)


def _fault_of(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(1024 * 1024))
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}"
    return f"{folder} has only {free >> 20} MiB left" if free < ROOM_FOR_RENDER else None
