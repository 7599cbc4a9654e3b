"""Tells Discord the slash commands, each in one place only: a command known twice is shown twice."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from bot.client import RestyleClient

log = logging.getLogger(__name__)


def choose_scope(client: RestyleClient, guild_id: int | None) -> discord.Object | None:
    """Move the commands of the tree to one server, or leave them for all; returns that server."""
    if guild_id is None:
        return None
    guild = discord.Object(guild_id)
    client.tree.copy_global_to(guild=guild)
    client.tree.clear_commands(guild=None)
    return guild


async def publish(client: RestyleClient, guild: discord.Object | None) -> None:
    """Send the commands for all servers, which are none where one server has them; then what that one server has.

    Raises:
        discord.HTTPException: Discord is in trouble; to be tried again.
    """
    await client.tree.sync()
    if guild is not None:
        await client.tree.sync(guild=guild)
        log.info("the commands are published in server %d only (COMMANDS_GUILD_ID)", guild.id)


async def remove_leftovers(client: RestyleClient, guild: discord.Object | None) -> None:
    """Take the commands out of servers that had them of their own while COMMANDS_GUILD_ID named them.

    Raises:
        discord.HTTPException: Discord is in trouble; to be tried again.
    """
    for other in client.guilds:
        if guild is not None and other.id == guild.id:
            continue
        try:
            if await client.tree.fetch_commands(guild=other):
                await client.tree.sync(guild=other)
                log.info("removed the commands that server %d had of its own (COMMANDS_GUILD_ID)", other.id)
        except discord.Forbidden:
            log.info("server %d was joined without the right to have commands", other.id)
