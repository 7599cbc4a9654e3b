"""What can go wrong in storage; every message is one sentence that can be shown or logged as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.models import Job, Style


class StorageError(Exception):
    """Base of every error that storage raises on purpose."""


class StorageUnavailableError(StorageError):
    """The data folder cannot be used: disk full, read-only, missing rights, damaged, of a newer version."""


class StorageClosedError(StorageError):
    """The store was closed before this was asked of it."""


class TooManyJobsError(StorageError):
    """The member already has as many active jobs as the cap allows.

    Attributes:
        active: how many are queued or running now.
        cap: how many are allowed.
    """

    def __init__(self, active: int, cap: int) -> None:
        self.active = active
        self.cap = cap
        super().__init__(f"You already have {active} of at most {cap} renders waiting or running.")


class CorrectionPendingError(StorageError):
    """Another job that waits, runs or is not posted yet will replace the same message."""


class LeaseLostError(StorageError):
    """A write came from a worker that no longer holds the job.

    Attributes:
        job: the job as it is now (cancelled, failed, claimed by another, done), or None when there is no such job.
    """

    def __init__(self, job_id: str, job: Job | None) -> None:
        self.job = job
        state = f"is {job.status} now" if job else "does not exist"
        super().__init__(f"The lease on job {job_id} is lost: the job {state}.")


class JobNotFoundError(StorageError):
    """There is no such job, or not in the state that the call needs."""


class RenderNotFoundError(StorageError):
    """There is no such render (in this guild)."""


class InvalidCursorError(StorageError):
    """A page cursor was not made by this storage."""


class InvalidStyleNameError(StorageError):
    """A style's name is empty or too long."""


class StyleExistsError(StorageError):
    """The guild already has a style of that name.

    Attributes:
        style: the style that is there.
    """

    def __init__(self, style: Style) -> None:
        self.style = style
        super().__init__(f"There is already a style named “{style.name}”.")


class ImageError(StorageError):
    """Base of the image store's errors."""


class ImageMissingError(ImageError):
    """The image's file is not there."""


class ImageDamagedError(ImageError):
    """The file's bytes are not those that its SHA-256 names, or are no picture."""
