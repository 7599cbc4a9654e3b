"""The life of the assistant: open everything in order, run until told to stop, close in the opposite order."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aiohttp
import discord

from bot.client import RestyleClient
from bot.discord_clock import DiscordClock
from bot.dispatcher import Dispatcher
from bot.folder_lock import FolderInUseError, FolderLock
from bot.log import set_up_logging
from bot.loop_monitor import LoopMonitor
from bot.settings import Settings
from bot.start_report import report_start
from bot.stop_signals import stop_on_signals
from bot.studio import Studio
from gan.serving.pool import ProcessPool, RenderPool
from storage import StorageError, StorageUnavailableError, Store

log = logging.getLogger(__name__)

RENDER_GRACE_SECONDS = 20.0
INTAKE_GRACE_SECONDS = 10.0
DELIVERY_GRACE_SECONDS = 10.0
KEPT_JOBS = timedelta(days=30)
"""How long the rows of finished jobs are kept; their renders stay for ever."""
TIDY_SECONDS = 24 * 60 * 60.0
TIDY_WAIT_SECONDS = 60.0
"""How often it is looked whether Discord has confirmed the time, so that old rows can be told from young ones."""
LOGIN_PAUSES = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds before Discord is tried again at the start; the last one is repeated."""


def run(settings: Settings) -> int:
    """Run the bot until SIGINT or SIGTERM.

    Returns:
        An exit status: 0 after being told to stop, 1 when it cannot run; the log says why.
    """
    set_up_logging(settings.log_level, settings.log_format)
    try:
        asyncio.run(_run_until_signal(settings))
    except discord.LoginFailure:
        log.error("Discord does not accept DISCORD_TOKEN; copy it again from the developer portal's Bot page")
    except discord.PrivilegedIntentsRequired:
        log.error("Discord refuses the intents; the assistant needs no privileged ones, so this is a fault of ours")
    except (StorageUnavailableError, FolderInUseError) as error:
        log.error("%s", error)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.error("the bot stopped: %s: %s", type(error).__name__, error)
    else:
        return 0
    return 1


def make_pool(settings: Settings) -> RenderPool:
    """The worker processes that render."""
    return ProcessPool(
        settings.device,
        weights=settings.weights,
        threads=settings.worker_threads or None,
        niceness=settings.worker_niceness,
        compiled=settings.compile_generator,
    )


async def _run_until_signal(settings: Settings) -> None:
    await assist(settings, make_pool(settings), stop_on_signals())


async def assist(settings: Settings, pool: RenderPool, stop: asyncio.Event) -> None:
    """Run the assistant until `stop` is set.

    Args:
        settings: where and how.
        pool: renders; started and closed here.
        stop: set it to end in good order.

    Raises:
        FolderInUseError: another assistant runs on the data folder.
        StorageUnavailableError: the data folder cannot be used.
        discord.DiscordException: Discord refuses the token or the connection for good.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(FolderLock(settings.data_dir))
        clock = DiscordClock()
        store = await stack.enter_async_context(await Store.open(settings.data_dir, clock))
        await report_start(settings, store)
        stack.push_async_callback(pool.close)
        studio = Studio(store, settings, lambda: pool.capacity)
        stack.callback(studio.close)
        client = await stack.enter_async_context(RestyleClient(store, studio, settings, clock))
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        dispatcher = Dispatcher(store, pool, settings, client, owner)
        studio.on_submitted = dispatcher.wake
        studio.on_cancelled = dispatcher.interrupt
        monitor = LoopMonitor(settings.loop_report)
        for work in (monitor.run(), _tidy(store, clock)):
            stack.callback(asyncio.create_task(work).cancel)
        await _serve(client, dispatcher, settings.discord_token.get_secret_value(), stop)


async def _tidy(store: Store, clock: DiscordClock) -> None:
    """Drop the rows of jobs that ended long ago, once a day; a clock that may be wrong must not make them old."""
    while True:
        if not clock.confirmed:
            await asyncio.sleep(TIDY_WAIT_SECONDS)
            continue
        try:
            forgotten = await store.jobs.forget_finished(datetime.fromtimestamp(clock(), UTC) - KEPT_JOBS)
            log.info("dropped the rows of %d jobs that ended more than %d days ago", forgotten, KEPT_JOBS.days)
        except StorageError as error:
            log.warning("old jobs are not dropped: %s", error)
        await asyncio.sleep(TIDY_SECONDS)


async def _serve(client: RestyleClient, dispatcher: Dispatcher, token: str, stop: asyncio.Event) -> None:
    """Run until `stop` is set or the connection ends for good, whose error is raised."""
    connection = asyncio.create_task(_stay_connected(client, token), name="connection")
    rendering = asyncio.create_task(dispatcher.run(), name="dispatcher")
    stopped = asyncio.create_task(stop.wait(), name="stop signal")
    try:
        await asyncio.wait({connection, rendering, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            log.info("stopping: finishing what renders, keeping the rest for the next start")
        await asyncio.gather(dispatcher.stop(RENDER_GRACE_SECONDS), client.intakes.close(INTAKE_GRACE_SECONDS))
        if client.is_ready():
            await client.delivery.close(DELIVERY_GRACE_SECONDS)
        for task in (connection, rendering):
            if task.done():
                task.result()
    finally:
        stopped.cancel()
        rendering.cancel()
        await client.close()
        connection.cancel()
        await asyncio.gather(connection, rendering, stopped, return_exceptions=True)
        log.info("stopped")


async def _stay_connected(client: RestyleClient, token: str) -> None:
    """Log in, again and again while the network or Discord is in trouble, and stay connected."""
    tries = 0
    while True:
        try:
            await client.login(token)
            break
        except (OSError, aiohttp.ClientError, discord.HTTPException) as error:
            if isinstance(error, discord.HTTPException) and error.status < 500 and error.status != 429:
                raise
            pause = LOGIN_PAUSES[min(tries, len(LOGIN_PAUSES) - 1)]
            log.warning("Discord cannot be reached (%s: %s); next try in %g s", type(error).__name__, error, pause)
        await _forget_session(client)
        await asyncio.sleep(pause)
        tries += 1
    await client.connect()


async def _forget_session(client: RestyleClient) -> None:
    """Close what a login that failed has opened: discord.py opens a new session each time, on a kept connector."""
    await client.http.close()
    client.http.connector = discord.utils.MISSING
