"""Messages of a channel, as the bot reads, sends, edits and deletes them."""

from __future__ import annotations

from aiohttp import web

from bot.playground import errors
from bot.playground.entities import Channel
from bot.playground.forms.base import read_form
from bot.playground.forms.messages import BulkDeleteForm, ChannelMessageForm, MessageForm
from bot.playground.messages import Origin
from bot.playground.permissions import Permission
from bot.playground.rest.call import Call, JsonResponse, no_content

REPLY = 19


async def list_messages(call: Call) -> web.Response:
    """GET /channels/{channel_id}/messages, newest first; nothing without the right to read the history."""
    services, channel = call.services, call.channel()
    services.world.require(channel, services.world.bot_id)
    limit = call.query_number("limit", 50, 1, 100)
    places = {name: call.query_id(name) for name in ("before", "after", "around")}
    if not services.world.permissions(channel, services.world.bot_id) & Permission.READ_MESSAGE_HISTORY:
        return JsonResponse([])
    page = services.world.history(channel.id).page(limit, **places)
    return JsonResponse([services.payloads.full(message, services.world.bot_id) for message in page])


async def get_message(call: Call) -> web.Response:
    """GET /channels/{channel_id}/messages/{message_id}."""
    services = call.services
    services.world.require(call.channel(), services.world.bot_id, Permission.READ_MESSAGE_HISTORY)
    return JsonResponse(services.payloads.full(call.message(), services.world.bot_id))


async def create_message(call: Call) -> web.Response:
    """POST /channels/{channel_id}/messages."""
    services, channel = call.services, call.channel()
    services.world.require(channel, services.world.bot_id, Permission.SEND_MESSAGES)
    form = read_form(ChannelMessageForm, call.form_body())
    uploads = call.uploads()
    if uploads:
        services.world.require(channel, services.world.bot_id, Permission.ATTACH_FILES)
    message = services.messages.sent_before(channel, services.world.bot_id, form)
    if message is None:
        message = await services.messages.create(_origin(call, channel, form), form, uploads)
    return JsonResponse(services.payloads.full(message, services.world.bot_id))


def _origin(call: Call, channel: Channel, form: ChannelMessageForm) -> Origin:
    reference = form.message_reference
    if reference is None:
        return Origin(channel, call.services.world.bot_id, nonce=form.nonce)
    if call.services.world.history(channel.id).get(reference.message_id) is None:
        if reference.fail_if_not_exists is not False:
            raise errors.invalid_field(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return Origin(channel, call.services.world.bot_id, nonce=form.nonce)
    return Origin(channel, call.services.world.bot_id, REPLY, nonce=form.nonce, reference=reference.message_id)


async def edit_message(call: Call) -> web.Response:
    """PATCH /channels/{channel_id}/messages/{message_id}."""
    services = call.services
    services.world.require(call.channel(), services.world.bot_id)
    message = call.message()
    form = read_form(MessageForm, call.form_body())
    if message.author_id != services.world.bot_id:
        raise errors.not_the_author()
    await services.messages.edit(message, form, call.uploads())
    return JsonResponse(services.payloads.full(message, services.world.bot_id))


async def delete_message(call: Call) -> web.Response:
    """DELETE /channels/{channel_id}/messages/{message_id}."""
    services, channel, message = call.services, call.channel(), call.message()
    own = message.author_id == services.world.bot_id
    services.world.require(channel, services.world.bot_id, *([] if own else [Permission.MANAGE_MESSAGES]))
    await services.messages.delete(message)
    return no_content()


async def delete_messages(call: Call) -> web.Response:
    """POST /channels/{channel_id}/messages/bulk-delete: 2 to 100; those that are gone already do not matter."""
    services, channel = call.services, call.channel()
    services.world.require(channel, services.world.bot_id, Permission.MANAGE_MESSAGES)
    history = services.world.history(channel.id)
    for message_id in dict.fromkeys(read_form(BulkDeleteForm, call.body.payload).messages):
        message = history.get(message_id)
        if message is not None and message.ephemeral_for is None:
            await services.messages.delete(message)
    return no_content()


async def start_typing(call: Call) -> web.Response:
    """POST /channels/{channel_id}/typing; accepted and shown to nobody."""
    services = call.services
    services.world.require(call.channel(), services.world.bot_id, Permission.SEND_MESSAGES)
    return no_content()
