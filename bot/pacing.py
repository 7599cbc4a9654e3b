"""Edits messages at a rate that Discord allows: the newest state of a message wins, one edit a channel at a time."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakValueDictionary

import discord

log = logging.getLogger(__name__)
Result = TypeVar("Result")

CONCURRENT_EDITS = 8

Edit = Callable[[], Awaitable[None]]
"""Makes the message say what is true at that moment."""


class PacedEditor:
    """Spreads edits over time, channel by channel.

    A channel's first edit goes out at once; after each one the channel rests. Edits asked for meanwhile are kept one a
    message, the newest, and made in the order in which they were first asked for. Two changes of one message are never
    under way at the same time: Discord could do them in either order.
    """

    def __init__(self, rest_seconds: float) -> None:
        self._rest_seconds = rest_seconds
        self._waiting: dict[int, OrderedDict[int, Edit]] = {}
        self._channels: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(CONCURRENT_EDITS)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def request(self, channel_id: int, message_id: int, edit: Edit, *, urgent: bool = False) -> None:
        """Ask for an edit of a message, in place of any that still waits for it.

        Args:
            channel_id: the message's channel.
            message_id: the message.
            edit: does it, at the time when it is its turn.
            urgent: go before the channel's other messages.
        """
        waiting = self._waiting.setdefault(channel_id, OrderedDict())
        waiting[message_id] = edit
        if urgent:
            waiting.move_to_end(message_id, last=False)
        if channel_id not in self._channels:
            self._channels[channel_id] = asyncio.create_task(self._serve(channel_id), name=f"edits in {channel_id}")

    def forget(self, channel_id: int, message_id: int) -> None:
        """Drop what waits for a message; an edit under way goes on, see `last_word`."""
        if waiting := self._waiting.get(channel_id):
            waiting.pop(message_id, None)

    async def at_once(self, message_id: int, change: Callable[[], Awaitable[Result]]) -> Result:
        """Change a message as soon as the change under way, if there is one, is done."""
        async with self._lock(message_id):
            return await change()

    async def last_word(self, channel_id: int, message_id: int, change: Callable[[], Awaitable[Result]]) -> Result:
        """Change a message at once and in place of everything that waits for it."""
        async with self._lock(message_id):
            self.forget(channel_id, message_id)
            return await change()

    async def close(self) -> None:
        """Stop editing; what waits is dropped, as rows and not messages hold the truth."""
        tasks = list(self._channels.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _lock(self, message_id: int) -> asyncio.Lock:
        """The message's lock, kept as long as anybody holds it or waits for it."""
        return self._locks.setdefault(message_id, asyncio.Lock())

    async def _serve(self, channel_id: int) -> None:
        waiting = self._waiting[channel_id]
        try:
            while waiting:
                message_id = next(iter(waiting))
                async with self._slots, self._lock(message_id):
                    # What waited may be forgotten meanwhile, or a newer state.
                    if edit := waiting.pop(message_id, None):
                        await self._edit(channel_id, message_id, edit)
                await asyncio.sleep(self._rest_seconds)
        finally:
            del self._channels[channel_id]
            if not waiting:
                del self._waiting[channel_id]

    async def _edit(self, channel_id: int, message_id: int, edit: Edit) -> None:
        try:
            await edit()
        except discord.HTTPException as error:
            log.info("message %d in channel %d is not edited: %s %s", message_id, channel_id, error.code, error.text)
        except Exception:
            log.exception("message %d in channel %d is not edited", message_id, channel_id)
