"""The buttons under a progress message: cancel, and once nothing came of the job, try again."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.buttons.base import PersistentItem
from bot.interactions import member_of, order_once_more
from bot.permissions import require_author, require_permissions
from bot.refusal import RefusedError

if TYPE_CHECKING:
    from bot.client import RestyleClient


class CancelButton(PersistentItem[ui.Button[Any]], template=r"restyle:cancel:(?P<job_id>[0-9A-Z]{8})"):
    """Cancels a waiting or running job; for its author and moderators."""

    def __init__(self, job_id: str) -> None:
        super().__init__(ui.Button(label="Cancel", emoji="✖️", custom_id=f"restyle:cancel:{job_id}"))
        self.job_id = job_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> CancelButton:
        """Make the button again from what Discord sends back."""
        return cls(match["job_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Cancel the job and say so in place of its progress."""
        client = interaction.client
        job = await client.store.jobs.get(self.job_id)
        if job is None or job.guild_id != interaction.guild_id:
            raise RefusedError("I do not know this job any more.", f"no job {self.job_id}")
        require_author(interaction, job.member_id, "cancel this render")
        await interaction.response.defer()
        await client.studio.cancel(self.job_id, interaction.user.id)
        say_so = partial(
            interaction.edit_original_response,
            content=f"✖️ Cancelled by <@{interaction.user.id}>.\n-# render {job.id}",
            view=retry_view(job.id),
        )
        await client.progress.last_word(job, say_so)


class RetryButton(PersistentItem[ui.Button[Any]], template=r"restyle:retry:(?P<job_id>[0-9A-Z]{8})"):
    """Queues a job that failed or was cancelled once more with the same pictures, for whoever presses it."""

    def __init__(self, job_id: str) -> None:
        super().__init__(ui.Button(label="Try again", emoji="🔁", custom_id=f"restyle:retry:{job_id}"))
        self.job_id = job_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> RetryButton:
        """Make the button again from what Discord sends back."""
        return cls(match["job_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Queue the job anew; a correction changes another's result, so only its author and moderators may."""
        require_permissions(interaction)
        member = member_of(interaction)
        new = await interaction.client.studio.retry(member.guild_id, self.job_id, member)
        if new.replaces_message_id is not None:
            require_author(interaction, new.member_id, "correct the mask of this result")
        await order_once_more(interaction, new)


def progress_view(job_id: str) -> ui.View:
    """The row under a progress message."""
    view = ui.View(timeout=None)
    view.add_item(CancelButton(job_id))
    return view


def retry_view(job_id: str) -> ui.View:
    """The row under the message of a job that came to nothing."""
    view = ui.View(timeout=None)
    view.add_item(RetryButton(job_id))
    return view
