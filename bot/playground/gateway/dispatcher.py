"""The bot's sessions, and the translation of what happens into their dispatches."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.playground.entities import Message
from bot.playground.events import (
    BotStatusChanged,
    Event,
    EventBus,
    InteractionCreated,
    MessageCreated,
    MessageDeleted,
    MessageUpdated,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
)
from bot.playground.gateway.intents import Intent, without_content
from bot.playground.gateway.interaction_payloads import interaction_payload
from bot.playground.gateway.session import Session
from bot.playground.message_payloads import MessagePayloads
from bot.playground.payloads import gateway_guild_payload, gateway_user_payload, member_payload
from bot.playground.permissions import Permission
from bot.playground.settings import PlaygroundSettings
from bot.playground.world import World

APPLICATION_FLAGS = 1 << 23


class Dispatcher:
    """Knows every session and tells each what its intents and permissions let it see."""

    def __init__(self, world: World, bus: EventBus, messages: MessagePayloads, settings: PlaygroundSettings) -> None:
        self._world = world
        self._bus = bus
        self._messages = messages
        self._settings = settings
        self._sessions: dict[str, Session] = {}
        self.gateway_url = ""
        bus.subscribe(self._on_event)

    @property
    def online(self) -> bool:
        """Whether a bot is connected."""
        return any(session.connection is not None for session in self._sessions.values())

    def start(self, session: Session) -> None:
        """Greet an identified session: READY, then its guilds."""
        self._sessions[session.id] = session
        bot_id = str(self._world.bot_id)
        guilds = self._world.bot_guilds()
        ready: dict[str, Any] = {
            "v": 10,
            "user": gateway_user_payload(self._world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url,
            "application": {"id": bot_id, "flags": APPLICATION_FLAGS, "flags_new": str(APPLICATION_FLAGS)},
        }
        session.dispatch("READY", ready | ({"shard": list(session.shard)} if session.shard else {}))
        for guild in guilds if session.intents & Intent.GUILDS else []:
            all_members = bool(session.intents & Intent.GUILD_MEMBERS)
            session.dispatch("GUILD_CREATE", gateway_guild_payload(self._world, guild, all_members=all_members))
        self._bus.publish(BotStatusChanged(self.online))

    def find(self, session_id: str) -> Session | None:
        """The session to resume, if it is still kept."""
        return self._sessions.get(session_id)

    def resumed(self) -> None:
        """A session is connected again."""
        self._bus.publish(BotStatusChanged(self.online))

    def detach(self, session: Session, *, resumable: bool) -> None:
        """A session's connection is gone; keep it for a while if it may resume."""
        session.connection = None
        if resumable:
            asyncio.get_running_loop().call_later(self._settings.resume_seconds, self._expire, session)
        else:
            self._sessions.pop(session.id, None)
        self._bus.publish(BotStatusChanged(self.online))

    def _expire(self, session: Session) -> None:
        if session.connection is None:
            self._sessions.pop(session.id, None)

    def forget_sessions(self) -> None:
        """Make every session unresumable, as after an outage."""
        for session_id in [key for key, session in self._sessions.items() if session.connection is None]:
            del self._sessions[session_id]

    def _on_event(self, event: Event) -> None:
        match event:
            case InteractionCreated(interaction):
                data = interaction_payload(self._world, self._messages, self._settings, interaction)
                self._send(0, "INTERACTION_CREATE", data)
            case MessageCreated(message):
                self._send_message("MESSAGE_CREATE", message)
            case MessageUpdated(message):
                self._send_message("MESSAGE_UPDATE", message)
            case MessageDeleted(message):
                self._about(message, Intent.GUILD_MESSAGES, "MESSAGE_DELETE", {"id": str(message.id)})
            case ReactionAdded(message, user_id, emoji):
                self._reaction_added(message, user_id, emoji)
            case ReactionRemoved(message, user_id, emoji):
                self._reaction("MESSAGE_REACTION_REMOVE", message, self._reacted(user_id, emoji))
            case ReactionsCleared(message, None):
                self._reaction("MESSAGE_REACTION_REMOVE_ALL", message, {})
            case ReactionsCleared(message, emoji):
                self._reaction("MESSAGE_REACTION_REMOVE_EMOJI", message, {"emoji": {"id": None, "name": emoji}})

    def _reaction_added(self, message: Message, user_id: int, emoji: str) -> None:
        member = self._world.guilds[message.guild_id].members[user_id]
        extra = {
            "member": member_payload(member, self._world.users[user_id]),
            "message_author_id": str(message.author_id),
        }
        self._reaction("MESSAGE_REACTION_ADD", message, self._reacted(user_id, emoji) | extra)

    @staticmethod
    def _reacted(user_id: int, emoji: str) -> dict[str, Any]:
        return {"user_id": str(user_id), "emoji": {"id": None, "name": emoji}, "burst": False, "type": 0}

    def _reaction(self, name: str, message: Message, data: dict[str, Any]) -> None:
        self._about(message, Intent.GUILD_MESSAGE_REACTIONS, name, {"message_id": str(message.id)} | data)

    def _about(self, message: Message, intent: Intent, name: str, data: dict[str, Any]) -> None:
        if self._sees(message):
            place = {"channel_id": str(message.channel_id), "guild_id": str(message.guild_id)}
            self._send(intent, name, place | data)

    def _send_message(self, name: str, message: Message) -> None:
        if not self._sees(message):
            return
        payload = self._messages.dispatched(message)
        blank = without_content(payload, self._world.bot_id)
        for session in self._sessions.values():
            if session.intents & Intent.GUILD_MESSAGES:
                session.dispatch(name, payload if session.intents & Intent.MESSAGE_CONTENT else blank)

    def _sees(self, message: Message) -> bool:
        """Ephemeral messages reach the bot only as answers to its own calls."""
        channel = self._world.channel(message.channel_id)
        visible = self._world.permissions(channel, self._world.bot_id) & Permission.VIEW_CHANNEL
        return bool(visible) and message.ephemeral_for is None

    def _send(self, intent: int, name: str, data: dict[str, Any]) -> None:
        for session in self._sessions.values():
            if not intent or session.intents & intent:
                session.dispatch(name, data)
