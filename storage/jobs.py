"""The queue: durable jobs, claimed under a lease, fair between members."""

from __future__ import annotations

from storage.database import Database
from storage.models import Job, NewJob, NewRender, QueueCounts, Render

MAX_ATTEMPTS = 3


class Jobs:
    """The jobs of all guilds.

    A job's row always says what to do next: queued jobs are to be claimed, running ones wait for their worker or the end of its
    lease, rendered ones are to be posted (`undelivered`), failed ones are to be told to the member (`unreported`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def submit(self, new: NewJob, cap: int) -> Job:
        """Queue a job.

        Args:
            new: what is asked for.
            cap: how many active jobs (queued or running, in all guilds) the member may have, this one included.

        Raises:
            TooManyJobsError: the member is at the cap.
        """
        raise NotImplementedError

    async def get(self, job_id: str) -> Job | None:
        """Return a job, or None when there is none of that id."""
        raise NotImplementedError

    async def claim(self, owner: str, lease_seconds: float) -> Job | None:
        """Take the job whose turn it is, or None when nothing waits.

        Also takes jobs whose lease has expired, before all others; each claim counts as an attempt.
        """
        raise NotImplementedError

    async def extend_lease(self, job_id: str, owner: str, lease_seconds: float) -> None:
        """Keep a running job for `lease_seconds` from now.

        Raises:
            LeaseLostError: stop the render; `error.job.status` says whether it was cancelled.
        """
        raise NotImplementedError

    async def complete(self, job_id: str, owner: str, render: NewRender) -> Render:
        """Write the render and its variants and move the job to rendered, in one transaction.

        Raises:
            LeaseLostError: nothing was written; `error.job.status` says whether it was cancelled.
        """
        raise NotImplementedError

    async def release(self, job_id: str, owner: str, reason: str) -> Job:
        """Give a running job back for another attempt; after the third it fails with that reason.

        Returns:
            The job, queued again or failed.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        raise NotImplementedError

    async def fail(self, job_id: str, owner: str, reason: str) -> Job:
        """End a running job that no further attempt can save; `reason` is one sentence for the member.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        raise NotImplementedError

    async def fail_exhausted(self) -> tuple[Job, ...]:
        """Fail the jobs whose last lease has expired after the third attempt, and return them.

        `claim` does it as well; either way they appear in `unreported`.
        """
        raise NotImplementedError

    async def cancel(self, job_id: str, by: int) -> Job | None:
        """Cancel a queued or running job on behalf of member `by`.

        A worker that runs it learns of it from `extend_lease` or `complete`.

        Returns:
            The cancelled job, or None when there is no such active job.
        """
        raise NotImplementedError

    async def position(self, job_id: str) -> int | None:
        """Return how many waiting jobs will be claimed before this one, or None when it does not wait."""
        raise NotImplementedError

    async def positions(self) -> dict[str, int]:
        """Return `position` of every waiting job by id, in the order in which they will be claimed."""
        raise NotImplementedError

    async def queued(self) -> tuple[Job, ...]:
        """Return the waiting jobs in the order in which they will be claimed."""
        raise NotImplementedError

    async def active(self, member_id: int) -> tuple[Job, ...]:
        """Return a member's queued and running jobs, oldest first."""
        raise NotImplementedError

    async def counts(self) -> QueueCounts:
        """Return how many jobs wait and how many run."""
        raise NotImplementedError

    async def recent_seconds(self, limit: int = 20) -> tuple[float, ...]:
        """Return from claim to rendered the wall time in seconds of the last jobs, newest first."""
        raise NotImplementedError

    async def set_progress_message(self, job_id: str, channel_id: int, message_id: int) -> None:
        """Remember the message that shows the job's progress.

        Raises:
            JobNotFoundError: there is no such job.
        """
        raise NotImplementedError

    async def mark_delivered(self, job_id: str, channel_id: int, message_id: int) -> Render:
        """Record the message a rendered job was posted as; doing it again with the same message changes nothing.

        Where the message carried another render before (mask correction in place), that render is superseded: it leaves
        the history, keeps its record and its votes, and names this one in `superseded_by`. The new one starts without votes.

        Raises:
            JobNotFoundError: there is no such job, or it is not rendered, or it was delivered as another message.
        """
        raise NotImplementedError

    async def undelivered(self) -> tuple[Job, ...]:
        """Return the rendered jobs that still have to be posted, oldest first; their renders are found by the same id."""
        raise NotImplementedError

    async def unreported(self) -> tuple[Job, ...]:
        """Return the failed jobs whose member was not told yet, oldest first."""
        raise NotImplementedError

    async def mark_reported(self, job_id: str) -> None:
        """Record that the member was told that the job failed."""
        raise NotImplementedError
