"""Who acts on the page and where: checked access for every request of the page."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.playground import errors
from bot.playground.emoji import normalize_emoji
from bot.playground.entities import Channel, Message, User
from bot.playground.permissions import Permission
from bot.playground.services import Services
from bot.playground.snowflake import parse_snowflake


def read_id(name: str, value: Any) -> int:
    """An id of the page's request.

    Raises:
        ApiError: 50035 if it is none.
    """
    number = parse_snowflake(value)
    if number is None:
        raise errors.invalid_field([name], "NUMBER_TYPE_COERCE", f"{name} is no id.")
    return number


def read_person(services: Services, user_id: Any) -> User:
    """The person a request speaks for; bots do not use the page.

    Raises:
        ApiError: 10013 for nobody.
    """
    user = services.world.users.get(read_id("user_id", user_id))
    if user is None or user.bot:
        raise errors.unknown(10013)
    return user


def read_channel(services: Services, person: User, channel_id: Any, *needed: Permission) -> Channel:
    """The channel, if the person sees it and has the permissions needed.

    Raises:
        ApiError: 10003, 50001 or 50013.
    """
    channel = services.world.channel(read_id("channel_id", channel_id))
    services.world.require(channel, person.id, *needed)
    return channel


def read_message(services: Services, person: User, request: web.Request) -> Message:
    """The message of a path `…/channels/{channel_id}/messages/{message_id}`, if the person sees it."""
    channel = read_channel(services, person, request.match_info["channel_id"])
    return services.world.message(channel.id, read_id("message_id", request.match_info["message_id"]), person.id)


def read_emoji(request: web.Request) -> str:
    """The emoji of a path.

    Raises:
        ApiError: 10014.
    """
    emoji = normalize_emoji(request.match_info["emoji"])
    if emoji is None:
        raise errors.unknown_emoji()
    return emoji
