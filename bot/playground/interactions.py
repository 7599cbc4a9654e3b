"""Interactions: from what a user did to the bot's answer, within three seconds, and its token's fifteen minutes."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from bot.playground import errors
from bot.playground.entities import Channel, Message
from bot.playground.events import EventBus, InteractionAcknowledged, InteractionCreated, InteractionFailed
from bot.playground.settings import PlaygroundSettings
from bot.playground.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
NO_ANSWER = "The application did not respond"


@dataclass
class Interaction:
    """One thing a user did.

    Attributes:
        data: Discord's `data` for its type.
        nonce: the page's own name for it.
        source: the message a component sits on, or that a modal was opened from.
        callback: type of the bot's first answer, None until then.
        response: the message that `@original` names.
        deferred: the answer was deferred and the first follow-up will fill it in.
        modal: the modal it was answered with.
        parent: for a submitted modal, the interaction that opened it.
    """

    id: int
    token: str
    type: int
    user_id: int
    channel: Channel
    data: dict[str, Any]
    nonce: str | None
    created: float
    source: Message | None = None
    callback: int | None = None
    failed: bool = False
    response: Message | None = None
    response_deleted: bool = False
    deferred: bool = False
    ephemeral: bool = False
    modal: dict[str, Any] | None = None
    parent: Interaction | None = None
    choices: asyncio.Future[list[dict[str, Any]]] | None = field(default=None, repr=False)


class InteractionDesk:
    """Hands interactions to the bot and watches their clocks."""

    def __init__(self, world: World, bus: EventBus, settings: PlaygroundSettings) -> None:
        self._world = world
        self._bus = bus
        self._settings = settings
        self._by_token: dict[str, Interaction] = {}
        self._modals: dict[tuple[int, str], Interaction] = {}

    def open(
        self,
        kind: int,
        user_id: int,
        channel: Channel,
        data: dict[str, Any],
        *,
        nonce: str | None = None,
        source: Message | None = None,
        parent: Interaction | None = None,
    ) -> Interaction:
        """Make an interaction, tell the bot, and start the clock of its first answer."""
        loop = asyncio.get_running_loop()
        interaction = Interaction(
            self._world.snowflakes.next(), "", kind, user_id, channel, data, nonce, time.monotonic(), source
        )
        interaction.token = self._token(interaction.id)
        interaction.parent = parent
        if kind == AUTOCOMPLETE:
            interaction.choices = loop.create_future()
        self._by_token[interaction.token] = interaction
        self._bus.publish(InteractionCreated(interaction))
        loop.call_later(self._settings.acknowledge_seconds, self._expire_answer, interaction)
        loop.call_later(self._settings.token_seconds, self._expire_token, interaction)
        return interaction

    @staticmethod
    def _token(interaction_id: int) -> str:
        text = f"interaction:{interaction_id}:{secrets.token_urlsafe(48)}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _expire_answer(self, interaction: Interaction) -> None:
        if interaction.callback is None:
            interaction.failed = True
            if interaction.choices and not interaction.choices.done():
                interaction.choices.set_result([])
            self._bus.publish(InteractionFailed(interaction, NO_ANSWER))

    def _expire_token(self, interaction: Interaction) -> None:
        self._by_token.pop(interaction.token, None)
        if interaction.modal:
            self._modals.pop((interaction.user_id, interaction.modal["custom_id"]), None)

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """The interaction a callback is for.

        Raises:
            ApiError: 10062 if there is none or it is too late, 40060 if it was answered.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or interaction.failed:
            raise errors.unknown(10062)
        if interaction.callback is not None:
            raise errors.already_acknowledged()
        return interaction

    def by_webhook(self, application_id: int, token: str) -> Interaction:
        """The interaction whose token a webhook call carries.

        Raises:
            ApiError: 10015 before the first answer or for no interaction of this bot, 50027 after the token's life.
        """
        interaction = self._by_token.get(token)
        if interaction is None and self._was_ours(token) and application_id == self._world.bot_id:
            raise errors.invalid_webhook_token()
        if interaction is None or interaction.callback is None or application_id != self._world.bot_id:
            raise errors.unknown(10015)
        return interaction

    @staticmethod
    def _was_ours(token: str) -> bool:
        try:
            text = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)).decode()
        except (ValueError, UnicodeError):
            return False
        return text.startswith("interaction:")

    def acknowledge(self, interaction: Interaction, callback: int) -> None:
        """Note the first answer and tell the page."""
        interaction.callback = callback
        self._bus.publish(InteractionAcknowledged(interaction))

    def open_modal(self, interaction: Interaction, modal: dict[str, Any]) -> None:
        """Keep the modal so that its submission can be matched to it."""
        interaction.modal = modal
        self._modals[interaction.user_id, modal["custom_id"]] = interaction

    def opened_modal(self, user_id: int, custom_id: str) -> Interaction:
        """The interaction that opened the modal a user submits.

        Raises:
            ApiError: 10062 if no such modal is open.
        """
        opener = self._modals.get((user_id, custom_id))
        if opener is None:
            raise errors.unknown(10062)
        return opener

    def close_modal(self, opener: Interaction) -> None:
        """A modal can be submitted once."""
        if opener.modal is not None:
            self._modals.pop((opener.user_id, opener.modal["custom_id"]), None)
