"""The life of the assistant: open everything in order, run until told to stop, close in the opposite order."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import discord

from bot.client import RestyleClient
from bot.dispatcher import Dispatcher
from bot.folder_lock import FolderInUseError, FolderLock
from bot.log import set_up_logging
from bot.loop_monitor import LoopMonitor
from bot.settings import Settings
from bot.studio import Studio
from gan.pool import ProcessPool, RenderPool
from storage import StorageError, StorageUnavailableError, Store

log = logging.getLogger(__name__)

RENDER_GRACE_SECONDS = 20.0
DELIVERY_GRACE_SECONDS = 10.0
KEPT_JOBS = timedelta(days=30)
"""How long the rows of finished jobs are kept; their renders stay for ever."""
TIDY_SECONDS = 24 * 60 * 60.0


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
    except (discord.DiscordException, OSError) as error:
        log.error("the bot stopped: %s", error)
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
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows' event loop has no signal handlers
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await assist(settings, make_pool(settings), stop)


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
        store = await stack.enter_async_context(await Store.open(settings.data_dir))
        stack.push_async_callback(pool.close)
        studio = Studio(store, settings, lambda: pool.capacity)
        stack.callback(studio.close)
        client = await stack.enter_async_context(RestyleClient(store, studio, settings))
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        dispatcher = Dispatcher(store, pool, settings, client, owner)
        studio.on_submitted = dispatcher.wake
        studio.on_cancelled = dispatcher.interrupt
        monitor = LoopMonitor(settings.loop_report)
        for work in (monitor.run(), _tidy(store)):
            stack.callback(asyncio.create_task(work).cancel)
        await _serve(client, dispatcher, settings.discord_token.get_secret_value(), stop)


async def _tidy(store: Store) -> None:
    """Drop the rows of jobs that ended long ago, once a day."""
    while True:
        try:
            forgotten = await store.jobs.forget_finished(datetime.now(UTC) - KEPT_JOBS)
            log.info("dropped the rows of %d jobs that ended more than %d days ago", forgotten, KEPT_JOBS.days)
        except StorageError as error:
            log.warning("old jobs are not dropped: %s", error)
        await asyncio.sleep(TIDY_SECONDS)


async def _serve(client: RestyleClient, dispatcher: Dispatcher, token: str, stop: asyncio.Event) -> None:
    """Run until `stop` is set or the connection ends for good, whose error is raised."""
    connection = asyncio.create_task(client.start(token), name="connection")
    rendering = asyncio.create_task(dispatcher.run(), name="dispatcher")
    stopped = asyncio.create_task(stop.wait(), name="stop signal")
    try:
        await asyncio.wait({connection, rendering, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            log.info("stopping: finishing what renders, keeping the rest for the next start")
        await dispatcher.stop(RENDER_GRACE_SECONDS)
        if client.is_ready():
            await client.delivery.close(DELIVERY_GRACE_SECONDS)
        for task in (connection, rendering):
            if task.done():
                task.result()
    finally:
        stopped.cancel()
        rendering.cancel()
        await client.close()
        await asyncio.gather(connection, rendering, stopped, return_exceptions=True)
        log.info("stopped")
