"""What members ask for: plain values between the commands and the studio, and the rows they become."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, fields, replace
from typing import Any

from gan.request import MAX_VARIANTS, Mode, Region
from storage.models import Job, NewJob, Render

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a member sent it."""

    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Member:
    """Who asks, and where the result goes."""

    guild_id: int
    channel_id: int
    member_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a restyle should be made; the defaults are those of `/restyle`.

    Attributes:
        variants: how many pictures, 1 to 4.
        mode: how the style is carried over.
        scale: pattern size as a factor of the default.
        angle: degrees by which the cloth is turned, or None to leave it to the variants.
        strength: 0 to 1.
        seed: the first variant's seed, or None for a fresh one.
        region: which pixels are restyled.
        note: the member's own words.
    """

    variants: int = MAX_VARIANTS
    mode: Mode = Mode.AUTO
    scale: float = 1.0
    angle: float | None = None
    strength: float = 1.0
    seed: int | None = None
    region: Region = Region.GARMENT
    note: str = ""


@dataclass(frozen=True, slots=True)
class RestyleOrder:
    """Everything of one `/restyle`: exactly one of `style` and `style_name` is set."""

    member: Member
    garment: Upload
    style: Upload | None = None
    style_name: str | None = None
    mask: Upload | None = None
    wishes: Wishes = field(default_factory=Wishes)


def options_of(wishes: Wishes) -> dict[str, Any]:
    """The wishes as they stand in a job's row, with a seed drawn where none was wished for."""
    seed = wishes.seed if wishes.seed is not None else fresh_seed()
    return {
        "variants": wishes.variants,
        "scale": wishes.scale,
        "angle": wishes.angle,
        "strength": wishes.strength,
        "seed": seed,
        "region": wishes.region.value,
    }


def fresh_seed() -> int:
    """A seed that people can read out; ten apart, so that renders do not share variants by neighbouring seeds."""
    return secrets.randbelow(1_000_000) * 10


def repeat_of(render: Render, member: Member) -> NewJob:
    """A job that makes a render once more, for `member`."""
    return NewJob(
        guild_id=render.guild_id,
        channel_id=member.channel_id,
        member_id=member.member_id,
        member_name=member.name,
        garment_sha=render.garment_sha,
        style_sha=render.style_sha,
        mask_sha=render.user_mask_sha,
        mode=render.mode,
        style_name=render.style_name,
        note=render.note,
        options=render.options,
        parent_id=render.id,
    )


def retry_of(job: Job, member: Member) -> NewJob:
    """A job that does what another one was to do, for `member`; a correction stays its author's, where it belongs."""
    new = NewJob(**{field.name: getattr(job, field.name) for field in fields(NewJob)})
    if job.replaces_message_id is not None:
        return new
    return replace(new, channel_id=member.channel_id, member_id=member.member_id, member_name=member.name)
