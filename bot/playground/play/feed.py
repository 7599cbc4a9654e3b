"""The page's WebSocket: what happens in a channel, as one member sees it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.playground.entities import Channel, Message, User
from bot.playground.events import (
    BotStatusChanged,
    CommandsChanged,
    Event,
    InteractionAcknowledged,
    InteractionFailed,
    MessageCreated,
    MessageDeleted,
    MessageUpdated,
    ModalOpened,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
)
from bot.playground.interactions import AUTOCOMPLETE, Interaction
from bot.playground.services import Services

LONGEST_QUEUE = 2000
SLOW_READER = 1013


class Feed:
    """One page's subscription. A page that does not keep up is disconnected and loads the channel anew."""

    def __init__(self, services: Services, person: User, channel: Channel | None) -> None:
        self._services = services
        self._person = person
        self._channel = channel
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Send what happens until the page goes away."""
        unsubscribe = self._services.bus.subscribe(self._on_event)
        writer = asyncio.create_task(self._write(socket), name="page-feed")
        try:
            async for _ in socket:
                pass  # the page sends nothing; reading notices that it left
        finally:
            unsubscribe()
            writer.cancel()

    async def _write(self, socket: web.WebSocketResponse) -> None:
        with suppress(ConnectionError):
            while (frame := await self._queue.get()) is not None:
                await socket.send_str(json.dumps(frame))
            await socket.close(code=SLOW_READER, message=b"The page fell behind.")

    def _put(self, name: str, data: Any) -> None:
        if self._queue.qsize() < LONGEST_QUEUE:
            self._queue.put_nowait({"t": name, "d": data})
        elif self._queue.qsize() == LONGEST_QUEUE:
            self._queue.put_nowait(None)

    def _on_event(self, event: Event) -> None:
        match event:
            case MessageCreated(message) if self._sees(message):
                self._put("MESSAGE_CREATE", self._message(message))
            case MessageUpdated(message) if self._sees(message):
                self._put("MESSAGE_UPDATE", self._message(message))
            case MessageDeleted(message) if self._sees(message):
                self._put("MESSAGE_DELETE", _place(message) | {"id": str(message.id)})
            case ReactionAdded(message, user_id, emoji) if self._sees(message):
                self._put("MESSAGE_REACTION_ADD", _reaction(message, user_id, emoji))
            case ReactionRemoved(message, user_id, emoji) if self._sees(message):
                self._put("MESSAGE_REACTION_REMOVE", _reaction(message, user_id, emoji))
            case ReactionsCleared(message, None) if self._sees(message):
                self._put("MESSAGE_REACTION_REMOVE_ALL", _place(message) | {"message_id": str(message.id)})
            case ReactionsCleared(message, _) if self._sees(message):
                self._put("MESSAGE_UPDATE", self._message(message))
            case InteractionAcknowledged(interaction) if self._is_own(interaction):
                self._put("INTERACTION_ACK", _interaction(interaction))
            case InteractionFailed(interaction, reason) if self._is_own(interaction):
                self._put("INTERACTION_FAILED", _interaction(interaction) | {"reason": reason})
            case ModalOpened(interaction, modal) if self._is_own(interaction):
                self._put("MODAL", _interaction(interaction) | modal)
            case CommandsChanged():
                self._put("COMMANDS", self._services.world.commands_in(self._guild_id()))
            case BotStatusChanged(online):
                self._put("BOT_STATUS", {"online": online})

    def _guild_id(self) -> int:
        if self._channel is not None:
            return self._channel.guild_id
        return next((g.id for g in self._services.world.guilds.values() if self._person.id in g.members), 0)

    def _message(self, message: Message) -> dict[str, Any]:
        return self._services.payloads.full(message, self._person.id) | {"guild_id": str(message.guild_id)}

    def _sees(self, message: Message) -> bool:
        if self._channel is not None and message.channel_id != self._channel.id:
            return False
        channel = self._services.world.guilds[message.guild_id].channels[message.channel_id]
        allowed = self._services.world.permissions(channel, self._person.id)
        return bool(allowed) and message.ephemeral_for in (None, self._person.id)

    def _is_own(self, interaction: Interaction) -> bool:
        return interaction.user_id == self._person.id and interaction.type != AUTOCOMPLETE


def _place(message: Message) -> dict[str, Any]:
    return {"channel_id": str(message.channel_id), "guild_id": str(message.guild_id)}


def _reaction(message: Message, user_id: int, emoji: str) -> dict[str, Any]:
    count = len(message.reactions.get(emoji, []))
    about = {"user_id": str(user_id), "message_id": str(message.id), "emoji": {"id": None, "name": emoji}}
    return _place(message) | about | {"count": count}


def _interaction(interaction: Interaction) -> dict[str, Any]:
    return {"nonce": interaction.nonce, "interaction_id": str(interaction.id)}
