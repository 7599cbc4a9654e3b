"""Whom a message's text mentions, as far as its allowed mentions let it."""

from __future__ import annotations

import re

from bot.playground.entities import Guild
from bot.playground.forms.messages import AllowedMentions

_USER = re.compile(r"<@!?(\d{1,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


def mentioned_users(guild: Guild, content: str, allowed: AllowedMentions | None) -> list[int]:
    """Ids of the guild's members the text pings."""
    found = [int(number) for number in dict.fromkeys(_USER.findall(content))]
    members = [user_id for user_id in found if user_id in guild.members]
    if allowed is None or "users" in (allowed.parse or []):
        return members
    return [user_id for user_id in members if user_id in (allowed.users or [])]


def mentions_everyone(content: str, allowed: AllowedMentions | None) -> bool:
    """Whether the text pings everyone."""
    may = allowed is None or "everyone" in (allowed.parse or [])
    return may and _EVERYONE.search(content) is not None
