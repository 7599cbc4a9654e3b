"""Brings results and failures to their channels, each exactly once, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
import discord

from bot.buttons.results import result_rows
from bot.card_files import card_files, file_limit, upload
from bot.cards import result_card
from bot.errors import explain
from bot.votes import UNKNOWN_MESSAGE, VoteKeeper
from bot.wording import vote_emoji
from storage import ImageError, JobNotFoundError, StorageUnavailableError, Store
from storage.models import Job, Render

log = logging.getLogger(__name__)

RETRY_SECONDS = (2, 5, 15, 60)
REFUSALS_BEFORE_GIVING_UP = 3
LOOK_BACK = timedelta(minutes=2)
LOOK_THROUGH = 300
"""How many messages after a render are looked through for its delivery before it is posted again."""
TOO_LARGE = (40005,)
UNREACHABLE = {
    10003: "the channel was deleted",
    10004: "the bot was removed from the server",
    UNKNOWN_MESSAGE: "the message it belongs to was deleted",
    50001: "the bot may not see the channel any more",
    50013: "the bot may not post in the channel any more",
}


UNKNOWN_TROUBLE = "it could not be posted here"


class _UndeliverableError(Exception):
    """Nothing that the bot can do will bring this result to its channel; the message is the cause."""


class Delivery:
    """Posts rendered jobs and tells of failed ones.

    A render is posted, then recorded. Between the two lies the moment in which a crash would post it twice; so whoever
    cannot know that nothing was posted looks through the channel for the render's buttons first, and Discord itself
    refuses a second message with the same nonce within a few minutes.
    """

    def __init__(self, client: discord.Client, store: Store, votes: VoteKeeper) -> None:
        self._client = client
        self._store = store
        self._votes = votes
        self._wake = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._never_tried: set[str] = set()

    def rendered(self, job_id: str) -> None:
        """A render of this very process wants to be posted: nothing can have been posted yet."""
        self._never_tried.add(job_id)
        self._wake.set()

    def wake(self) -> None:
        """Look for jobs to deliver or to report."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver what is rendered and report what failed, as long as the task lives."""
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                for job in await self._store.jobs.undelivered():
                    self._spawn(job, self._deliver)
                for job in await self._store.jobs.unreported():
                    self._spawn(job, self._report)
            except Exception as error:
                log.error("the jobs to deliver cannot be read: %s", explain(error).cause)
                asyncio.get_running_loop().call_later(RETRY_SECONDS[1], self._wake.set)

    async def close(self, grace_seconds: float) -> None:
        """Let running deliveries finish within the grace; the rows keep the rest for the next start."""
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, job: Job, what: Callable[[Job], Awaitable[None]]) -> None:
        if job.id not in self._tasks:
            task = self._tasks[job.id] = asyncio.create_task(self._persist(job, what), name=f"deliver {job.id}")
            task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def _persist(self, job: Job, what: Callable[[Job], Awaitable[None]]) -> None:
        """Try until it is done or known to be impossible; the waits grow to a minute."""
        tries = refusals = 0
        while True:
            try:
                await what(job)
                return
            except Exception as error:
                cause = explain(error).cause
                log.warning("job %s: not delivered yet (%s)", job.id, cause)
                refusals += not _is_outage(error)
                if refusals >= REFUSALS_BEFORE_GIVING_UP:
                    log.error("job %s: given up", job.id, exc_info=error)
                    await self._abandon(job, UNKNOWN_TROUBLE)
                    return
            await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
            tries += 1

    async def _deliver(self, job: Job) -> None:
        render = await self._store.renders.get(job.guild_id, job.id)
        assert render is not None, "a rendered job has a render of the same id"
        try:
            message = await self._bring(job, render)
            await self._add_reactions(message, render)
        except _UndeliverableError as error:
            await self._abandon(job, str(error))
            return
        except ImageError as error:
            log.error("job %s: %s", job.id, error)
            await self._abandon(job, "one of its pictures is missing")
            return
        await self._remove_progress(job)
        await self._store.jobs.mark_delivered(job.id, job.channel_id, message.id)
        self._never_tried.discard(job.id)
        log.info("job %s: delivered as message %d in channel %d", job.id, message.id, job.channel_id)
        await self._votes.catch_up(job.guild_id, job.id, force=job.replaces_message_id is not None)

    async def _bring(self, job: Job, render: Render) -> discord.PartialMessage:
        """Make sure that the channel shows the render in exactly one message."""
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        nothing_posted = job.id in self._never_tried
        self._never_tried.discard(job.id)
        try:
            if job.replaces_message_id is not None:
                return await self._replace(channel.get_partial_message(job.replaces_message_id), render)
            posted = None if nothing_posted else await self._find_posted(channel, job)
            return channel.get_partial_message(posted or await self._post(channel, render))
        except discord.HTTPException as error:
            if error.code in UNREACHABLE:
                raise _UndeliverableError(UNREACHABLE[error.code]) from error
            raise

    async def _post(self, channel: discord.PartialMessageable, render: Render) -> int:
        for shrink in (1, 2, 4, 8):
            files = await card_files(render, self._store.images, self._limit(render), shrink=shrink)
            view = result_card(render, result_rows(render))
            try:
                message = await channel.send(view=view, files=upload(files), nonce=f"restyle-{render.id}")
                return message.id
            except discord.HTTPException as error:
                if error.code not in TOO_LARGE and error.status != 413:
                    raise
                log.warning("job %s: too large for the channel, sending smaller pictures", render.id)
        raise _UndeliverableError("Discord refuses even small files here")

    async def _replace(self, message: discord.PartialMessage, render: Render) -> discord.PartialMessage:
        """Show a corrected render on the message of the former one; doing it twice changes nothing."""
        files = await card_files(render, self._store.images, self._limit(render))
        await message.edit(view=result_card(render, result_rows(render)), attachments=upload(files))
        return message

    async def _find_posted(self, channel: discord.PartialMessageable, job: Job) -> int | None:
        """The message that a predecessor posted for the job before it died, if it did."""
        since = (job.finished_at or job.created_at) - LOOK_BACK
        marker = f"restyle:delete:{job.id}"
        assert self._client.user is not None
        async for message in channel.history(limit=LOOK_THROUGH, after=since, oldest_first=True):
            if message.author.id == self._client.user.id and _carries(message, marker):
                log.info("job %s: was posted already as message %d", job.id, message.id)
                return message.id
        return None

    async def _add_reactions(self, message: discord.PartialMessage, render: Render) -> None:
        try:
            for variant in render.variants:
                await message.add_reaction(vote_emoji(variant.number))
        except (discord.Forbidden, discord.NotFound) as error:
            # The result is there; without our reactions the members still can add theirs.
            log.warning("job %s: no reactions added: %s %s", render.id, error.code, error.text)

    async def _remove_progress(self, job: Job) -> None:
        current = await self._store.jobs.get(job.id) or job
        if current.progress_channel_id is None or current.progress_message_id is None:
            return
        channel = self._client.get_partial_messageable(current.progress_channel_id)
        try:
            await channel.get_partial_message(current.progress_message_id).delete()
        except (discord.NotFound, discord.Forbidden) as error:
            log.info("job %s: its progress message stays: %s", job.id, error.text)

    async def _report(self, job: Job) -> None:
        """Tell the member why nothing came of the job, in place of its progress."""
        text = f"⚠️ <@{job.member_id}> {job.reason}\n-# restyle {job.id}"
        await self._say_last_word(job, text)
        await self._store.jobs.mark_reported(job.id)

    async def _abandon(self, job: Job, cause: str) -> None:
        log.error("job %s: cannot be delivered in channel %d: %s", job.id, job.channel_id, cause)
        with suppress(JobNotFoundError):  # a failed job that could not be reported
            await self._store.jobs.abandon(job.id, cause)
        text = f"⚠️ <@{job.member_id}> your result is ready but {cause}; `/history id:{job.id}` shows it."
        with suppress(discord.HTTPException):
            await self._say_last_word(job, text)

    async def _say_last_word(self, job: Job, text: str) -> None:
        """Edit the progress message, or post where there is none (any more); unreachable channels are logged only."""
        channel = self._client.get_partial_messageable(job.progress_channel_id or job.channel_id)
        try:
            try:
                if job.progress_message_id is not None:
                    await channel.get_partial_message(job.progress_message_id).edit(content=text, view=None)
                    return
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
            await channel.send(text, nonce=f"report-{job.id}")
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("job %s: the member cannot be told: %s", job.id, error.text)

    def _limit(self, render: Render) -> int:
        return file_limit(self._client.get_guild(render.guild_id))


def _is_outage(error: Exception) -> bool:
    """Whether an error passes by itself: Discord's servers, its rate limits or the network are in trouble."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 429
    return isinstance(error, discord.RateLimited | aiohttp.ClientError | StorageUnavailableError | OSError)


def _carries(message: discord.Message, custom_id: str) -> bool:
    """Whether one of the message's buttons has that custom_id, however deep it lies."""
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop()
        if getattr(component, "custom_id", None) == custom_id:
            return True
        waiting.extend(getattr(component, "children", ()))
    return False
