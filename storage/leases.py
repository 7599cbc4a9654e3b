"""Changes to a running job by the one who holds its lease; everybody else is refused."""

from __future__ import annotations

import sqlite3

from storage.errors import LeaseLostError
from storage.models import Job
from storage.rows import job_from

Values = dict[str, str | int]

# Another attempt, or, after the last one allowed, the end.
RELEASED = """
    status = CASE WHEN attempts < :max_attempts THEN 'queued' ELSE 'failed' END,
    finished_at = CASE WHEN attempts < :max_attempts THEN NULL ELSE :now END,
    reason = :reason, lease_expires_at = NULL
"""
# The holder stops in order: nobody's fault, so the attempt does not count.
PUT_BACK = "status = 'queued', attempts = attempts - 1, lease_expires_at = NULL"
FAILED = "status = 'failed', reason = :reason, lease_expires_at = NULL, finished_at = :now"
RENDERED = "status = 'rendered', reason = NULL, lease_expires_at = NULL, finished_at = :now"
EXTENDED = "lease_expires_at = :lease_end"


def find(connection: sqlite3.Connection, job_id: str) -> Job | None:
    """Return a job, or None when there is none of that id."""
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return job_from(row) if row else None


def change_held(connection: sqlite3.Connection, job_id: str, owner: str, change: str, values: Values) -> Job:
    """Change a job for the owner of its lease.

    Args:
        connection: in a write transaction.
        job_id: which job.
        owner: who claims to hold it.
        change: one of this module's assignments.
        values: what the assignments name.

    Raises:
        LeaseLostError: the owner does not hold it any more.
    """
    row = connection.execute(
        f"UPDATE jobs SET {change} WHERE id = :id AND owner = :owner AND status = 'running' RETURNING *",
        {**values, "id": job_id, "owner": owner},
    ).fetchone()
    if row is None:
        raise LeaseLostError(job_id, find(connection, job_id))
    return job_from(row)


def release_others(connection: sqlite3.Connection, owner: str, values: Values) -> tuple[Job, ...]:
    """Give back every running job that somebody else holds."""
    rows = connection.execute(
        f"UPDATE jobs SET {RELEASED} WHERE status = 'running' AND owner <> :owner RETURNING *",
        {**values, "owner": owner},
    )
    return tuple(map(job_from, rows.fetchall()))


def fail_exhausted(connection: sqlite3.Connection, values: Values) -> tuple[Job, ...]:
    """Fail the running jobs whose lease has expired on the last attempt allowed.

    Args:
        connection: in a write transaction.
        values: `now`, `max_attempts` and `at_work`, the ids, as a JSON list, that render whatever their leases say.
    """
    rows = connection.execute(
        "UPDATE jobs SET status = 'failed', lease_expires_at = NULL, finished_at = :now, "
        "reason = coalesce(reason, 'The worker stopped ' || attempts || ' times while rendering this.') "
        "WHERE status = 'running' AND lease_expires_at <= :now AND attempts >= :max_attempts "
        "AND id NOT IN (SELECT value FROM json_each(:at_work)) RETURNING *",
        values,
    )
    return tuple(map(job_from, rows.fetchall()))
