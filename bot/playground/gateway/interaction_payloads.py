"""INTERACTION_CREATE: an interaction as the bot gets it, and the metadata on its answers."""

from __future__ import annotations

from typing import Any

from bot.playground.interactions import COMPONENT, MODAL_SUBMIT, Interaction
from bot.playground.message_payloads import MessagePayloads, for_gateway
from bot.playground.payloads import channel_payload, member_payload, user_payload
from bot.playground.settings import PlaygroundSettings
from bot.playground.world import World

SUBCOMMAND, GROUP = 1, 2


def interaction_payload(
    world: World, messages: MessagePayloads, settings: PlaygroundSettings, interaction: Interaction
) -> dict[str, Any]:
    """The event's data."""
    channel = interaction.channel
    guild = world.guild_of(channel)
    member = member_payload(guild.members[interaction.user_id], world.users[interaction.user_id])
    payload: dict[str, Any] = {
        "id": str(interaction.id),
        "application_id": str(world.bot_id),
        "type": interaction.type,
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "channel_id": str(channel.id),
        "channel": channel_payload(channel, world.history(channel.id).last_id()),
        "member": member | {"permissions": str(world.permissions(channel, interaction.user_id))},
        "locale": "en-US",
        "app_permissions": str(world.permissions(channel, world.bot_id)),
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(guild.id)},
        "context": 0,
        "attachment_size_limit": settings.attachment_size_limit,
    }
    if interaction.source is not None:
        payload["message"] = for_gateway(messages.full(interaction.source, world.bot_id))
    return payload


def command_name(data: dict[str, Any]) -> str:
    """The command as a member reads it, with its group and subcommand: `style save`."""
    names, options = [data["name"]], data.get("options") or []
    while options and options[0]["type"] in (SUBCOMMAND, GROUP):
        names.append(options[0]["name"])
        options = options[0].get("options") or []
    return " ".join(names)


def interaction_metadata(world: World, interaction: Interaction) -> dict[str, Any]:
    """Who did what, as the answer's `interaction_metadata` tells it."""
    metadata: dict[str, Any] = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": user_payload(world.users[interaction.user_id]),
        "authorizing_integration_owners": {"0": str(interaction.channel.guild_id)},
    }
    if interaction.type == COMPONENT and interaction.source is not None:
        metadata["interacted_message_id"] = str(interaction.source.id)
    if interaction.type == MODAL_SUBMIT and interaction.parent is not None:
        metadata["triggering_interaction_metadata"] = interaction_metadata(world, interaction.parent)
    return metadata
