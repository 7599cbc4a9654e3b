"""What storage keeps and gives back: frozen plain values.

Ids of guilds, channels, messages and members are Discord snowflakes (int). Times are aware UTC datetimes. An image is
named by the SHA-256 of its file, in lower-case hex (`sha`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class JobStatus(StrEnum):
    """Where a job stands: queued → running → rendered → delivered, or cancelled, or failed."""

    QUEUED = "queued"
    RUNNING = "running"
    RENDERED = "rendered"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Whether the job still waits for or takes worker time."""
        return self in (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job as it is asked for.

    Attributes:
        guild_id: the guild it belongs to; only that guild sees its render.
        channel_id: where the result will be posted.
        member_id: who asked.
        member_name: that member's display name at the time.
        garment_sha: the garment's image.
        style_sha: the style's image.
        mask_sha: a person's mask image, or None for the automatic mask.
        mode: the mode asked for ("auto", "print", "paint", "palette").
        style_name: the style's name in the guild, or None for an attachment.
        note: free text of the member; its words can be searched.
        options: everything else the renderer needs, JSON-ready (variants, scale, strength, seed, region, mask edit …).
        parent_id: the render that this one repeats or corrects, or None.
        replaces_message_id: the message whose render this one replaces in place (mask correction), or None for a new
            message.
        progress_channel_id: where the message that shows the job's progress is, if there is one.
        progress_message_id: that message.
    """

    guild_id: int
    channel_id: int
    member_id: int
    member_name: str
    garment_sha: str
    style_sha: str
    mask_sha: str | None = None
    mode: str = "auto"
    style_name: str | None = None
    note: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    parent_id: str | None = None
    replaces_message_id: int | None = None
    progress_channel_id: int | None = None
    progress_message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(NewJob):
    """A job as it is kept.

    Attributes:
        id: eight characters of Crockford base32; also the id of its render.
        status: where it stands.
        attempts: how often it was claimed.
        owner: who holds or last held the lease.
        lease_expires_at: when that lease ends; None unless running.
        reason: why it failed or was last released.
        reported: whether the member was told of the failure (see `Jobs.unreported`).
        created_at: when it was submitted.
        started_at: when it was last claimed.
        finished_at: when it was rendered, cancelled or failed.
        delivered_at: when its message was recorded.
    """

    id: str
    status: JobStatus
    attempts: int
    owner: str | None
    lease_expires_at: datetime | None
    reason: str | None
    reported: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many jobs wait and how many run."""

    queued: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVariant:
    """One finished picture of a render: its image and how to make it again."""

    number: int
    image_sha: str
    mode: str
    scale: float
    angle: float
    seed: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderVariant(NewVariant):
    """A kept variant with its number of votes."""

    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRender:
    """What the renderer gave back for a job.

    Attributes:
        variants: one to four pictures, numbered from 1.
        mask_sha: the mask that was used, as an image, or None.
        style_use: what of the style image was laid, in the renderer's word for it.
        doubt: one sentence when the mask is unsure, else None.
        seconds: wall time of the render.
    """

    variants: tuple[NewVariant, ...]
    mask_sha: str | None
    style_use: str
    doubt: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """One job's result as it is kept.

    Attributes:
        id: the job's id.
        channel_id: the channel it was posted in (or will be).
        message_id: the message it was posted as; None until delivered.
        mode: the mode asked for; the variants say what they became.
        user_mask_sha: the mask the member gave, or None.
        mask_sha: the mask that was used, or None.
        style_use: what of the style image was laid, in the renderer's word for it.
        parent_id: the render that this one repeats or corrects, or None.
        superseded_by: the render that took this one's place on its message, or None.
        hidden: taken out of the history; the record and the pictures stay.
        hidden_by: the member who hid it, or None.
        votes: sum over the variants.
        created_at: when it was rendered.
    """

    id: str
    guild_id: int
    channel_id: int
    message_id: int | None
    member_id: int
    member_name: str
    garment_sha: str
    style_sha: str
    user_mask_sha: str | None
    mask_sha: str | None
    mode: str
    style_name: str | None
    note: str
    options: Mapping[str, Any]
    style_use: str
    doubt: str | None
    seconds: float
    parent_id: str | None
    superseded_by: str | None
    hidden: bool
    hidden_by: int | None
    votes: int
    created_at: datetime
    variants: tuple[RenderVariant, ...]


class RenderOrder(StrEnum):
    """How a page of the history is sorted, best first."""

    NEWEST = "newest"
    VOTES = "votes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderFilter:
    """Which renders of a guild are wanted; every field that is set must hold.

    Attributes:
        member_id: who asked for the render.
        style: words of the style's name, in any order and case.
        style_sha: exactly this style image.
        garment_sha: exactly this garment image.
        mode: the mode asked for, or the mode of one of its variants.
        since: rendered at this time or later.
        until: rendered before this time.
        words: words of the note, in any order and case; any text is safe.
    """

    member_id: int | None = None
    style: str | None = None
    style_sha: str | None = None
    garment_sha: str | None = None
    mode: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who looks at a history, and which channels are closed to them; their own renders are not.

    Attributes:
        member_id: who looks.
        closed_channels: what others made there is left out.
    """

    member_id: int
    closed_channels: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RenderPage:
    """A page of the history; the cursors are ASCII words of at most 14 characters, None where there is no more."""

    renders: tuple[Render, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """The standing of a render.

    Attributes:
        render_id: the render.
        counts: votes by variant number, every variant included.
        changed: whether the call changed anything.
    """

    render_id: str
    counts: Mapping[int, int]
    changed: bool

    @property
    def total(self) -> int:
        """Sum over the variants."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """An image with a name in a guild."""

    guild_id: int
    name: str
    image_sha: str
    member_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StylePage:
    """A page of a guild's styles by name; the cursors are None where there is no more."""

    styles: tuple[Style, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A picture in the image store: its name, its file, its size in pixels."""

    sha: str
    path: Path
    width: int
    height: int
