"""Reactions on a message."""

from __future__ import annotations

from aiohttp import web

from bot.playground import errors
from bot.playground.emoji import normalize_emoji
from bot.playground.payloads import user_payload
from bot.playground.permissions import Permission
from bot.playground.rest.call import Call, JsonResponse, no_content


def _emoji(call: Call) -> str:
    emoji = normalize_emoji(call.request.match_info["emoji"])
    if emoji is None:
        raise errors.unknown_emoji()
    return emoji


async def add_own_reaction(call: Call) -> web.Response:
    """PUT …/reactions/{emoji}/@me; a first reaction of a kind needs ADD_REACTIONS."""
    services, channel, message = call.services, call.channel(), call.message()
    emoji = _emoji(call)
    needed = [Permission.READ_MESSAGE_HISTORY] + ([] if emoji in message.reactions else [Permission.ADD_REACTIONS])
    services.world.require(channel, services.world.bot_id, *needed)
    services.messages.react(message, services.world.bot_id, emoji)
    return no_content()


async def remove_own_reaction(call: Call) -> web.Response:
    """DELETE …/reactions/{emoji}/@me."""
    services = call.services
    services.messages.unreact(call.message(), services.world.bot_id, _emoji(call))
    return no_content()


async def remove_user_reaction(call: Call) -> web.Response:
    """DELETE …/reactions/{emoji}/{user_id}."""
    services = call.services
    services.world.require(call.channel(), services.world.bot_id, Permission.MANAGE_MESSAGES)
    services.messages.unreact(call.message(), call.path_id("user_id"), _emoji(call))
    return no_content()


async def list_reactions(call: Call) -> web.Response:
    """GET …/reactions/{emoji}: those who reacted, by id, in pages after an id."""
    services, message = call.services, call.message()
    services.world.require(call.channel(), services.world.bot_id, Permission.READ_MESSAGE_HISTORY)
    after = call.query_id("after") or 0
    limit = call.query_number("limit", 25, 1, 100)
    users = sorted(user_id for user_id in message.reactions.get(_emoji(call), []) if user_id > after)
    return JsonResponse([user_payload(services.world.users[user_id]) for user_id in users[:limit]])


async def clear_reactions(call: Call) -> web.Response:
    """DELETE …/reactions."""
    services = call.services
    services.world.require(call.channel(), services.world.bot_id, Permission.MANAGE_MESSAGES)
    services.messages.clear_reactions(call.message())
    return no_content()


async def clear_emoji(call: Call) -> web.Response:
    """DELETE …/reactions/{emoji}."""
    services = call.services
    services.world.require(call.channel(), services.world.bot_id, Permission.MANAGE_MESSAGES)
    services.messages.clear_reactions(call.message(), _emoji(call))
    return no_content()
