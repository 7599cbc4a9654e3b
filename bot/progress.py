"""The public message that says where a job stands, from the queue to the last variant."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import discord

from bot.buttons.progress import progress_view
from bot.discord_codes import TOKEN_OVER
from bot.errors import explain
from bot.pacing import PacedEditor
from bot.replies import token_lives
from bot.studio import QueuePlace, Studio
from bot.wording import duration, harmless, place_in_line
from gan.request import Progress
from storage.models import Job

log = logging.getLogger(__name__)
Result = TypeVar("Result")

BAR_STEPS = 8
REMEMBERED_JOBS = 512


@dataclass(slots=True)
class _Tracked:
    """A job whose message is kept up to date."""

    job: Job
    channel_id: int
    message_id: int
    interaction: discord.Interaction | None = None
    shown: str = ""
    running: bool = False


class ProgressBoard:
    """Keeps the progress messages true, no faster than Discord allows."""

    def __init__(self, client: discord.Client, studio: Studio, seconds: float) -> None:
        self._client = client
        self._studio = studio
        self._seconds = seconds
        self._editor = PacedEditor(seconds)
        self._tracked: dict[str, _Tracked] = {}
        # A quick job can be over before it is announced.
        self._finished: OrderedDict[str, None] = OrderedDict()

    def track(self, job: Job) -> None:
        """Keep the progress message of a job up to date until `finished`."""
        known = job.id in self._tracked or job.id in self._finished
        if not known and job.progress_channel_id is not None and job.progress_message_id is not None:
            self._tracked[job.id] = _Tracked(job, job.progress_channel_id, job.progress_message_id)

    async def announce(self, job: Job, interaction: discord.Interaction | None) -> None:
        """Say for the first time where a job stands, and keep its message up to date from now on.

        Args:
            job: just queued; it may be running or done already.
            interaction: whose answer the message is, which is edited through it as long as its token lives.
        """
        self.track(job)
        if (tracked := self._tracked.get(job.id)) is None:
            return
        tracked.interaction = interaction
        place = await self._studio.place(job.id)

        async def edit() -> None:
            # A job that has started says so by itself.
            if place is not None and job.id in self._tracked and not tracked.running:
                tracked.shown = queued_text(job, place)
                await self._edit(tracked, tracked.shown)

        await self._editor.at_once(tracked.message_id, edit)

    def finished(self, job_id: str) -> None:
        """Leave the job's message alone from now on; an edit may still be under way, see `last_word`."""
        self._finished[job_id] = None
        if len(self._finished) > REMEMBERED_JOBS:
            self._finished.popitem(last=False)
        if tracked := self._tracked.pop(job_id, None):
            self._editor.forget(tracked.channel_id, tracked.message_id)

    async def last_word(self, job: Job, change: Callable[[], Awaitable[Result]]) -> Result:
        """Change a job's message for the last time: after the edit under way, and no other comes after it."""
        self.finished(job.id)
        if job.progress_channel_id is None or job.progress_message_id is None:
            return await change()
        return await self._editor.last_word(job.progress_channel_id, job.progress_message_id, change)

    def started(self, job: Job) -> None:
        """Show that the job renders now."""
        self.track(job)
        if tracked := self._tracked.get(job.id):
            tracked.running = True
            self._show(tracked, progress_text(job, "starting", 0.0), urgent=True)

    def progressed(self, job_id: str, progress: Progress) -> None:
        """Show a render's step."""
        if tracked := self._tracked.get(job_id):
            text = progress_text(tracked.job, progress.stage, progress.done / max(1, progress.total))
            self._show(tracked, text)

    def requeued(self, job: Job) -> None:
        """Show that the job waits again."""
        self.track(job)
        if tracked := self._tracked.get(job.id):
            tracked.running = False

    async def run(self) -> None:
        """Tell the waiting ones their places from time to time."""
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self._refresh_places()
            except Exception as error:
                log.warning("the places in the queue cannot be shown: %s", explain(error).cause)

    async def close(self) -> None:
        """Stop editing."""
        await self._editor.close()

    async def _refresh_places(self) -> None:
        waiting = [tracked for tracked in self._tracked.values() if not tracked.running]
        if not waiting:
            return
        places = await self._studio.places()
        for tracked in waiting:
            if place := places.get(tracked.job.id):
                self._show(tracked, queued_text(tracked.job, place))

    def _show(self, tracked: _Tracked, text: str, *, urgent: bool = False) -> None:
        if text == tracked.shown:
            return

        async def edit() -> None:
            tracked.shown = text
            if tracked.job.id in self._tracked:
                await self._edit(tracked, text)

        self._editor.request(tracked.channel_id, tracked.message_id, edit, urgent=urgent)

    async def _edit(self, tracked: _Tracked, text: str) -> None:
        view = progress_view(tracked.job.id)
        if tracked.interaction is not None and token_lives(tracked.interaction):
            try:
                await tracked.interaction.edit_original_response(content=text, view=view)
                return
            except discord.HTTPException as error:
                if error.code not in TOKEN_OVER:
                    raise
        tracked.interaction = None
        channel = self._client.get_partial_messageable(tracked.channel_id)
        await channel.get_partial_message(tracked.message_id).edit(content=text, view=view)


def queued_text(job: Job, place: QueuePlace) -> str:
    """What a waiting job's message says."""
    return f"🧵 **Queued** – {place_in_line(place.ahead)}, ready in {duration(place.seconds)}.\n{_about(job)}"


def progress_text(job: Job, stage: str, fraction: float) -> str:
    """What a running job's message says."""
    full = round(BAR_STEPS * min(1.0, fraction))
    bar = "▰" * full + "▱" * (BAR_STEPS - full)
    again = f" (attempt {job.attempts})" if job.attempts > 1 else ""
    return f"🎨 **Rendering** {bar} {stage}{again}\n{_about(job)}"


def _about(job: Job) -> str:
    style = f" in **{harmless(job.style_name, 60)}**" if job.style_name else ""
    note = f" · “{harmless(job.note, 80)}”" if job.note else ""
    return f"-# render {job.id}{style} for <@{job.member_id}>{note}"
