"""Tells members what came of a job that has no result to show, once, in place of its progress."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import discord
from discord import ui

from bot.buttons.progress import RetryButton, retry_view
from bot.discord_codes import UNREACHABLE
from bot.posting import call_for, find_posted
from bot.progress import ProgressBoard
from storage import JobNotFoundError, Store
from storage.models import Job

log = logging.getLogger(__name__)


class Reporter:
    """Says the last words about jobs."""

    def __init__(self, client: discord.Client, store: Store, progress: ProgressBoard) -> None:
        self._client = client
        self._store = store
        self._progress = progress

    async def report(self, job: Job, *, may_be_told: bool) -> None:
        """Tell the member why nothing came of the job, with a button to try it again.

        Args:
            job: failed.
            may_be_told: a former try may have come as far as the message; the channel is looked through first.
        """
        text = f"⚠️ <@{job.member_id}> {job.reason}\n-# render {job.id}"
        if may_be_told and await self._was_told(job):
            await self.remove_progress(job)
        else:
            await self._tell(job, text, retry_view(job.id))
        await self._store.jobs.mark_reported(job.id)

    async def give_up(self, job: Job) -> None:
        """Leave a failed job whose member cannot be told."""
        log.error("job %s: failed, and its member cannot be told in channel %d", job.id, job.channel_id)
        await self._store.jobs.mark_reported(job.id)

    async def abandon(self, job: Job, cause: str) -> None:
        """End a rendered job whose result cannot be posted, and say where it can be found."""
        text = f"⚠️ <@{job.member_id}> your result is ready but {cause}; `/history id:{job.id}` shows it."
        await self._end(job, cause, text)

    async def abandon_correction(self, job: Job) -> None:
        """End the correction of a result that was deleted meanwhile; it leaves the history as that did."""
        text = f"⚠️ <@{job.member_id}> the result was deleted before its mask was corrected, so nothing is shown."
        await self._store.renders.hide(job.guild_id, job.id, by=None)
        await self._end(job, "the result that it corrects was deleted", text)

    async def remove_progress(self, job: Job) -> None:
        """Delete the message that showed the job's progress, if there is one."""
        if job.progress_channel_id is None or job.progress_message_id is None:
            return
        channel = self._client.get_partial_messageable(job.progress_channel_id)
        delete = channel.get_partial_message(job.progress_message_id).delete
        await self._if_accepted(job, "its progress message stays", lambda: self._progress.last_word(job, delete))

    async def _end(self, job: Job, cause: str, text: str) -> None:
        try:
            await self._store.jobs.abandon(job.id, cause)
        except JobNotFoundError:
            return  # it was posted after all
        log.error("job %s: cannot be delivered in channel %d: %s", job.id, job.channel_id, cause)
        try:
            await self._tell(job, text, None)
        except Exception as error:
            log.warning("job %s: its member is not told: %s", job.id, error)

    async def _was_told(self, job: Job) -> bool:
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        try:
            return await find_posted(self._client, channel, job, RetryButton(job.id).custom_id) is not None
        except discord.HTTPException as error:
            if error.code not in UNREACHABLE:
                raise
            return False

    async def _tell(self, job: Job, text: str, view: ui.View | None) -> None:
        """Post the text in place of the progress message, as only a new message calls anybody.

        Where nothing can be posted, the progress message may still be edited.
        """
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        try:
            await channel.send(
                text, view=view or discord.utils.MISSING, nonce=f"report-{job.id}", allowed_mentions=call_for(job)
            )
        except discord.HTTPException as error:
            if error.code not in UNREACHABLE:
                raise
            log.warning("job %s: nothing can be posted: %s", job.id, UNREACHABLE[error.code])
            await self._edit_progress(job, text, view)
        else:
            await self.remove_progress(job)

    async def _edit_progress(self, job: Job, text: str, view: ui.View | None) -> None:
        if job.progress_channel_id is None or job.progress_message_id is None:
            return
        channel = self._client.get_partial_messageable(job.progress_channel_id)
        message = channel.get_partial_message(job.progress_message_id)

        async def edit() -> None:
            await message.edit(content=text, view=view)

        await self._if_accepted(job, "the member cannot be told", lambda: self._progress.last_word(job, edit))

    async def _if_accepted(self, job: Job, otherwise: str, change: Callable[[], Awaitable[None]]) -> None:
        """Do what is no loss when Discord refuses it; its own trouble is for the caller to wait out."""
        try:
            await change()
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            log.info("job %s: %s: %s %s", job.id, otherwise, error.code, error.text)
