"""The queue: durable jobs, claimed under a lease, fair between members.

The order is start-time fair queueing (Goyal, Vin and Cheng 1996) with jobs of equal cost: a job gets a *turn* when it
is submitted, one after its member's last turn, but not before the queue's own turn, which is that of the latest claim.
Jobs are claimed by turn, then by age. So members alternate, twenty jobs of one never hold up another's first, and what
runs or was served counts against its member, while nobody can save up turns by waiting.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from storage.database import Database
from storage.errors import JobNotFoundError, LeaseLostError, TooManyJobsError
from storage.ids import new_id
from storage.models import Job, NewJob, NewRender, QueueCounts, Render
from storage.recording import deliver_render, insert_render
from storage.rows import job_from, to_milliseconds

MAX_ATTEMPTS = 3
Values = dict[str, str | int]

_SUBMIT = """
    INSERT INTO jobs (id, guild_id, channel_id, member_id, member_name, garment_sha, style_sha, mask_sha, mode,
        style_name, note, options, parent_id, replaces_message_id, status, turn, created_at)
    VALUES (:id, :guild_id, :channel_id, :member_id, :member_name, :garment_sha, :style_sha, :mask_sha, :mode,
        :style_name, :note, :options, :parent_id, :replaces_message_id, 'queued',
        max(
            coalesce((SELECT max(turn) FROM jobs WHERE attempts > 0), 0),
            coalesce((SELECT max(turn) + 1 FROM jobs WHERE member_id = :member_id AND status <> 'cancelled'), 0)
        ), :now)
    RETURNING *
"""
_CLAIM = """
    UPDATE jobs SET status = 'running', owner = :owner, lease_expires_at = :lease_end, attempts = attempts + 1,
        started_at = :now
    WHERE seq = coalesce(
        (SELECT seq FROM jobs WHERE status = 'running' AND lease_expires_at <= :now AND attempts < :max_attempts
            ORDER BY turn, seq LIMIT 1),
        (SELECT seq FROM jobs WHERE status = 'queued' ORDER BY turn, seq LIMIT 1))
    RETURNING *
"""
_RELEASED = f"""status = CASE WHEN attempts < {MAX_ATTEMPTS} THEN 'queued' ELSE 'failed' END,
    finished_at = CASE WHEN attempts < {MAX_ATTEMPTS} THEN NULL ELSE :now END, reason = :reason, lease_expires_at = NULL
