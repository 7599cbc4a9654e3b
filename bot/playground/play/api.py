"""The page's routes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground import errors
from bot.playground.forms.base import read_form
from bot.playground.forms.messages import MessageForm
from bot.playground.messages import Origin
from bot.playground.permissions import Permission
from bot.playground.play.feed import Feed
from bot.playground.play.interact import autocomplete, interact
from bot.playground.play.person import read_channel, read_emoji, read_message, read_person
from bot.playground.play.state import default_person, page_state
from bot.playground.request_body import Body
from bot.playground.rest.call import JsonResponse, no_content
from bot.playground.services import SERVICES, Services
from bot.playground.snowflake import parse_snowflake

log = logging.getLogger(__name__)
Handler = Callable[[web.Request, Services, Body], Awaitable[web.StreamResponse]]


def add_page_routes(app: web.Application) -> None:
    """Register the page's API."""
    message = "/play/channels/{channel_id}/messages/{message_id}"
    routes: list[tuple[str, str, Handler]] = [
        ("GET", "/play/state", get_state),
        ("GET", "/play/events", get_events),
        ("GET", "/play/channels/{channel_id}/messages", list_messages),
        ("POST", "/play/channels/{channel_id}/messages", post_message),
        ("DELETE", message, delete_message),
        ("PUT", message + "/reactions/{emoji}", add_reaction),
        ("DELETE", message + "/reactions/{emoji}", remove_reaction),
        ("POST", "/play/interactions", post_interaction),
        ("POST", "/play/autocomplete", post_autocomplete),
    ]
    for method, path, handler in routes:
        app.router.add_route(method, path, _guarded(handler))


def _guarded(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Read the body, refuse other sites' pages, and turn every fault into an error answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        services, body = request.app[SERVICES], Body()
        try:
            _refuse_other_sites(request)
            await services.bodies.read(request, body, json_part="payload")
            return await handler(request, services, body)
        except errors.ApiError as problem:
            return JsonResponse(problem.payload(), problem.status)
        except (ConnectionError, web.RequestPayloadError):
            return JsonResponse(errors.invalid_json().payload(), 400)
        except Exception:
            log.exception("The playground failed on %s %s", request.method, request.path)
            return JsonResponse({"message": "500: Internal Server Error", "code": 0}, 500)
        finally:
            await services.cdn.discard(list(body.uploads.values()))

    return handle


def _refuse_other_sites(request: web.Request) -> None:
    """A page of another site, open in the same browser, must not act in the playground."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise errors.ApiError(403, 0, "403: Forbidden")


async def get_state(request: web.Request, services: Services, body: Body) -> web.Response:
    """GET /play/state?user_id=&guild_id=; without a user the default person, without a guild their first."""
    user_id = request.query.get("user_id")
    guild_id = parse_snowflake(request.query.get("guild_id"))
    guilds = list(services.world.guilds.values())
    if guild_id is not None:
        guilds = [guild for guild in guilds if guild.id == guild_id]
    person = read_person(services, user_id) if user_id else None
    if person is not None:
        guilds = [guild for guild in guilds if person.id in guild.members]
    if not guilds:
        raise errors.unknown(10004)
    return JsonResponse(await page_state(services, guilds[0], person or default_person(services, guilds[0])))


async def get_events(request: web.Request, services: Services, body: Body) -> web.StreamResponse:
    """GET /play/events?user_id=&channel_id= as a WebSocket; without a channel, every channel the person sees."""
    person = read_person(services, request.query.get("user_id"))
    channel_id = request.query.get("channel_id")
    channel = read_channel(services, person, channel_id) if channel_id else None
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=4096)
    if not socket.can_prepare(request):
        raise errors.ApiError(400, 0, "This address speaks WebSocket only.")
    await socket.prepare(request)
    await Feed(services, person, channel).run(socket)
    return socket


async def list_messages(request: web.Request, services: Services, body: Body) -> web.Response:
    """GET /play/channels/{id}/messages?user_id=&before=&limit=, oldest first."""
    person = read_person(services, request.query.get("user_id"))
    channel = read_channel(services, person, request.match_info["channel_id"])
    before = request.query.get("before")
    place = parse_snowflake(before) if before else None
    limit = parse_snowflake(request.query.get("limit", "50"))
    if limit is None or not 1 <= limit <= 100 or (before and place is None):
        raise errors.invalid_field(["limit"], "NUMBER_TYPE_MAX", "limit must be 1 to 100 and before an id.")
    page = services.world.history(channel.id).page(limit, viewer=person.id, before=place)
    shown = [services.payloads.full(message, person.id) | {"guild_id": str(channel.guild_id)} for message in page]
    return JsonResponse(shown[::-1])


async def post_message(request: web.Request, services: Services, body: Body) -> web.Response:
    """POST /play/channels/{id}/messages with user_id and content."""
    payload = _object(body.payload)
    person = read_person(services, payload.get("user_id"))
    channel = read_channel(services, person, request.match_info["channel_id"], Permission.SEND_MESSAGES)
    form = read_form(MessageForm, {"content": payload.get("content")})
    message = await services.messages.create(Origin(channel, person.id), form, {})
    return JsonResponse(services.payloads.full(message, person.id))


async def delete_message(request: web.Request, services: Services, body: Body) -> web.Response:
    """DELETE /play/channels/{c}/messages/{m}?user_id=; own messages, any as a moderator, own ephemeral ones."""
    person = read_person(services, request.query.get("user_id"))
    message = read_message(services, person, request)
    if not services.messages.may_delete(message, person.id):
        raise errors.missing_permissions()
    await services.messages.delete(message)
    return no_content()


async def add_reaction(request: web.Request, services: Services, body: Body) -> web.Response:
    """PUT …/reactions/{emoji}?user_id=; ephemeral messages take none."""
    person = read_person(services, request.query.get("user_id"))
    message = read_message(services, person, request)
    emoji = read_emoji(request)
    if message.ephemeral_for is not None:
        raise errors.unknown(10008)
    if emoji not in message.reactions:
        read_channel(services, person, message.channel_id, Permission.ADD_REACTIONS)
    services.messages.react(message, person.id, emoji)
    return no_content()


async def remove_reaction(request: web.Request, services: Services, body: Body) -> web.Response:
    """DELETE …/reactions/{emoji}?user_id=."""
    person = read_person(services, request.query.get("user_id"))
    services.messages.unreact(read_message(services, person, request), person.id, read_emoji(request))
    return no_content()


async def post_interaction(request: web.Request, services: Services, body: Body) -> web.Response:
    """POST /play/interactions: a command, a click or a submitted modal."""
    interaction = await interact(services, _object(body.payload), body.uploads)
    return JsonResponse({"interaction_id": str(interaction.id)})


async def post_autocomplete(request: web.Request, services: Services, body: Body) -> web.Response:
    """POST /play/autocomplete: the bot's suggestions; none if it does not answer in time."""
    interaction = await autocomplete(services, _object(body.payload))
    assert interaction.choices is not None
    choices = await asyncio.shield(interaction.choices)
    return JsonResponse({"choices": choices})


def _object(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise errors.invalid_form(
            {"_errors": [{"code": "DICT_TYPE_CONVERT", "message": "The body must be an object."}]}
        )
    return payload
