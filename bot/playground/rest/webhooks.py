"""An interaction's webhook: its original answer and its follow-ups, for fifteen minutes."""

from __future__ import annotations

from aiohttp import web

from bot.playground import errors
from bot.playground.entities import EPHEMERAL, Message
from bot.playground.forms.base import read_form
from bot.playground.forms.messages import MessageForm
from bot.playground.interactions import Interaction
from bot.playground.rest.call import Call, JsonResponse, no_content
from bot.playground.rest.callbacks import answer_origin
from bot.playground.snowflake import parse_snowflake

ORIGINAL = "@original"


def _interaction(call: Call) -> Interaction:
    return call.services.interactions.by_webhook(
        call.path_id("application_id"), call.request.match_info["interaction_token"]
    )


def _message(call: Call, interaction: Interaction) -> Message:
    """The message a path names, if this interaction made it or answered on it."""
    named = call.request.match_info["message_id"]
    message_id = interaction.response.id if named == ORIGINAL and interaction.response else parse_snowflake(named)
    history = call.services.world.history(interaction.channel.id)
    message = history.get(message_id) if message_id else None
    if message is None or not _belongs(message, interaction):
        raise errors.unknown(10008)
    return message


def _belongs(message: Message, interaction: Interaction) -> bool:
    if interaction.response is not None and message.id == interaction.response.id:
        return True
    return message.interaction is not None and message.interaction["id"] == str(interaction.id)


async def follow_up(call: Call) -> web.Response:
    """POST /webhooks/{application_id}/{interaction_token}: a new message, or the content of a deferred answer."""
    services, interaction = call.services, _interaction(call)
    form = read_form(MessageForm, call.form_body())
    waiting = interaction.response if interaction.deferred else None
    if waiting is not None and services.world.history(interaction.channel.id).get(waiting.id) is not None:
        interaction.deferred = False
        try:
            message = await services.messages.edit(waiting, form, call.uploads())
        except BaseException:
            interaction.deferred = True
            raise
    else:
        origin = answer_origin(call, interaction, (form.flags or 0) & EPHEMERAL)
        message = await services.messages.create(origin, form, call.uploads())
    return JsonResponse(services.payloads.message(message))


async def get_answer(call: Call) -> web.Response:
    """GET …/messages/{message_id or @original}."""
    message = _message(call, _interaction(call))
    return JsonResponse(call.services.payloads.full(message, call.services.world.bot_id))


async def edit_answer(call: Call) -> web.Response:
    """PATCH …/messages/{message_id or @original}."""
    interaction = _interaction(call)
    message = _message(call, interaction)
    form = read_form(MessageForm, call.form_body())
    await call.services.messages.edit(message, form, call.uploads())
    if message is interaction.response:
        interaction.deferred = False
    return JsonResponse(call.services.payloads.message(message))


async def delete_answer(call: Call) -> web.Response:
    """DELETE …/messages/{message_id or @original}."""
    interaction = _interaction(call)
    message = _message(call, interaction)
    await call.services.messages.delete(message)
    if message is interaction.response:
        interaction.deferred = False
    return no_content()
