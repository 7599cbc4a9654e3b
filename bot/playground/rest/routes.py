"""Every route of the API: who may call it and which rate limit it counts to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from bot.playground.rest import application, callbacks, channel_messages, commands, reactions, webhooks
from bot.playground.rest.call import Call

PREFIX = "/api/v10"


class Limit(Enum):
    """The kind of rate limit of a route."""

    NONE = "none"
    ROUTE = "route"
    MESSAGE = "message"
    REACTION = "reaction"


@dataclass(frozen=True)
class Route:
    """A route.

    Attributes:
        needs_token: whether it takes the bot's token; interaction routes carry their own.
    """

    method: str
    path: str
    handler: Callable[[Call], Awaitable[web.Response]]
    limit: Limit = Limit.ROUTE
    needs_token: bool = True


_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = _MESSAGES + "/{message_id}"
_REACTIONS = _MESSAGE + "/reactions"
_WEBHOOK = "/webhooks/{application_id}/{interaction_token}"
_SCOPES = ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}")

ROUTES: list[Route] = [
    Route("GET", "/users/@me", application.get_own_user),
    Route("GET", "/users/{user_id}", application.get_user),
    Route("GET", "/applications/@me", application.get_application),
    Route("GET", "/oauth2/applications/@me", application.get_application),
    Route("GET", "/applications/{application_id}/emojis", application.get_emojis),
    Route("GET", "/gateway", application.get_gateway, needs_token=False),
    Route("GET", "/gateway/bot", application.get_gateway_bot),
    Route("GET", "/guilds/{guild_id}", application.get_guild),
    Route("GET", "/guilds/{guild_id}/channels", application.get_guild_channels),
    Route("GET", "/guilds/{guild_id}/roles", application.get_guild_roles),
    Route("GET", "/guilds/{guild_id}/members", application.list_members),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", application.get_member),
    Route("GET", "/channels/{channel_id}", application.get_channel),
    Route("POST", "/channels/{channel_id}/typing", channel_messages.start_typing),
    Route("GET", _MESSAGES, channel_messages.list_messages),
    Route("POST", _MESSAGES, channel_messages.create_message, Limit.MESSAGE),
    Route("POST", _MESSAGES + "/bulk-delete", channel_messages.delete_messages),
    Route("GET", _MESSAGE, channel_messages.get_message),
    Route("PATCH", _MESSAGE, channel_messages.edit_message, Limit.MESSAGE),
    Route("DELETE", _MESSAGE, channel_messages.delete_message),
    Route("DELETE", _REACTIONS, reactions.clear_reactions),
    Route("GET", _REACTIONS + "/{emoji}", reactions.list_reactions),
    Route("DELETE", _REACTIONS + "/{emoji}", reactions.clear_emoji),
    Route("PUT", _REACTIONS + "/{emoji}/@me", reactions.add_own_reaction, Limit.REACTION),
    Route("DELETE", _REACTIONS + "/{emoji}/@me", reactions.remove_own_reaction, Limit.REACTION),
    Route("DELETE", _REACTIONS + "/{emoji}/{user_id}", reactions.remove_user_reaction, Limit.REACTION),
    *(
        Route(method, scope + "/commands" + suffix, handler)
        for scope in _SCOPES
        for method, suffix, handler in (
            ("GET", "", commands.list_commands),
            ("PUT", "", commands.replace_commands),
            ("POST", "", commands.create_command),
            ("GET", "/{command_id}", commands.get_command),
            ("PATCH", "/{command_id}", commands.edit_command),
            ("DELETE", "/{command_id}", commands.delete_command),
        )
    ),
    Route(
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        callbacks.answer_interaction,
        Limit.NONE,
        needs_token=False,
    ),
    Route("POST", _WEBHOOK, webhooks.follow_up, Limit.ROUTE, needs_token=False),
    Route("GET", _WEBHOOK + "/messages/{message_id}", webhooks.get_answer, needs_token=False),
    Route("PATCH", _WEBHOOK + "/messages/{message_id}", webhooks.edit_answer, needs_token=False),
    Route("DELETE", _WEBHOOK + "/messages/{message_id}", webhooks.delete_answer, needs_token=False),
]
