"""Database rows to frozen values and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from storage.models import Job, JobStatus, Render, RenderVariant, Style

_MILLISECONDS = 1000


def to_milliseconds(time: datetime) -> int:
    """Return the milliseconds since the epoch; a naive time is taken as UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return round(aware.timestamp() * _MILLISECONDS)


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the aware UTC time."""
    return datetime.fromtimestamp(milliseconds / _MILLISECONDS, UTC)


def _optional_time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_milliseconds(milliseconds)


def job_from(row: sqlite3.Row) -> Job:
    """Read a row of `jobs`."""
    return Job(
        id=row["id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        member_id=row["member_id"],
        member_name=row["member_name"],
        garment_sha=row["garment_sha"],
        style_sha=row["style_sha"],
        mask_sha=row["mask_sha"],
        mode=row["mode"],
        style_name=row["style_name"],
        note=row["note"],
        options=json.loads(row["options"]),
        parent_id=row["parent_id"],
        replaces_message_id=row["replaces_message_id"],
        status=JobStatus(row["status"]),
        attempts=row["attempts"],
        owner=row["owner"],
        lease_expires_at=_optional_time(row["lease_expires_at"]),
        reason=row["reason"],
        progress_channel_id=row["progress_channel_id"],
        progress_message_id=row["progress_message_id"],
        reported=bool(row["reported"]),
        created_at=from_milliseconds(row["created_at"]),
        started_at=_optional_time(row["started_at"]),
        finished_at=_optional_time(row["finished_at"]),
        delivered_at=_optional_time(row["delivered_at"]),
    )


def variant_from(row: sqlite3.Row) -> RenderVariant:
    """Read a row of `variants`."""
    return RenderVariant(
        number=row["number"],
        image_sha=row["image_sha"],
        mode=row["mode"],
        scale=row["scale"],
        angle=row["angle"],
        seed=row["seed"],
        width=row["width"],
        height=row["height"],
        votes=row["votes"],
    )


def renders_from(connection: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> tuple[Render, ...]:
    """Read rows of `renders` together with their variants, in the order given."""
    renders = list(rows)
    marks = ",".join("?" * len(renders))
    variants: dict[int, list[RenderVariant]] = {row["seq"]: [] for row in renders}
    for row in connection.execute(
        f"SELECT * FROM variants WHERE render_seq IN ({marks}) ORDER BY render_seq, number", list(variants)
    ):
        variants[row["render_seq"]].append(variant_from(row))
    return tuple(_render_from(row, tuple(variants[row["seq"]])) for row in renders)


def _render_from(row: sqlite3.Row, variants: tuple[RenderVariant, ...]) -> Render:
    return Render(
        id=row["id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        member_id=row["member_id"],
        member_name=row["member_name"],
        garment_sha=row["garment_sha"],
        style_sha=row["style_sha"],
        user_mask_sha=row["user_mask_sha"],
        mask_sha=row["mask_sha"],
        mode=row["mode"],
        style_name=row["style_name"],
        note=row["note"],
        options=json.loads(row["options"]),
        style_use=row["style_use"],
        doubt=row["doubt"],
        seconds=row["seconds"],
        parent_id=row["parent_id"],
        superseded_by=row["superseded_by"],
        hidden=bool(row["hidden"]),
        hidden_by=row["hidden_by"],
        votes=row["votes"],
        created_at=from_milliseconds(row["created_at"]),
        variants=variants,
    )


def style_from(row: sqlite3.Row) -> Style:
    """Read a row of `styles`."""
    return Style(
        guild_id=row["guild_id"],
        name=row["name"],
        image_sha=row["image_sha"],
        member_id=row["member_id"],
        created_at=from_milliseconds(row["created_at"]),
    )
