"""The button under a progress message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.buttons.base import PersistentItem
from bot.errors import RefusedError
from bot.permissions import require_author

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
        client.progress.finished(self.job_id)
        await interaction.edit_original_response(content=f"✖️ Cancelled by <@{interaction.user.id}>.", view=None)


def progress_view(job_id: str) -> ui.View:
    """The row under a progress message."""
    view = ui.View(timeout=None)
    view.add_item(CancelButton(job_id))
    return view
