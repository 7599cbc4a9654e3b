"""What happens in the playground, told to everybody who listens: the bot's gateway sessions and the web page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.playground.entities import Message

if TYPE_CHECKING:
    from bot.playground.interactions import Interaction


@dataclass(frozen=True)
class Event:
    """Anything that happened."""


@dataclass(frozen=True)
class MessageCreated(Event):
    """A message is new."""

    message: Message


@dataclass(frozen=True)
class MessageUpdated(Event):
    """A message changed."""

    message: Message


@dataclass(frozen=True)
class MessageDeleted(Event):
    """A message is gone."""

    message: Message


@dataclass(frozen=True)
class ReactionAdded(Event):
    """A user reacted."""

    message: Message
    user_id: int
    emoji: str


@dataclass(frozen=True)
class ReactionRemoved(Event):
    """A user's reaction was taken back."""

    message: Message
    user_id: int
    emoji: str


@dataclass(frozen=True)
class ReactionsCleared(Event):
    """All reactions of a message were removed, or all of one emoji."""

    message: Message
    emoji: str | None = None


@dataclass(frozen=True)
class InteractionCreated(Event):
    """A user did something that the bot must answer."""

    interaction: Interaction


@dataclass(frozen=True)
class InteractionAcknowledged(Event):
    """The bot answered in time."""

    interaction: Interaction


@dataclass(frozen=True)
class InteractionFailed(Event):
    """The bot did not answer in time."""

    interaction: Interaction
    reason: str


@dataclass(frozen=True)
class ModalOpened(Event):
    """The bot answered with a form to fill in."""

    interaction: Interaction
    modal: dict[str, Any]


@dataclass(frozen=True)
class CommandsChanged(Event):
    """The bot registered its commands."""


@dataclass(frozen=True)
class BotStatusChanged(Event):
    """The bot came online or went offline."""

    online: bool


Listener = Callable[[Event], None]


class EventBus:
    """Hands each event to every listener, in order, at once. Listeners only put it into a queue."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Listen until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, event: Event) -> None:
        """Tell every listener."""
        for listener in list(self._listeners):
            listener(event)
