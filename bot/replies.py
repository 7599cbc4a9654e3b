"""Answers to interactions, whatever has been answered before: one place for failures too."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

import discord

from bot.discord_codes import TOKEN_OVER
from bot.errors import record_failure

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(minutes=14, seconds=30)
"""An interaction's token lives for 15 minutes; what would come later is said in the channel instead."""
PUBLIC_ANSWER = "public answer"
"""The key in an interaction's extras that says that its promised answer is for the whole channel."""


async def say(interaction: discord.Interaction, text: str) -> None:
    """Say something to the member alone, in place of the answer that was promised if there is one."""
    response = interaction.response
    if not response.is_done():
        await response.send_message(text, ephemeral=True)
    elif interaction.extras.pop(PUBLIC_ANSWER, False):
        # What went wrong is nobody else's business, and a promised public answer cannot become a private one.
        with suppress(discord.NotFound):
            await interaction.delete_original_response()
        await interaction.followup.send(text, ephemeral=True)
    elif response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(content=text, view=None, attachments=[])
    else:
        await interaction.followup.send(text, ephemeral=True)


async def answer_failure(interaction: discord.Interaction, error: BaseException, doing: str) -> None:
    """Turn any error of a command or a button into one sentence for the member and a line in the log.

    Args:
        interaction: what failed.
        error: what was raised.
        doing: the command or button, in the log's words.
    """
    where = f"{doing} of member {interaction.user.id} in channel {interaction.channel_id}"
    text = record_failure(error, where)
    try:
        await say(interaction, text)
    except Exception as unsaid:
        over = isinstance(unsaid, discord.HTTPException) and unsaid.code in TOKEN_OVER
        log.warning("%s: the member could not be told (%s)", where, "the token is over" if over else unsaid)


def token_lives(interaction: discord.Interaction) -> bool:
    """Whether the interaction can still be answered through its token."""
    return discord.utils.utcnow() - interaction.created_at < TOKEN_LIFE