"""
_HELD = "id = :id AND owner = :owner AND status = 'running'"


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
        """
        values = {
            **{name: getattr(new, name) for name in (field.name for field in fields(NewJob))},
            "options": json.dumps(dict(new.options), sort_keys=True),
            "now": self._now(),
        }

        def work(connection: sqlite3.Connection) -> Job:
            active = connection.execute(
                "SELECT count(*) FROM jobs WHERE member_id = ? AND status IN ('queued', 'running')", (new.member_id,)
            ).fetchone()[0]
            if active >= cap:
                raise TooManyJobsError(active, cap)
            return job_from(connection.execute(_SUBMIT, {**values, "id": _free_id(connection)}).fetchone())

        return await self._database.write(work)

    async def get(self, job_id: str) -> Job | None:
        """Return a job, or None when there is none of that id."""
        return await self._database.read(lambda connection: _find(connection, job_id))

    async def claim(self, owner: str, lease_seconds: float) -> Job | None:
        """Take the job whose turn it is, or None when nothing waits.

        Also takes jobs whose lease has expired, before all others; each claim counts as an attempt.
        """
        now = self._now()
        values = {
            "owner": owner,
            "now": now,
            "lease_end": now + _milliseconds(lease_seconds),
            "max_attempts": self._max_attempts,
        }

        def work(connection: sqlite3.Connection) -> Job | None:
            _fail_exhausted(connection, now, self._max_attempts)
            row = connection.execute(_CLAIM, values).fetchone()
            return job_from(row) if row else None

        return await self._database.write(work)

    async def extend_lease(self, job_id: str, owner: str, lease_seconds: float) -> None:
        """Keep a running job for `lease_seconds` from now.

        Raises:
            LeaseLostError: stop the render; `error.job.status` says whether it was cancelled.
        """
        await self._change_held(
            job_id, owner, "lease_expires_at = :end", end=self._now() + _milliseconds(lease_seconds)
        )

    async def complete(self, job_id: str, owner: str, render: NewRender) -> Render:
        """Write the render and its variants and move the job to rendered, in one transaction.

        Raises:
            LeaseLostError: nothing was written; `error.job.status` says whether it was cancelled.
        """
        values: Values = {"id": job_id, "owner": owner, "now": self._now()}

        def work(connection: sqlite3.Connection) -> Render:
            job = _change_held(
                connection, "status = 'rendered', reason = NULL, lease_expires_at = NULL, finished_at = :now", values
            )
            return insert_render(connection, job, render)

        return await self._database.write(work)

    async def release(self, job_id: str, owner: str, reason: str) -> Job:
        """Give a running job back for another attempt; after the last one allowed it fails with that reason.

        Returns:
            The job, queued again or failed.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        return await self._change_held(job_id, owner, _RELEASED, reason=reason)

    async def release_others(self, owner: str, reason: str) -> tuple[Job, ...]:
        """Give back every running job that somebody else holds, as `release` does.

        For a process that knows itself to be the only one that lives: its predecessor's leases need not run out first.

        Returns:
            The jobs, queued again or failed.
        """
        values = {"owner": owner, "reason": reason, "now": self._now()}

        def work(connection: sqlite3.Connection) -> tuple[Job, ...]:
            rows = connection.execute(
                f"UPDATE jobs SET {_RELEASED} WHERE status = 'running' AND owner <> :owner RETURNING *", values
            )
            return tuple(map(job_from, rows.fetchall()))

        return await self._database.write(work)

    async def fail(self, job_id: str, owner: str, reason: str) -> Job:
        """End a running job that no further attempt can save; `reason` is one sentence for the member.

        Raises:
            LeaseLostError: the lease was no longer held.
        """
        return await self._change_held(
            job_id,
            owner,
            "status = 'failed', reason = :reason, lease_expires_at = NULL, finished_at = :now",
            reason=reason,
        )

    async def fail_exhausted(self) -> tuple[Job, ...]:
        """Fail the jobs whose last lease has expired after the last attempt allowed, and return them.

        `claim` does it as well; either way they appear in `unreported`.
        """
        now = self._now()
        return await self._database.write(lambda connection: _fail_exhausted(connection, now, self._max_attempts))

    async def cancel(self, job_id: str, by: int) -> Job | None:
        """Cancel a queued or running job on behalf of member `by`.

        A worker that runs it learns of it from `extend_lease` or `complete`.

        Returns:
            The cancelled job, or None when there is no such active job.
        """
        values = {"id": job_id, "by": by, "now": self._now()}

        def work(connection: sqlite3.Connection) -> Job | None:
            before = _find(connection, job_id)
            if before is None or not before.status.active:
                return None
            row = connection.execute(
                "UPDATE jobs SET status = 'cancelled', cancelled_by = :by, lease_expires_at = NULL, finished_at = :now "
                "WHERE id = :id RETURNING *",
                values,
            ).fetchone()
            if before.started_at is None:
                _give_turn_back(connection, row["member_id"], row["turn"])
            return job_from(row)

        return await self._database.write(work)

    async def position(self, job_id: str) -> int | None:
        """Return how many waiting jobs will be claimed before this one, or None when it does not wait."""

        def work(connection: sqlite3.Connection) -> int | None:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM jobs ahead WHERE ahead.status = 'queued' "
                "AND (ahead.turn, ahead.seq) < (mine.turn, mine.seq)) "
                "FROM jobs mine WHERE mine.id = ? AND mine.status = 'queued'",
                (job_id,),
            ).fetchone()
            return row[0] if row else None

        return await self._database.read(work)

    async def positions(self) -> dict[str, int]:
        """Return `position` of every waiting job by id, in the order in which they will be claimed."""
        return {job.id: position for position, job in enumerate(await self.queued())}

    async def queued(self) -> tuple[Job, ...]:
        """Return the waiting jobs in the order in which they will be claimed."""
        return await self._select("status = 'queued' ORDER BY turn, seq")

    async def active(self, member_id: int) -> tuple[Job, ...]:
        """Return a member's queued and running jobs, oldest first."""
        return await self._select("member_id = ? AND status IN ('queued', 'running') ORDER BY seq", member_id)

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

    async def set_progress_message(self, job_id: str, channel_id: int, message_id: int) -> None:
        """Remember the message that shows the job's progress.

        Raises:
            JobNotFoundError: there is no such job.
        """
        await self._change(job_id, "progress_channel_id = ?, progress_message_id = ?", channel_id, message_id)

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

    async def unreported(self) -> tuple[Job, ...]:
        """Return the failed jobs whose member was not told yet, oldest first."""
        return await self._select("status = 'failed' AND reported = 0 ORDER BY seq")

    async def mark_reported(self, job_id: str) -> None:
        """Record that the member was told that the job failed.

        Raises:
            JobNotFoundError: there is no such job.
        """
        await self._change(job_id, "reported = 1")

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

    async def _change(self, job_id: str, assignments: str, *values: int) -> None:
        def work(connection: sqlite3.Connection) -> None:
            if not connection.execute(f"UPDATE jobs SET {assignments} WHERE id = ?", (*values, job_id)).rowcount:
                raise JobNotFoundError(f"There is no job {job_id}.")

        await self._database.write(work)

    async def _change_held(self, job_id: str, owner: str, assignments: str, **more: str | int) -> Job:
        values = {"id": job_id, "owner": owner, "now": self._now(), **more}
        return await self._database.write(lambda connection: _change_held(connection, assignments, values))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _find(connection: sqlite3.Connection, job_id: str) -> Job | None:
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return job_from(row) if row else None


