"""Brings results and failures to their channels, each exactly once, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.errors import explain
from bot.posting import Posted, ResultPost, SubjectDeletedError, UndeliverableError
from bot.progress import ProgressBoard
from bot.reports import Reporter
from bot.votes import VoteKeeper
from storage import ImageError, StorageUnavailableError, Store
from storage.models import Job

log = logging.getLogger(__name__)

RETRY_SECONDS = (2, 5, 15, 60)
REFUSALS_BEFORE_GIVING_UP = 3
CONCURRENT_RESULTS = 8
"""Results whose files are in memory at the same time, also while Discord is in trouble and they wait to be sent."""
LEFT_AT_MOST = 2 * CONCURRENT_RESULTS
"""How many deliveries a process that died may have left with their progress message still there."""
UNKNOWN_TROUBLE = "it could not be posted here"


class Delivery:
    """Posts rendered jobs and tells of failed ones.

    A render is posted, then recorded. Between the two lies the moment in which a crash would post it twice; so whoever
    cannot know that nothing was posted looks through the channel for the render's buttons first, and Discord itself
    refuses a second message with the same nonce within a few minutes.
    """

    def __init__(self, client: discord.Client, store: Store, votes: VoteKeeper, progress: ProgressBoard) -> None:
        self._client = client
        self._store = store
        self._votes = votes
        self._reporter = Reporter(client, store, progress)
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(CONCURRENT_RESULTS)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._never_tried: set[str] = set()

    def ended(self, job_id: str) -> None:
        """A job was rendered or failed in this very process: nothing can have been posted yet."""
        self._never_tried.add(job_id)
        self._wake.set()

    def wake(self) -> None:
        """Look for jobs to deliver or to report."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver what is rendered and report what failed, as long as the task lives."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._clear_away(), name="clear away")
            await self._deliver_and_report()

    async def _deliver_and_report(self) -> None:
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

    async def _clear_away(self) -> None:
        """Delete the progress messages of results that a process recorded just before it died."""
        try:
            for job in await self._store.jobs.last_delivered(LEFT_AT_MOST):
                await self._reporter.remove_progress(job)
        except Exception as error:
            log.warning("old progress messages are not looked for: %s", explain(error).cause)

    def _spawn(self, job: Job, what: Callable[[Job], Coroutine[Any, Any, None]]) -> None:
        if job.id not in self._tasks:
            task = self._tasks[job.id] = asyncio.create_task(what(job), name=f"deliver {job.id}")
            task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def _deliver(self, job: Job) -> None:
        async with self._slots:
            post = ResultPost(self._client, self._store, job, may_be_posted=job.id not in self._never_tried)
            give_up = partial(self._reporter.abandon, job, UNKNOWN_TROUBLE)
            await self._persist(job, lambda: self._try_to_deliver(post), give_up)

    async def _report(self, job: Job) -> None:
        may_be_told = job.id not in self._never_tried

        async def report() -> None:
            nonlocal may_be_told
            looks, may_be_told = may_be_told, True
            await self._reporter.report(job, may_be_told=looks)

        await self._persist(job, report, partial(self._reporter.give_up, job))

    async def _persist(
        self, job: Job, attempt: Callable[[], Awaitable[None]], give_up: Callable[[], Awaitable[None]]
    ) -> None:
        """Try until it is done or known to be impossible; the waits grow to a minute."""
        self._never_tried.discard(job.id)
        tries = refusals = 0
        while True:
            try:
                await (give_up() if refusals >= REFUSALS_BEFORE_GIVING_UP else attempt())
                return
            except Exception as error:
                log.warning("job %s: not delivered yet (%s)", job.id, explain(error).cause)
                log.debug("what failed", exc_info=error)
                refusals += not _is_outage(error)
            await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
            tries += 1

    async def _try_to_deliver(self, post: ResultPost) -> None:
        job = post.job
        try:
            posted = await self._bring_and_record(post)
        except UndeliverableError as error:
            await self._reporter.abandon(job, str(error))
        except SubjectDeletedError:
            await self._reporter.abandon_correction(job)
        except ImageError as error:
            log.error("job %s: %s", job.id, error)
            await self._reporter.abandon(job, "one of its pictures is missing")
        else:
            await self._votes.invite(posted.message, await post.render())
            await self._reporter.remove_progress(job)
            await self._votes.catch_up(job.guild_id, job.id, force=posted.taken_over)

    async def _bring_and_record(self, post: ResultPost) -> Posted:
        job = post.job

        async def bring_and_record() -> Posted:
            posted = await post.bring()
            await self._store.jobs.mark_delivered(job.id, job.channel_id, posted.message.id)
            log.info("job %s: delivered as message %d in channel %d", job.id, posted.message.id, job.channel_id)
            return posted

        if job.replaces_message_id is None:
            return await bring_and_record()
        # The standing of the former result must not be written over the new one.
        return await self._votes.at_once(job.replaces_message_id, bring_and_record)


def _is_outage(error: Exception) -> bool:
    """Whether an error passes by itself: Discord's servers, its rate limits or the network are in trouble."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 429
    return isinstance(error, discord.RateLimited | aiohttp.ClientError | StorageUnavailableError | OSError)
