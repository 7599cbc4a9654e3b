"""The things of the playground's world as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15


@dataclass
class User:
    """A person or a bot; `avatar` is the hash in its CDN address."""

    id: int
    username: str
    global_name: str | None = None
    avatar: str | None = None
    bot: bool = False


@dataclass
class Role:
    """A guild's role; the one with the guild's id is @everyone."""

    id: int
    name: str
    permissions: int
    position: int = 0
    color: int = 0


@dataclass
class Member:
    """A user in a guild."""

    user_id: int
    joined_at: str
    roles: list[int] = field(default_factory=list)


@dataclass
class Overwrite:
    """What a channel allows or denies to a role (`kind` 0) or a member (`kind` 1)."""

    kind: int
    allow: int = 0
    deny: int = 0


@dataclass
class Channel:
    """A text channel of a guild."""

    id: int
    guild_id: int
    name: str
    topic: str | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)


@dataclass
class Guild:
    """A guild with everything in it but the messages."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)


@dataclass
class Attachment:
    """A stored file. `folder` is its place on the CDN, such as attachments/CHANNEL."""

    id: int
    folder: str
    filename: str
    size: int
    content_type: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    description: str | None = None
    ephemeral: bool = False


@dataclass
class Message:
    """A message as it is kept. Embeds and components hold `attachment://name`; payloads carry signed addresses.

    Attributes:
        reactions: emoji to the ids of those who reacted, in the order they did.
        ephemeral_for: the only user who sees it, for an ephemeral message.
        interaction: the interaction metadata, for an answer to one.
    """

    id: int
    channel_id: int
    guild_id: int
    author_id: int
    created: datetime
    content: str = ""
    type: int = 0
    flags: int = 0
    edited: datetime | None = None
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=dict)
    mentions: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    tts: bool = False
    nonce: str | int | None = None
    reference: int | None = None
    from_application: bool = False
    ephemeral_for: int | None = None
    interaction: dict[str, Any] | None = None
