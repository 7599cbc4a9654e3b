"""The bot itself: its user, its application, its guilds, and where the gateway is."""

from __future__ import annotations

from aiohttp import web

from bot.playground import errors
from bot.playground.payloads import (
    application_payload,
    channel_payload,
    guild_payload,
    member_payload,
    own_user_payload,
    role_payload,
    user_payload,
)
from bot.playground.rest.call import Call, JsonResponse


async def get_own_user(call: Call) -> web.Response:
    """GET /users/@me."""
    return JsonResponse(own_user_payload(call.services.world.bot))


async def get_user(call: Call) -> web.Response:
    """GET /users/{user_id}."""
    user = call.services.world.users.get(call.path_id("user_id"))
    if user is None:
        raise errors.unknown(10013)
    return JsonResponse(user_payload(user))


async def get_application(call: Call) -> web.Response:
    """GET /applications/@me and /oauth2/applications/@me."""
    return JsonResponse(application_payload(call.services.world))


async def get_emojis(call: Call) -> web.Response:
    """GET /applications/{application_id}/emojis; there are none."""
    return JsonResponse({"items": []})


async def get_gateway(call: Call) -> web.Response:
    """GET /gateway."""
    return JsonResponse({"url": call.services.dispatcher.gateway_url})


async def get_gateway_bot(call: Call) -> web.Response:
    """GET /gateway/bot."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return JsonResponse({"url": call.services.dispatcher.gateway_url, "shards": 1, "session_start_limit": limit})


async def get_guild(call: Call) -> web.Response:
    """GET /guilds/{guild_id}."""
    return JsonResponse(guild_payload(call.guild()))


async def get_guild_channels(call: Call) -> web.Response:
    """GET /guilds/{guild_id}/channels."""
    world = call.services.world
    channels = call.guild().channels.values()
    return JsonResponse([channel_payload(channel, world.history(channel.id).last_id()) for channel in channels])


async def get_guild_roles(call: Call) -> web.Response:
    """GET /guilds/{guild_id}/roles."""
    return JsonResponse([role_payload(role) for role in call.guild().roles.values()])


async def list_members(call: Call) -> web.Response:
    """GET /guilds/{guild_id}/members, by id, in pages after an id."""
    guild, users = call.guild(), call.services.world.users
    limit, after = call.query_number("limit", 1, 1, 1000), call.query_id("after") or 0
    ids = sorted(user_id for user_id in guild.members if user_id > after)
    return JsonResponse([member_payload(guild.members[user_id], users[user_id]) for user_id in ids[:limit]])


async def get_member(call: Call) -> web.Response:
    """GET /guilds/{guild_id}/members/{user_id}."""
    member = call.guild().members.get(call.path_id("user_id"))
    if member is None:
        raise errors.unknown(10007)
    return JsonResponse(member_payload(member, call.services.world.users[member.user_id]))


async def get_channel(call: Call) -> web.Response:
    """GET /channels/{channel_id}."""
    world = call.services.world
    channel = call.channel()
    world.require(channel, world.bot_id)
    return JsonResponse(channel_payload(channel, world.history(channel.id).last_id()))
