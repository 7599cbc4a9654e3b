"""Buttons under a result: again with new seeds, the mask, delete, and the full-size files."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.buttons.base import RENDER_ID, PersistentItem, find_render, menu_values
from bot.buttons.masks import MaskButton
from bot.card_files import file_limit
from bot.interactions import member_of, order_once_more
from bot.permissions import require_author, require_permissions
from bot.pictures import FullSize, full_size, in_picture_thread
from bot.wording import vote_emoji
from storage.models import Render, RenderVariant

if TYPE_CHECKING:
    from bot.client import RestyleClient


class AgainButton(PersistentItem[ui.Button[Any]], template=rf"restyle:again:{RENDER_ID}"):
    """Queues the same restyle with new seeds, for whoever presses it."""

    def __init__(self, render_id: str) -> None:
        super().__init__(ui.Button(label="Again", emoji="🔁", custom_id=f"restyle:again:{render_id}"))
        self.render_id = render_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> AgainButton:
        """Make the button again from what Discord sends back."""
        return cls(match["render_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Announce the new job below and queue it."""
        require_permissions(interaction)
        render = await find_render(interaction, self.render_id)
        await order_once_more(interaction, interaction.client.studio.again(render, member_of(interaction)))


class DeleteButton(PersistentItem[ui.Button[Any]], template=rf"restyle:delete:{RENDER_ID}"):
    """Deletes the result's message; for its author and moderators. The record stays."""

    def __init__(self, render_id: str) -> None:
        super().__init__(
            ui.Button(
                label="Delete", emoji="🗑️", style=discord.ButtonStyle.danger, custom_id=f"restyle:delete:{render_id}"
            )
        )
        self.render_id = render_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> DeleteButton:
        """Make the button again from what Discord sends back."""
        return cls(match["render_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Hide the render first: a message that cannot be deleted now must not leave it in the history."""
        render = await find_render(interaction, self.render_id)
        require_author(interaction, render.member_id, "delete this result")
        await interaction.response.defer()
        await interaction.client.store.renders.hide(render.guild_id, render.id, interaction.user.id)
        assert interaction.message is not None
        channel = interaction.client.get_partial_messageable(interaction.message.channel.id)
        await channel.get_partial_message(interaction.message.id).delete()


class FullSizeMenu(PersistentItem[ui.Select[Any]], template=rf"restyle:full:{RENDER_ID}"):
    """Sends a variant's full-size file to whoever chooses it."""

    def __init__(self, render_id: str, variants: tuple[RenderVariant, ...] = ()) -> None:
        menu: ui.Select[Any] = ui.Select(
            custom_id=f"restyle:full:{render_id}", placeholder="Full-size file of…", options=_options(variants)
        )
        super().__init__(menu)
        self.render_id = render_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> FullSizeMenu:
        """Make the menu again from what Discord sends back."""
        return cls(match["render_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Send the kept file, or the best copy that fits the guild's limit."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        render = await find_render(interaction, self.render_id)
        number = int(menu_values(interaction)[0])
        variant = next(variant for variant in render.variants if variant.number == number)
        path = await interaction.client.store.images.path(variant.image_sha)
        limit = file_limit(interaction.guild)
        found = await in_picture_thread(partial(full_size, path, limit))
        file = discord.File(io.BytesIO(found.data), filename=f"restyle-{render.id}-{number}-full{found.suffix}")
        text = f"{vote_emoji(number)} of render {render.id}, {full_size_words(found, limit)}"
        await interaction.edit_original_response(content=text, attachments=[file])


def full_size_words(found: FullSize, limit: int) -> str:
    """What a full-size file is, and why it is not the original where it is not."""
    sent, kept = (f"{width}×{height}" for width, height in (found.size, found.kept_size))
    if found.is_original:
        return f"{sent} pixels"
    pixels = f"{sent} pixels" if sent == kept else f"{sent} of {kept} pixels"
    return f"{pixels}, as JPEG: the original has {_mib(found.kept_bytes)} and this server takes {_mib(limit)}"


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"


def _options(variants: tuple[RenderVariant, ...]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=f"Variant {variant.number}: {variant.mode}, {variant.width}×{variant.height}",
            value=str(variant.number),
            emoji=vote_emoji(variant.number),
        )
        for variant in variants
    ]


def result_rows(render: Render) -> list[ui.ActionRow[Any]]:
    """The rows under a result in its channel."""
    buttons: ui.ActionRow[Any] = ui.ActionRow()
    buttons.add_item(AgainButton(render.id)).add_item(MaskButton(render.id)).add_item(DeleteButton(render.id))
    menu: ui.ActionRow[Any] = ui.ActionRow()
    menu.add_item(FullSizeMenu(render.id, render.variants))
    return [buttons, menu]
