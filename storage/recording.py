"""How a job's result becomes a render of the history: written, posted, superseded, hidden."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from storage import history
from storage.errors import JobNotFoundError
from storage.models import Job, NewRender, Render
from storage.rows import renders_from, to_milliseconds

_INSERT_RENDER = """
    INSERT INTO renders (id, guild_id, channel_id, member_id, member_name, garment_sha, style_sha, user_mask_sha,
        mask_sha, mode, style_name, note, options, style_use, doubt, seconds, parent_id,
        created_at)
    VALUES (:id, :guild_id, :channel_id, :member_id, :member_name, :garment_sha, :style_sha, :user_mask_sha,
        :mask_sha, :mode, :style_name, :note, :options, :style_use, :doubt, :seconds, :parent_id,
        max(:now, coalesce((SELECT created_at FROM renders ORDER BY seq DESC LIMIT 1), 0)))
    RETURNING seq
"""
_INSERT_VARIANT = """
    INSERT INTO variants (render_seq, number, image_sha, mode, scale, angle, seed, width, height)
    VALUES (:render_seq, :number, :image_sha, :mode, :scale, :angle, :seed, :width, :height)
"""


def insert_render(connection: sqlite3.Connection, job: Job, render: NewRender) -> Render:
    """Write a finished job's render and variants and put it into the history."""
    assert job.finished_at is not None
    seq = connection.execute(
        _INSERT_RENDER,
        {
            "id": job.id,
            "guild_id": job.guild_id,
            "channel_id": job.channel_id,
            "member_id": job.member_id,
            "member_name": job.member_name,
            "garment_sha": job.garment_sha,
            "style_sha": job.style_sha,
            "user_mask_sha": job.mask_sha,
            "mask_sha": render.mask_sha,
            "mode": job.mode,
            "style_name": job.style_name,
            "note": job.note,
            "options": json.dumps(dict(job.options), sort_keys=True),
            "style_use": render.style_use,
            "doubt": render.doubt,
            "seconds": render.seconds,
            "parent_id": job.parent_id,
            # A clock that was set back must not break the order that `seq` and `created_at` share.
            "now": to_milliseconds(job.finished_at),
        },
    ).fetchone()[0]
    connection.executemany(_INSERT_VARIANT, [{**asdict(variant), "render_seq": seq} for variant in render.variants])
    history.add(connection, seq)
    return render_of(connection, "seq = ?", seq)


def render_of(connection: sqlite3.Connection, condition: str, *values: int | str) -> Render:
    """Return the one render that the condition names."""
    return renders_from(connection, connection.execute(f"SELECT * FROM renders WHERE {condition}", values))[0]


def deliver_render(
    connection: sqlite3.Connection, render_id: str, channel_id: int, message_id: int, first: bool
) -> Render:
    """Record where a render was posted; the render that was on that message before is superseded.

    Raises:
        JobNotFoundError: it was not to be delivered now (`first` is False) and is not on that message already.
    """
    if first:
        former = connection.execute(
            "SELECT seq, hidden FROM renders WHERE message_id = ? AND superseded_by IS NULL AND id <> ?",
            (message_id, render_id),
        ).fetchone()
        if former:
            _supersede(connection, former, render_id)
        connection.execute(
            "UPDATE renders SET channel_id = ?, message_id = ? WHERE id = ?", (channel_id, message_id, render_id)
        )
    rows = connection.execute("SELECT * FROM renders WHERE id = ? AND message_id = ?", (render_id, message_id))
    renders = renders_from(connection, rows)
    if not renders:
        raise JobNotFoundError(f"There is no rendered job {render_id} to deliver.")
    return renders[0]


def _supersede(connection: sqlite3.Connection, former: sqlite3.Row, render_id: str) -> None:
    if not former["hidden"]:
        history.remove(connection, former["seq"])
    connection.execute("UPDATE renders SET superseded_by = ? WHERE seq = ?", (render_id, former["seq"]))


def hide_render(connection: sqlite3.Connection, row: sqlite3.Row, by: int | None) -> bool:
    """Take a row of `renders` out of the history; False when it was out already."""
    if row["hidden"]:
        return False
    if row["superseded_by"] is None:
        history.remove(connection, row["seq"])
    connection.execute("UPDATE renders SET hidden = 1, hidden_by = ? WHERE seq = ?", (by, row["seq"]))
    return True
