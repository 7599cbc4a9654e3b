"""What all persistent buttons share: their errors become sentences, their custom_ids one pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord import ui

from bot.refusal import RefusedError
from bot.replies import answer_failure
from storage.models import Render

if TYPE_CHECKING:
    from bot.client import RestyleClient

RENDER_ID = r"(?P<render_id>[0-9A-Z]{8})"

ItemType = TypeVar("ItemType", bound="ui.Item[Any]")


class PersistentItem(ui.DynamicItem[ItemType], template=r"(?!)"):
    """A button or menu whose `pressed` may raise anything: the member gets one sentence, the log the cause."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Run `pressed` and answer its failures."""
        try:
            await self.pressed(interaction)
        except Exception as error:
            await answer_failure(interaction, error, f"{type(self).__name__} {self.custom_id!r}")

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Do what the button says."""
        raise NotImplementedError


async def find_render(interaction: discord.Interaction[RestyleClient], render_id: str) -> Render:
    """Return the guild's render that a button names.

    Raises:
        RefusedError: there is none.
    """
    guild_id = interaction.guild_id
    render = await interaction.client.store.renders.get(guild_id, render_id) if guild_id is not None else None
    if render is None:
        raise RefusedError("I do not know this result any more.", f"no render {render_id} in guild {guild_id}")
    return render


def menu_values(interaction: discord.Interaction[Any]) -> list[str]:
    """What was chosen in a select menu."""
    data: Any = interaction.data
    return list(data.get("values", [])) if data else []
