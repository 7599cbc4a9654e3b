"""From an interaction to a queued job and the public message that follows it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.buttons.progress import progress_view
from bot.errors import RefusedError
from bot.orders import Member
from bot.progress import progress_text, queued_text
from storage.models import Job

if TYPE_CHECKING:
    from bot.client import RestyleClient

log = logging.getLogger(__name__)


def member_of(interaction: discord.Interaction[RestyleClient]) -> Member:
    """Who asks, and where.

    Raises:
        RefusedError: the interaction does not come from a guild's channel.
    """
    if interaction.guild_id is None or interaction.channel_id is None:
        raise RefusedError("I work in a server's channels only; please ask me there.", "not in a guild")
    return Member(
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        member_id=interaction.user.id,
        name=interaction.user.display_name,
    )


async def acknowledge(interaction: discord.Interaction[RestyleClient]) -> int:
    """Promise a public answer within Discord's three seconds and return the message id that it will have."""
    response = await interaction.response.defer(thinking=True)
    if response is not None and response.message_id is not None:
        return response.message_id
    return (await interaction.original_response()).id


async def announce(interaction: discord.Interaction[RestyleClient], job: Job) -> None:
    """Turn the promised answer into the job's progress message.

    The job is a row already: whatever fails here costs the message, not the job.
    """
    client = interaction.client
    place = await client.studio.place(job.id)
    text = queued_text(job, place) if place else progress_text(job, "starting", 0.0)
    client.progress.track(job, interaction, text)
    try:
        await interaction.edit_original_response(content=text, view=progress_view(job.id))
    except discord.HTTPException as error:
        # A quick render can be delivered, and this message be gone, before it says anything.
        log.info("job %s: its progress is not shown (%s %s)", job.id, error.code, error.text)
