"""From an interaction to a queued job and the public message that follows it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.errors import explain
from bot.orders import Member
from bot.refusal import RefusedError
from bot.replies import PUBLIC_ANSWER
from storage.models import Job, NewJob

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
    interaction.extras[PUBLIC_ANSWER] = True
    if response is not None and response.message_id is not None:
        return response.message_id
    return (await interaction.original_response()).id


async def announce(client: RestyleClient, job: Job, interaction: discord.Interaction[RestyleClient] | None) -> None:
    """Turn a job's message into its progress message.

    The job is a row already: whatever fails here costs the message, not the job.

    Args:
        client: whose board shows the progress.
        job: just queued.
        interaction: whose promised answer the message is, if it is one.
    """
    try:
        await client.progress.announce(job, interaction)
    except Exception as error:
        # A quick render can be delivered, and this message be gone, before it says anything.
        log.info("job %s: its progress is not shown (%s)", job.id, explain(error).cause)


async def order_once_more(interaction: discord.Interaction[RestyleClient], new: NewJob) -> None:
    """Queue a job whose pictures are kept already, with a public answer that shows its progress."""
    client, member = interaction.client, member_of(interaction)
    await client.studio.check_cap(new.member_id)
    async with client.intakes.order():
        message_id = await acknowledge(interaction)
        job = await client.studio.queue(new, (member.channel_id, message_id))
        await announce(client, job, interaction)
