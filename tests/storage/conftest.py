"""A fresh store for each test, a clock that is set by hand, and short ways to say things."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storage import Job, NewJob, NewRender, NewVariant, Render, Store

GUILD = 900_000_000_000_000_001
OTHER_GUILD = 900_000_000_000_000_002
CHANNEL = 700_000_000_000_000_001


@dataclass
class Clock:
    """Seconds since the epoch, moved by hand."""

    now: float = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


def new_job(member_id: int = 1, **values: Any) -> NewJob:
    """Ask for a render with sensible values for whatever is not said."""
    return NewJob(
        **{
            "guild_id": GUILD,
            "channel_id": CHANNEL,
            "member_id": member_id,
            "member_name": f"Member {member_id}",
            "garment_sha": "a" * 64,
            "style_sha": "b" * 64,
            **values,
        }
    )


def new_render(variants: int = 4, mode: str = "print", **values: Any) -> NewRender:
    """Give what a renderer gives back."""
    pictures = tuple(
        NewVariant(
            number=number, image_sha=f"{number}" * 64, mode=mode, scale=1.5, angle=0.25, seed=number, width=8, height=6
        )
        for number in range(1, variants + 1)
    )
    return NewRender(
        **{"variants": pictures, "mask_sha": "c" * 64, "style_use": "whole", "doubt": None, "seconds": 2.5, **values}
    )


def picture(colour: str = "red", size: tuple[int, int] = (60, 40), kind: str = "PNG") -> bytes:
    """Make the bytes of a small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "data", clock) as opened:
        yield opened


@pytest.fixture
def rendered(store: Store) -> Callable[..., Awaitable[Render]]:
    """Take a job all the way to its message; message ids count up from 1."""
    messages = iter(range(1, 1_000_000))

    async def render(
        variants: int = 4, variant_mode: str = "print", message_id: int | None = None, **job: Any
    ) -> Render:
        submitted = await store.jobs.submit(new_job(**job), cap=1000)
        claimed = await store.jobs.claim("worker", 60)
        assert claimed is not None and claimed.id == submitted.id
        await store.jobs.complete(claimed.id, "worker", new_render(variants, variant_mode))
        return await store.jobs.mark_delivered(claimed.id, claimed.channel_id, message_id or next(messages))

    return render


async def claim(store: Store, owner: str = "worker", lease_seconds: float = 60) -> Job:
    """Claim a job that is known to wait."""
    job = await store.jobs.claim(owner, lease_seconds)
    assert job is not None
    return job
