"""Buttons of the history: pages, opening an entry, and posting what only one member sees. All survive a restart."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.archive import FIRST_PAGE, ArchivePage
from bot.buttons.base import RENDER_ID, PersistentItem, menu_values
from bot.buttons.results import AgainButton, FullSizeMenu
from bot.card_files import card_files, file_limit, upload
from bot.cards import result_card
from bot.history_cards import best_variant, history_page, menu_label, shown_heading, thumbnail_file
from bot.interactions import acknowledge
from bot.permissions import is_author, require_author, require_permissions
from bot.pictures import LARGEST_SIDE
from storage.models import Render

if TYPE_CHECKING:
    from bot.client import RestyleClient

_PLACE = r"(?P<key>[\w-]{1,16}):(?P<cursor>[^:]{1,40})"
_NUMBER = r"(?::(?P<number>\d{1,6}))?"


class PageButton(PersistentItem[ui.Button[Any]], template=rf"restyle:page:(?P<way>next|previous):{_PLACE}{_NUMBER}"):
    """Turns the page to the one with a number; buttons of before there were numbers have none."""

    def __init__(self, way: str, key: str, cursor: str | None, number: int) -> None:
        label, emoji = ("Next", "▶️") if way == "next" else ("Back", "◀️")
        custom_id = f"restyle:page:{way}:{key}:{cursor or FIRST_PAGE}:{number}"
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=custom_id, disabled=cursor is None))
        self.way, self.key, self.cursor, self.number = way, key, cursor or FIRST_PAGE, number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        """Make the button again from what Discord sends back."""
        return cls(match["way"], match["key"], match["cursor"], int(match["number"] or 1))

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Show the page in place of this one."""
        await interaction.response.defer()
        await show_page(interaction, await _page(interaction, self.key, self.cursor, self.number))


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
        await show_render(interaction, await _visible(interaction, menu_values(interaction)[0]))


class PostPageButton(PersistentItem[ui.Button[Any]], template=rf"restyle:postpage:{_PLACE}{_NUMBER}"):
    """Posts the page in the channel for everybody."""

    def __init__(self, key: str, cursor: str, number: int) -> None:
        custom_id = f"restyle:postpage:{key}:{cursor}:{number}"
        super().__init__(ui.Button(label="Post in channel", emoji="📣", custom_id=custom_id))
        self.key, self.cursor, self.number = key, cursor, number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> PostPageButton:
        """Make the button again from what Discord sends back."""
        return cls(match["key"], match["cursor"], int(match["number"] or 1))

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Post the page, with a menu that everybody can open entries with."""
        require_permissions(interaction)
        await acknowledge(interaction)
        page = await _page(interaction, self.key, self.cursor, self.number)
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
        """Post the render; one that was deleted only for those who could have left it there."""
        require_permissions(interaction)
        render = await _visible(interaction, self.render_id)
        if render.hidden:
            require_author(interaction, render.member_id, "post a deleted result again")
        await acknowledge(interaction)
        await show_render(interaction, render, postable=False)


async def show_page(interaction: discord.Interaction[RestyleClient], page: ArchivePage) -> None:
    """Put a page of the history in the interaction's answer."""
    files = await _thumbnails(interaction.client, page)
    await interaction.edit_original_response(view=history_page(page, page_rows(page)), attachments=files)


async def show_render(
    interaction: discord.Interaction[RestyleClient], render: Render, *, postable: bool = True
) -> None:
    """Put a render, from the project's own files, in the interaction's answer."""
    images, limit = interaction.client.store.images, file_limit(interaction.guild)
    files = await card_files(render, images, limit, side=LARGEST_SIDE)
    buttons: ui.ActionRow[Any] = ui.ActionRow()
    if postable and (not render.hidden or is_author(interaction, render.member_id)):
        buttons.add_item(PostRenderButton(render.id))
    buttons.add_item(AgainButton(render.id))
    menu: ui.ActionRow[Any] = ui.ActionRow()
    menu.add_item(FullSizeMenu(render.id, render.variants))
    card = result_card(render, [buttons, menu], shown_heading(render), votable=False)
    await interaction.edit_original_response(view=card, attachments=upload(files))


async def _page(interaction: discord.Interaction[RestyleClient], key: str, cursor: str, number: int) -> ArchivePage:
    client = interaction.client
    assert interaction.guild_id is not None
    return await client.archive.page(interaction.guild_id, key, cursor, client.doorkeeper.viewer(interaction), number)


async def _visible(interaction: discord.Interaction[RestyleClient], render_id: str) -> Render:
    """The render, if the member may see what was made in its channel; this interaction may be anybody's."""
    client = interaction.client
    assert interaction.guild_id is not None
    return await client.archive.find(interaction.guild_id, render_id, client.doorkeeper.viewer(interaction))


def page_rows(page: ArchivePage) -> list[ui.ActionRow[Any]]:
    """The rows under a page that one member turns."""
    if not page.renders:
        return []
    buttons: ui.ActionRow[Any] = ui.ActionRow()
    if page.previous or page.next:
        buttons.add_item(PageButton("previous", page.key, page.previous, page.number - 1))
        buttons.add_item(PageButton("next", page.key, page.next, page.number + 1))
    buttons.add_item(PostPageButton(page.key, page.cursor, page.number))
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
