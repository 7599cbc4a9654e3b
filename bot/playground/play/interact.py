"""From the page's request to an interaction of the bot."""

from __future__ import annotations

from typing import Any

from bot.playground.cdn_store import Upload
from bot.playground.entities import Channel, User
from bot.playground.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from bot.playground.permissions import Permission
from bot.playground.play.command_data import CommandData, refuse
from bot.playground.play.component_data import ModalData, component_data
from bot.playground.play.person import read_channel, read_id, read_person
from bot.playground.services import Services

LONGEST_NONCE = 64


async def interact(services: Services, payload: dict[str, Any], uploads: dict[str, Upload]) -> Interaction:
    """Open the interaction a page's request describes.

    Args:
        services: the playground's parts.
        payload: user_id, channel_id, nonce, type (2, 3 or 5) and data.
        uploads: files by the name of their part.

    Raises:
        ApiError: for everything that a Discord client could not have sent.
    """
    person = read_person(services, payload.get("user_id"))
    data, nonce = _data(payload), _nonce(payload)
    kind = payload.get("type")
    if kind == COMMAND:
        channel = _channel(services, person, payload, Permission.USE_APPLICATION_COMMANDS)
        guild = services.world.guild_of(channel)
        built = await CommandData(services, guild, person, uploads).build(data, channel.id)
        return services.interactions.open(COMMAND, person.id, channel, built, nonce=nonce)
    channel = _channel(services, person, payload)
    if kind == COMPONENT:
        message = services.world.message(channel.id, read_id("message_id", data.get("message_id")), person.id)
        built = component_data(message, data)
        return services.interactions.open(COMPONENT, person.id, channel, built, nonce=nonce, source=message)
    if kind == MODAL_SUBMIT:
        return await _submit(services, person, channel, data, nonce, uploads)
    raise refuse("type must be 2, 3 or 5.")


async def _submit(
    services: Services,
    person: User,
    channel: Channel,
    data: dict[str, Any],
    nonce: str | None,
    uploads: dict[str, Upload],
) -> Interaction:
    opener = services.interactions.opened_modal(person.id, str(data.get("custom_id")))
    assert opener.modal is not None
    built = await ModalData(services, uploads).build(opener.modal, data.get("components"))
    services.interactions.close_modal(opener)
    return services.interactions.open(
        MODAL_SUBMIT, person.id, channel, built, nonce=nonce, source=opener.source, parent=opener
    )


async def autocomplete(services: Services, payload: dict[str, Any]) -> Interaction:
    """Open an autocomplete interaction for a command that is being typed."""
    person = read_person(services, payload.get("user_id"))
    channel = _channel(services, person, payload, Permission.USE_APPLICATION_COMMANDS)
    guild = services.world.guild_of(channel)
    built = await CommandData(services, guild, person, {}).build(_data(payload), channel.id, partial=True)
    return services.interactions.open(AUTOCOMPLETE, person.id, channel, built)


def _channel(services: Services, person: User, payload: dict[str, Any], *needed: Permission) -> Channel:
    return read_channel(services, person, payload.get("channel_id"), *needed)


def _data(payload: dict[str, Any]) -> dict[str, Any]:
    data = payload.get("data")
    if not isinstance(data, dict):
        raise refuse("data must be an object.")
    return data


def _nonce(payload: dict[str, Any]) -> str | None:
    nonce = payload.get("nonce")
    if nonce is not None and not (isinstance(nonce, str) and len(nonce) <= LONGEST_NONCE):
        raise refuse("nonce must be a short text.")
    return nonce
