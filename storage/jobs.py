"""The queue: durable jobs, claimed under a lease (`storage.leases`), fair between members (`storage.turns`)."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection
from datetime import datetime

from storage import leases, turns
from storage.database import Database
from storage.errors import JobNotFoundError
from storage.models import Job, NewJob, NewRender, QueueCounts, Render
from storage.recording import deliver_render, insert_render
from storage.rows import job_from, to_milliseconds

MAX_ATTEMPTS = 3


class Jobs:
    """The jobs of all guilds.

    A job's row always says what to do next: queued jobs are to be claimed, running ones wait for their worker or the
    end of their lease, rendered ones are to be posted (`undelivered`), failed ones are to be told to the member
    (`unreported`). An owner is any name that no other claiming process uses at the same time.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time, max_attempts: int = MAX_ATTEMPTS
    ) -> None:
        self._database = database
        self._clock = clock
        self._max_attempts = max_attempts

    async def submit(self, new: NewJob, cap: int) -> Job:
        """Queue a job.

        Args:
            new: what is asked for.
            cap: how many active jobs (queued or running, in all guilds) the member may have, this one included.

        Raises:
            TooManyJobsError: the member is at the cap.
            CorrectionPendingError: another job is to replace the same message.
        """
        now = self._now()
        return await self._database.write(lambda connection: turns.submit(connection, new, cap, now))

    async def get(self, job_id: str) -> Job | None:
        """Return a job, or None when there is none of that id."""
        return await self._database.read(lambda connection: leases.find(connection, job_id))

    async def claim(self, owner: str, lease_seconds: float, at_work: Collection[str] = ()) -> Job | None:
        """Take the job whose turn it is, or None when nothing waits.

        Also takes jobs whose lease has expired, before all others; each claim counts as an attempt.

        Args:
            owner: who takes it.
            lease_seconds: for how long.
            at_work: ids that the owner is known to work on. Their leases may look expired when the clock was set or
                the machine slept; they are not claimed.
        """
        now = self._now()
        values: leases.Values = {
            "owner": owner,
            "now": now,
            "lease_end": now + _milliseconds(lease_seconds),
            "max_attempts": self._max_attempts,
            "at_work": json.dumps(list(at_work)),
        }
        return await self._database.write(lambda connection: turns.claim(connection, values))

    async def extend_lease(self, job_id: str, owner: str, lease_seconds: float) -> None:
        """Keep a running job for `lease_seconds` from now.

        Raises:
            LeaseLostError: stop the render; `error.job.status` says whether it was cancelled.
        """
        lease_end = self._now() + _milliseconds(lease_seconds)
        await self._change_held(job_id, owner, leases.EXTENDED, lease_end=lease_end)

    async def complete(self, job_id: str, owner: str, render: NewRender) -> Render:
        """Write the render and its variants and move the job to rendered, in one transaction.

        Raises:
            LeaseLostError: nothing was written; `error.job.status` says whether it was cancelled.
        """
        now = self._now()

        def work(connection: sqlite3.Connection) -> Render:
            job = leases.change_held(connection, job_id, owner, leases.RENDERED, {"now": now})
            return insert_render(connection, job, render)

        return await self._database.write(work)

    async def release(self, job_id: str, owner: str, reason: str) -> Job:
        """Give a running job back for another attempt; after the last one allowed it fails with that reason.

        Returns:
            The job, queued again or failed.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        return await self._change_held(job_id, owner, leases.RELEASED, reason=reason, max_attempts=self._max_attempts)

    async def put_back(self, job_id: str, owner: str) -> Job:
        """Queue a running job again as if it had never been claimed, because its holder stops in order.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        return await self._change_held(job_id, owner, leases.PUT_BACK)

    async def release_others(self, owner: str, reason: str) -> tuple[Job, ...]:
        """Give back every running job that somebody else holds, as `release` does.

        For a process that knows itself to be the only one that lives: its predecessor's leases need not run out first.

        Returns:
            The jobs, queued again or failed.
        """
        values: leases.Values = {"reason": reason, "now": self._now(), "max_attempts": self._max_attempts}
        return await self._database.write(lambda connection: leases.release_others(connection, owner, values))

    async def fail(self, job_id: str, owner: str, reason: str) -> Job:
        """End a running job that no further attempt can save; `reason` is one sentence for the member.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        return await self._change_held(job_id, owner, leases.FAILED, reason=reason)

    async def fail_exhausted(self, at_work: Collection[str] = ()) -> tuple[Job, ...]:
        """Fail the jobs whose last lease has expired after the last attempt allowed, and return them.

        Args:
            at_work: ids that are known to be worked on, see `claim`.
        """
        values: leases.Values = {
            "now": self._now(),
            "max_attempts": self._max_attempts,
            "at_work": json.dumps(list(at_work)),
        }
        return await self._database.write(lambda connection: leases.fail_exhausted(connection, values))

    async def cancel(self, job_id: str, by: int) -> Job | None:
        """Cancel a queued or running job on behalf of member `by`.

        A worker that runs it learns of it from `extend_lease` or `complete`.

        Returns:
            The cancelled job, or None when there is no such active job.
        """
        now = self._now()
        return await self._database.write(lambda connection: turns.cancel(connection, job_id, by, now))

    async def positions(self) -> dict[str, int]:
        """Return how many waiting jobs will be claimed before each one, by id, in the order of claiming."""
        return {job.id: position for position, job in enumerate(await self.queued())}

    async def queued(self) -> tuple[Job, ...]:
        """Return the waiting jobs in the order in which they will be claimed."""
        return await self._select("status = 'queued' ORDER BY turn, seq")

    async def active(self, member_id: int) -> tuple[Job, ...]:
        """Return a member's queued and running jobs, oldest first."""
        return await self._select("member_id = ? AND status IN ('queued', 'running') ORDER BY seq", member_id)

    async def correcting(self, message_id: int) -> tuple[Job, ...]:
        """Return the job that will replace what a message shows, if there is one; there is never a second."""
        return await self._select(f"replaces_message_id = ? AND {turns.UNFINISHED}", message_id)

    async def counts(self) -> QueueCounts:
        """Return how many jobs wait and how many run."""

        def work(connection: sqlite3.Connection) -> QueueCounts:
            return QueueCounts(
                *connection.execute(
                    "SELECT (SELECT count(*) FROM jobs WHERE status = 'queued'), "
                    "(SELECT count(*) FROM jobs WHERE status = 'running')"
                ).fetchone()
            )

        return await self._database.read(work)

    async def recent_seconds(self, limit: int = 20) -> tuple[float, ...]:
        """Return the wall time in seconds from claim to rendered of the last jobs, newest first."""

        def work(connection: sqlite3.Connection) -> tuple[float, ...]:
            rows = connection.execute(
                "SELECT finished_at - started_at FROM jobs WHERE finished_at IS NOT NULL "
                "AND status IN ('rendered', 'delivered') ORDER BY finished_at DESC LIMIT ?",
                (limit,),
            )
            return tuple(row[0] / 1000 for row in rows)

        return await self._database.read(work)

    async def mark_delivered(self, job_id: str, channel_id: int, message_id: int) -> Render:
        """Record the message a rendered job was posted as; doing it again with the same message changes nothing.

        Where the message carried another render before (mask correction in place), that render is superseded: it leaves
        the history, keeps its record and its votes, and names this one in `superseded_by`. The new one starts without
        votes.

        Raises:
            JobNotFoundError: there is no such job, or it is not rendered, or it was delivered as another message.
        """
        now = self._now()

        def work(connection: sqlite3.Connection) -> Render:
            moved = connection.execute(
                "UPDATE jobs SET status = 'delivered', delivered_at = ? WHERE id = ? AND status = 'rendered'",
                (now, job_id),
            ).rowcount
            return deliver_render(connection, job_id, channel_id, message_id, first=bool(moved))

        return await self._database.write(work)

    async def abandon(self, job_id: str, reason: str) -> None:
        """End a rendered job whose result cannot be posted; its render stays in the history.

        Raises:
            JobNotFoundError: there is no such rendered job.
        """

        def work(connection: sqlite3.Connection) -> None:
            moved = connection.execute(
                "UPDATE jobs SET status = 'failed', reason = ?, reported = 1 WHERE id = ? AND status = 'rendered'",
                (reason, job_id),
            ).rowcount
            if not moved:
                raise JobNotFoundError(f"There is no rendered job {job_id}.")

        await self._database.write(work)

    async def undelivered(self) -> tuple[Job, ...]:
        """Return the rendered jobs that still have to be posted, oldest first; their renders have the same ids."""
        return await self._select("status = 'rendered' ORDER BY seq")

    async def last_delivered(self, limit: int) -> tuple[Job, ...]:
        """Return the jobs whose messages were recorded last, newest first."""
        return await self._select("status = 'delivered' ORDER BY delivered_at DESC LIMIT ?", limit)

    async def unreported(self) -> tuple[Job, ...]:
        """Return the failed jobs whose member was not told yet, oldest first."""
        return await self._select("status = 'failed' AND reported = 0 ORDER BY seq")

    async def mark_reported(self, job_id: str) -> None:
        """Record that the member was told that the job failed.

        Raises:
            JobNotFoundError: there is no such job.
        """

        def work(connection: sqlite3.Connection) -> None:
            if not connection.execute("UPDATE jobs SET reported = 1 WHERE id = ?", (job_id,)).rowcount:
                raise JobNotFoundError(f"There is no job {job_id}.")

        await self._database.write(work)

    async def forget_finished(self, before: datetime) -> int:
        """Delete the rows of jobs that ended before a time and need nothing more; their renders stay.

        Returns:
            How many were deleted.
        """

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "DELETE FROM jobs WHERE finished_at < ? "
                "AND (status IN ('delivered', 'cancelled') OR (status = 'failed' AND reported = 1))",
                (to_milliseconds(before),),
            ).rowcount

        return await self._database.write(work)

    def _now(self) -> int:
        return _milliseconds(self._clock())

    async def _select(self, condition: str, *values: int) -> tuple[Job, ...]:
        def work(connection: sqlite3.Connection) -> tuple[Job, ...]:
            return tuple(map(job_from, connection.execute(f"SELECT * FROM jobs WHERE {condition}", values)))

        return await self._database.read(work)

    async def _change_held(self, job_id: str, owner: str, change: str, **more: str | int) -> Job:
        values = {"now": self._now(), **more}
        return await self._database.write(
            lambda connection: leases.change_held(connection, job_id, owner, change, values)
        )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
