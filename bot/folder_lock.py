"""One assistant a data folder: two would answer everything twice."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

if sys.platform != "win32":
    import fcntl


_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""How systems say that another process holds a lock; anything else means that the folder cannot be locked at all."""


class FolderInUseError(Exception):
    """The folder is not this process's alone: another holds it, or it cannot be locked. Written for the operator."""


class FolderLock:
    """Holds a data folder for this process; the system lets go of it however the process ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "assistant.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            _lock(file)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            folder = self._path.parent
            if error.errno not in _HELD:
                raise FolderInUseError(
                    f"{folder} cannot be locked ({error.strerror}); choose a folder on a disk of this machine"
                ) from error
            raise FolderInUseError(
                f"{folder} is used by another running assistant (process {holder}); stop it first"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def _lock(file: IO[str]) -> None:
    """Take the lock or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
