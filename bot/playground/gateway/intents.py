"""Which events a client asked for."""

from __future__ import annotations

from enum import IntFlag
from typing import Any


class Intent(IntFlag):
    """The intents the playground has events for, with Discord's bits."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
ALL_INTENTS = (1 << 26) - 1


def without_content(payload: dict[str, Any], bot_id: int) -> dict[str, Any]:
    """A message as a client without the content intent gets it: others' contents are blank unless it is mentioned."""
    is_own = payload["author"]["id"] == str(bot_id)
    is_mentioned = any(user["id"] == str(bot_id) for user in payload["mentions"])
    if is_own or is_mentioned:
        return payload
    return payload | {"content": "", "embeds": [], "attachments": [], "components": []}
