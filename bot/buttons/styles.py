"""The list of saved styles and its page buttons."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.buttons.base import PersistentItem
from bot.cards import ACCENT
from bot.wording import harmless
from storage.models import StylePage
from storage.styles import Styles

if TYPE_CHECKING:
    from bot.client import RestyleClient

STYLES_A_PAGE = 8


class StylePageButton(PersistentItem[ui.Button[Any]], template=r"restyle:styles:(?P<number>\d{1,4})"):
    """Turns to a page of the list of styles, counted from 0."""

    def __init__(self, number: int, label: str = "", emoji: str | None = None) -> None:
        custom_id = f"restyle:styles:{number}"
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=custom_id))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> StylePageButton:
        """Make the button again from what Discord sends back."""
        return cls(int(match["number"]))

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Show the page in place of this one."""
        await interaction.response.defer()
        await show_styles(interaction, self.number)


async def show_styles(interaction: discord.Interaction[RestyleClient], number: int) -> None:
    """Put a page of the guild's styles, counted from 0, in the interaction's answer."""
    assert interaction.guild_id is not None
    page, number = await _page(interaction.client.store.styles, interaction.guild_id, number)
    files = []
    images = interaction.client.store.images
    for index, style in enumerate(page.styles):
        data = await interaction.client.read_file(await images.thumbnail(style.image_sha))
        files.append(discord.File(io.BytesIO(data), filename=_thumbnail_file(index)))
    await interaction.edit_original_response(view=_style_list(page, number), attachments=files)


async def _page(styles: Styles, guild_id: int, number: int) -> tuple[StylePage, int]:
    """Walk to a page: the cursors of long names do not fit in a button, and a guild has few pages of styles."""
    page = await styles.page(guild_id, None, STYLES_A_PAGE)
    for walked in range(number):
        if page.next is None:
            return page, walked
        page = await styles.page(guild_id, page.next, STYLES_A_PAGE)
    return page, number


def _style_list(page: StylePage, number: int) -> ui.LayoutView:
    container: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    container.add_item(ui.TextDisplay("### Saved styles"))
    if not page.styles:
        container.add_item(ui.TextDisplay("None yet. Save one with `/style save`."))
    for index, style in enumerate(page.styles):
        text = f"**{harmless(style.name, 60)}**\n-# saved by <@{style.member_id}>"
        thumbnail: ui.Thumbnail[Any] = ui.Thumbnail(f"attachment://{_thumbnail_file(index)}", description="The style")
        container.add_item(ui.Section(ui.TextDisplay(text), accessory=thumbnail))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    if number > 0 or page.next:
        row: ui.ActionRow[Any] = ui.ActionRow()
        if number > 0:
            row.add_item(StylePageButton(number - 1, "Back", "◀️"))
        if page.next:
            row.add_item(StylePageButton(number + 1, "Next", "▶️"))
        view.add_item(row)
    return view


def _thumbnail_file(index: int) -> str:
    return f"style-{index}.webp"
