"""The bot's first answer to an interaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.playground import errors
from bot.playground.entities import EPHEMERAL, LOADING, Message
from bot.playground.events import ModalOpened
from bot.playground.forms import callbacks as forms
from bot.playground.forms.base import read_form
from bot.playground.forms.messages import MessageForm
from bot.playground.gateway.interaction_payloads import command_name, interaction_metadata
from bot.playground.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from bot.playground.messages import Origin
from bot.playground.rest.call import Call, JsonResponse, no_content

COMMAND_ANSWER, CONTEXT_MENU_ANSWER = 20, 23


def answer_origin(call: Call, interaction: Interaction, flags: int, prefix: tuple[str, ...] = ()) -> Origin:
    """Where an interaction's answer or follow-up comes from; flag 64 makes it visible to one member only."""
    world = call.services.world
    is_menu = interaction.type == COMMAND and interaction.data.get("type", 1) != 1
    return Origin(
        interaction.channel,
        world.bot_id,
        type=CONTEXT_MENU_ANSWER if is_menu else COMMAND_ANSWER,
        flags=flags,
        from_application=True,
        ephemeral_for=interaction.user_id if flags & EPHEMERAL else None,
        interaction=_told_interaction(call, interaction),
        prefix=prefix,
    )


def _told_interaction(call: Call, interaction: Interaction) -> dict[str, Any]:
    """What the answer keeps of its interaction: its metadata and, for a command, the name members see."""
    metadata = interaction_metadata(call.services.world, interaction)
    return metadata | ({"name": command_name(interaction.data)} if interaction.type == COMMAND else {})


async def answer_interaction(call: Call) -> web.Response:
    """POST /interactions/{interaction_id}/{interaction_token}/callback."""
    desk = call.services.interactions
    interaction = desk.to_answer(call.path_id("interaction_id"), call.request.match_info["interaction_token"])
    kind = read_form(forms.CallbackForm, call.body.payload).type
    _check_possible(interaction, kind)
    interaction.callback = kind  # reserved at once: a second answer must not slip in while files are stored
    try:
        message = await _ANSWERS[kind](call, interaction)
    except BaseException:
        interaction.callback = None
        raise
    desk.acknowledge(interaction, kind)
    if not call.query_flag("with_response"):
        return no_content()
    return JsonResponse(_response(call, interaction, kind, message))


def _check_possible(interaction: Interaction, kind: int) -> None:
    possible = {
        COMMAND: {forms.MESSAGE, forms.DEFERRED_MESSAGE, forms.MODAL},
        COMPONENT: {forms.MESSAGE, forms.DEFERRED_MESSAGE, forms.DEFERRED_UPDATE, forms.UPDATE, forms.MODAL},
        AUTOCOMPLETE: {forms.AUTOCOMPLETE},
        MODAL_SUBMIT: {forms.MESSAGE, forms.DEFERRED_MESSAGE},
    }[interaction.type]
    if interaction.type == MODAL_SUBMIT and interaction.source is not None:
        possible |= {forms.DEFERRED_UPDATE, forms.UPDATE}
    if kind not in possible:
        raise errors.invalid_field(["type"], "INTERACTION_CALLBACK_TYPE_INVALID", "Not possible for this interaction.")


def _data(call: Call) -> Any:
    data = call.body.payload.get("data")
    return {} if data is None else data


async def _send(call: Call, interaction: Interaction) -> Message:
    form = read_form(MessageForm, _data(call), "data")
    flags = (form.flags or 0) & EPHEMERAL
    origin = answer_origin(call, interaction, flags, ("data",))
    interaction.response = await call.services.messages.create(origin, form, call.uploads())
    interaction.ephemeral = bool(flags)
    return interaction.response


async def _defer(call: Call, interaction: Interaction) -> Message:
    form = read_form(MessageForm, _data(call), "data")
    flags = (form.flags or 0) & EPHEMERAL
    origin = answer_origin(call, interaction, flags | LOADING, ("data",))
    interaction.response = await call.services.messages.create(origin, MessageForm(), {})
    interaction.ephemeral = bool(flags)
    interaction.deferred = True
    return interaction.response


async def _defer_update(call: Call, interaction: Interaction) -> Message | None:
    interaction.response = interaction.source
    return interaction.source


async def _update(call: Call, interaction: Interaction) -> Message:
    form = read_form(MessageForm, _data(call), "data")
    message = interaction.source
    history = call.services.world.history(interaction.channel.id)
    if message is None or history.get(message.id) is None:
        raise errors.unknown(10008)
    interaction.response = await call.services.messages.edit(message, form, call.uploads(), ("data",))
    return message


async def _suggest(call: Call, interaction: Interaction) -> None:
    form = read_form(forms.AutocompleteForm, _data(call), "data")
    if interaction.choices is not None and not interaction.choices.done():
        interaction.choices.set_result([choice.model_dump(exclude_none=True) for choice in form.choices])


async def _open_modal(call: Call, interaction: Interaction) -> None:
    modal = read_form(forms.ModalForm, _data(call), "data").model_dump(exclude_none=True)
    call.services.interactions.open_modal(interaction, modal)
    call.services.bus.publish(ModalOpened(interaction, modal))


_ANSWERS: dict[int, Callable[[Call, Interaction], Awaitable[Message | None]]] = {
    forms.MESSAGE: _send,
    forms.DEFERRED_MESSAGE: _defer,
    forms.DEFERRED_UPDATE: _defer_update,
    forms.UPDATE: _update,
    forms.AUTOCOMPLETE: _suggest,
    forms.MODAL: _open_modal,
}


def _response(call: Call, interaction: Interaction, kind: int, message: Message | None) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": interaction.type}
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = bool(message.flags & LOADING)
        about["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
    answer: dict[str, Any] = {"interaction": about}
    if message is not None and kind in (forms.MESSAGE, forms.UPDATE):
        answer["resource"] = {"type": kind, "message": call.services.payloads.message(message)}
    return answer
