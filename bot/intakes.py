"""Orders between their acknowledgement and their row in the queue: an orderly stop loses none of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.refusal import RefusedError
from bot.replies import say

log = logging.getLogger(__name__)

STOPPING = "I am being restarted just now; please send it again in a minute."
STOPPED = "I was restarted before I had read your pictures; please send them again."


class Intakes:
    """Knows which orders are on their way into the queue.

    `async with intakes.order():` holds a stop up until the order is a row and announced. Within it, what takes long
    (download, decoding) stands in `async with intakes.reading(interaction):`, which a stop may end when its patience
    does: the member is then asked to send the order again.
    """

    def __init__(self, slots: asyncio.Semaphore) -> None:
        """Begin without orders.

        Args:
            slots: bound how many orders are read at the same time.
        """
        self._slots = slots
        self._orders: set[asyncio.Task[object]] = set()
        self._reading: dict[asyncio.Task[object], discord.Interaction] = {}
        self._stopping = False

    @asynccontextmanager
    async def order(self) -> AsyncIterator[None]:
        """Take an order.

        Raises:
            RefusedError: the assistant stops.
        """
        if self._stopping:
            raise RefusedError(STOPPING, "the assistant stops")
        task = _this_task()
        self._orders.add(task)
        try:
            yield
        finally:
            self._orders.discard(task)

    @asynccontextmanager
    async def reading(self, interaction: discord.Interaction) -> AsyncIterator[None]:
        """Read an order's pictures when there is a slot; nothing of it is kept yet."""
        task = _this_task()
        self._reading[task] = interaction
        try:
            async with self._slots:
                yield
        finally:
            self._reading.pop(task, None)

    async def close(self, grace_seconds: float) -> None:
        """Take no more orders, let those that were taken come into the queue, end those that take too long."""
        self._stopping = True
        if self._orders:
            await asyncio.wait(set(self._orders), timeout=grace_seconds)
        late = dict(self._reading)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(*(self._tell(interaction) for interaction in late.values()))
        if self._orders:
            await asyncio.wait(set(self._orders), timeout=grace_seconds)

    async def _tell(self, interaction: discord.Interaction) -> None:
        log.warning("an order of member %d was not read before the stop", interaction.user.id)
        try:
            await say(interaction, STOPPED)
        except Exception as error:
            log.warning("member %d could not be told of it: %s", interaction.user.id, error)


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task
