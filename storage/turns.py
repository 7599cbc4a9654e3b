"""The fair order of the queue.

It is start-time fair queueing (Goyal, Vin and Cheng 1996) with jobs of equal cost: a job gets a *turn* when it is
submitted, one after its member's last turn, but not before the queue's own turn, which is that of the latest claim.
Jobs are claimed by turn, then by age. So members alternate, twenty jobs of one never hold up another's first, and what
runs or was served counts against its member, while nobody can save up turns by waiting.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields

from storage.errors import CorrectionPendingError, TooManyJobsError
from storage.ids import new_id
from storage.models import Job, NewJob
from storage.rows import job_from

UNFINISHED = "status IN ('queued', 'running', 'rendered')"
_SUBMIT = """
    INSERT INTO jobs (id, guild_id, channel_id, member_id, member_name, garment_sha, style_sha, mask_sha, mode,
        style_name, note, options, parent_id, replaces_message_id, progress_channel_id, progress_message_id, status,
        turn, created_at)
    VALUES (:id, :guild_id, :channel_id, :member_id, :member_name, :garment_sha, :style_sha, :mask_sha, :mode,
        :style_name, :note, :options, :parent_id, :replaces_message_id, :progress_channel_id, :progress_message_id,
        'queued',
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
            AND id NOT IN (SELECT value FROM json_each(:at_work)) ORDER BY turn, seq LIMIT 1),
        (SELECT seq FROM jobs WHERE status = 'queued' ORDER BY turn, seq LIMIT 1))
    RETURNING *
"""


def submit(connection: sqlite3.Connection, new: NewJob, cap: int, now: int) -> Job:
    """Queue a job behind its member's others.

    Raises:
        TooManyJobsError: the member has `cap` active jobs.
        CorrectionPendingError: another job is to replace the same message.
    """
    active = connection.execute(
        "SELECT count(*) FROM jobs WHERE member_id = ? AND status IN ('queued', 'running')", (new.member_id,)
    ).fetchone()[0]
    if active >= cap:
        raise TooManyJobsError(active, cap)
    if new.replaces_message_id is not None:
        _refuse_second_correction(connection, new.replaces_message_id)
    values = {field.name: getattr(new, field.name) for field in fields(NewJob)}
    values |= {"options": json.dumps(dict(new.options), sort_keys=True), "id": _free_id(connection), "now": now}
    return job_from(connection.execute(_SUBMIT, values).fetchone())


def claim(connection: sqlite3.Connection, values: dict[str, str | int]) -> Job | None:
    """Take the job whose turn it is, those with an expired lease before all others.

    Args:
        connection: in a write transaction.
        values: `owner`, `now`, `lease_end`, `max_attempts`, and `at_work`, the ids, as a JSON list, that the owner
            works on whatever their leases say.
    """
    row = connection.execute(_CLAIM, values).fetchone()
    return job_from(row) if row else None


def cancel(connection: sqlite3.Connection, job_id: str, by: int, now: int) -> Job | None:
    """End a waiting or running job on behalf of member `by`; None when there is no such active job."""
    row = connection.execute(
        "UPDATE jobs SET status = 'cancelled', cancelled_by = ?, lease_expires_at = NULL, finished_at = ? "
        "WHERE id = ? AND status IN ('queued', 'running') RETURNING *",
        (by, now, job_id),
    ).fetchone()
    if row is None:
        return None
    if row["started_at"] is None:
        _give_turn_back(connection, row)
    return job_from(row)


def _give_turn_back(connection: sqlite3.Connection, cancelled: sqlite3.Row) -> None:
    """Move the member's later jobs up into the turn of one that was cancelled before it was ever claimed.

    A cancelled batch would otherwise still hold back what is left of it.
    """
    connection.execute(
        "UPDATE jobs SET turn = turn - 1 WHERE member_id = ? AND status = 'queued' AND turn > ?",
        (cancelled["member_id"], cancelled["turn"]),
    )


def _refuse_second_correction(connection: sqlite3.Connection, message_id: int) -> None:
    pending = f"SELECT 1 FROM jobs WHERE replaces_message_id = ? AND {UNFINISHED}"
    if connection.execute(pending, (message_id,)).fetchone():
        raise CorrectionPendingError(f"The message {message_id} is being corrected already.")


def _free_id(connection: sqlite3.Connection) -> str:
    while True:
        job_id = new_id()
        taken = "SELECT 1 FROM jobs WHERE id = :id UNION ALL SELECT 1 FROM renders WHERE id = :id"
        if not connection.execute(taken, {"id": job_id}).fetchone():
            return job_id