def _free_id(connection: sqlite3.Connection) -> str:
    while True:
        job_id = new_id()
        taken = "SELECT 1 FROM jobs WHERE id = :id UNION ALL SELECT 1 FROM renders WHERE id = :id"
        if not connection.execute(taken, {"id": job_id}).fetchone():
            return job_id


def _change_held(connection: sqlite3.Connection, assignments: str, values: Values) -> Job:
    row = connection.execute(f"UPDATE jobs SET {assignments} WHERE {_HELD} RETURNING *", values).fetchone()
    if row is None:
        job_id = str(values["id"])
        raise LeaseLostError(job_id, _find(connection, job_id))
    return job_from(row)


def _fail_exhausted(connection: sqlite3.Connection, now: int, max_attempts: int) -> tuple[Job, ...]:
    rows = connection.execute(
        "UPDATE jobs SET status = 'failed', lease_expires_at = NULL, finished_at = :now, "
        "reason = coalesce(reason, 'The worker stopped ' || attempts || ' times while rendering this.') "
        "WHERE status = 'running' AND lease_expires_at <= :now AND attempts >= :max_attempts RETURNING *",
        {"now": now, "max_attempts": max_attempts},
    )
    return tuple(map(job_from, rows.fetchall()))


def _give_turn_back(connection: sqlite3.Connection, member_id: int, turn: int) -> None:
    # The member's later jobs move up, or a cancelled batch would still hold back what is left of it.
    connection.execute(
        "UPDATE jobs SET turn = turn - 1 WHERE member_id = ? AND status = 'queued' AND turn > ?", (member_id, turn)
    )
