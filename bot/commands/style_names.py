"""Suggestions for options that name a saved style."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.errors import explain

if TYPE_CHECKING:
    from bot.client import RestyleClient

log = logging.getLogger(__name__)


async def suggest_style_names(
    interaction: discord.Interaction[RestyleClient], current: str
) -> list[app_commands.Choice[str]]:
    """The guild's styles whose names contain what was typed."""
    if interaction.guild_id is None:
        return []
    try:
        styles = await interaction.client.store.styles.search(interaction.guild_id, current)
    except Exception as error:
        log.warning("no style names can be suggested: %s", explain(error).cause)
        return []
    return [app_commands.Choice(name=style.name, value=style.name) for style in styles]
