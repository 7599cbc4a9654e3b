"""Buttons of the history: pages, opening an entry, and posting what only one member sees. All survive a restart."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.archive import ArchivePage
from bot.buttons.base import RENDER_ID, PersistentItem, find_render, menu_values
from bot.buttons.results import AgainButton, FullSizeMenu
from bot.card_files import card_files, file_limit, upload
from bot.cards import result_card
from bot.history_cards import best_variant, history_page, menu_label, shown_heading, thumbnail_file
from bot.permissions import require_permissions
from bot.pictures import LARGEST_SIDE
from storage.models import Render

if TYPE_CHECKING:
    from bot.client import RestyleClient

_PLACE = r"(?P<key>[\w-]{1,16}):(?P<cursor>[^:]{1,40})"


class PageButton(PersistentItem[ui.Button[Any]], template=rf"restyle:page:(?P<way>next|previous):{_PLACE}"):
    """Turns the page."""

    def __init__(self, way: str, key: str, cursor: str | None) -> None:
        label, emoji = ("Older", "▶️") if way == "next" else ("Newer", "◀️")
        custom_id = f"restyle:page:{way}:{key}:{cursor or '-'}"
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=custom_id, disabled=cursor is None))
        self.way, self.key, self.cursor = way, key, cursor or "-"

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        """Make the button again from what Discord sends back."""
        return cls(match["way"], match["key"], match["cursor"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Show the page in place of this one."""
        await interaction.response.defer()
        assert interaction.guild_id is not None
        page = await interaction.client.archive.page(interaction.guild_id, self.key, self.cursor)
        await show_page(interaction, page)


class OpenMenu(PersistentItem[ui.Select[Any]], template=r"restyle:open"):
    """Opens an entry of the page in full size, for the member alone."""

    def __init__(self, renders: tuple[Render, ...] = ()) -> None:
        options = [discord.SelectOption(label=menu_label(render), value=render.id) for render in renders]
        super().__init__(ui.Select(custom_id="restyle:open", placeholder="Show in full size…", options=options))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> OpenMenu:
        """Make the menu again from what Discord sends back."""
        return cls()

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Show the chosen render."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_render(interaction, await find_render(interaction, menu_values(interaction)[0]))


class PostPageButton(PersistentItem[ui.Button[Any]], template=rf"restyle:postpage:{_PLACE}"):
    """Posts the page in the channel for everybody."""

    def __init__(self, key: str, cursor: str) -> None:
        super().__init__(ui.Button(label="Post in channel", emoji="📣", custom_id=f"restyle:postpage:{key}:{cursor}"))
        self.key, self.cursor = key, cursor

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> PostPageButton:
        """Make the button again from what Discord sends back."""
        return cls(match["key"], match["cursor"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Post the page, with a menu that everybody can open entries with."""
        require_permissions(interaction)
        await interaction.response.defer(thinking=True)
        assert interaction.guild_id is not None
        page = await interaction.client.archive.page(interaction.guild_id, self.key, self.cursor)
        files = await _thumbnails(interaction.client, page)
        await interaction.edit_original_response(view=history_page(page, _open_rows(page)), attachments=files)


class PostRenderButton(PersistentItem[ui.Button[Any]], template=rf"restyle:post:{RENDER_ID}"):
    """Posts a render that was brought back in the channel for everybody."""

    def __init__(self, render_id: str) -> None:
        super().__init__(ui.Button(label="Post in channel", emoji="📣", custom_id=f"restyle:post:{render_id}"))
        self.render_id = render_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> PostRenderButton:
        """Make the button again from what Discord sends back."""
        return cls(match["render_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Post the render."""
        require_permissions(interaction)
        await interaction.response.defer(thinking=True)
        await show_render(interaction, await find_render(interaction, self.render_id), postable=False)


async def show_page(interaction: discord.Interaction[RestyleClient], page: ArchivePage) -> None:
    """Put a page of the history in the interaction's answer."""
    files = await _thumbnails(interaction.client, page)
    await interaction.edit_original_response(view=history_page(page, _page_rows(page)), attachments=files)


async def show_render(
    interaction: discord.Interaction[RestyleClient], render: Render, *, postable: bool = True
) -> None:
    """Put a render, from the project's own files, in the interaction's answer."""
    images, limit = interaction.client.store.images, file_limit(interaction.guild)
    files = await card_files(render, images, limit, side=LARGEST_SIDE)
    buttons: ui.ActionRow[Any] = ui.ActionRow()
    if postable:
        buttons.add_item(PostRenderButton(render.id))
    buttons.add_item(AgainButton(render.id))
    menu: ui.ActionRow[Any] = ui.ActionRow()
    menu.add_item(FullSizeMenu(render.id, render.variants))
    card = result_card(render, [buttons, menu], shown_heading(render), votable=False)
    await interaction.edit_original_response(view=card, attachments=upload(files))


def _page_rows(page: ArchivePage) -> list[ui.ActionRow[Any]]:
    if not page.renders:
        return []
    buttons: ui.ActionRow[Any] = ui.ActionRow()
    if page.previous or page.next:
        buttons.add_item(PageButton("previous", page.key, page.previous))
        buttons.add_item(PageButton("next", page.key, page.next))
    buttons.add_item(PostPageButton(page.key, page.cursor))
    return [*_open_rows(page), buttons]


def _open_rows(page: ArchivePage) -> list[ui.ActionRow[Any]]:
    if not page.renders:
        return []  # Discord takes no empty menus
    menu: ui.ActionRow[Any] = ui.ActionRow()
    menu.add_item(OpenMenu(page.renders))
    return [menu]


async def _thumbnails(client: RestyleClient, page: ArchivePage) -> list[discord.File]:
    files = []
    for render in page.renders:
        variant = render.variants[best_variant(render) - 1]
        path = await client.store.images.thumbnail(variant.image_sha)
        files.append(discord.File(io.BytesIO(await client.read_file(path)), filename=thumbnail_file(render)))
    return files
