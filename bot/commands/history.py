"""`/history`: any past render again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.archive import Search
from bot.buttons.history import show_page, show_render
from bot.commands.uploads import check_attachments, download
from bot.errors import explain
from bot.history_cards import menu_label
from bot.interactions import member_of
from gan.request import Mode
from storage.models import RenderOrder

if TYPE_CHECKING:
    from bot.client import RestyleClient

log = logging.getLogger(__name__)

ORDERS = [
    app_commands.Choice(name="newest first", value=RenderOrder.NEWEST.value),
    app_commands.Choice(name="most votes first", value=RenderOrder.VOTES.value),
]
MODES = [app_commands.Choice(name=mode.value, value=mode.value) for mode in Mode]


async def suggest_renders(
    interaction: discord.Interaction[RestyleClient], current: str
) -> list[app_commands.Choice[str]]:
    """Recent renders that fit what was typed."""
    if interaction.guild_id is None:
        return []
    try:
        client = interaction.client
        viewer = client.doorkeeper.viewer(interaction)
        renders = await client.archive.suggestions(interaction.guild_id, current, viewer)
    except Exception as error:
        log.warning("no renders can be suggested: %s", explain(error).cause)
        return []
    return [app_commands.Choice(name=menu_label(render), value=render.id) for render in renders]


@app_commands.command(name="history", description="Find any past render and show it again")
@app_commands.guild_only()
@app_commands.describe(
    order="How the list is sorted (default newest first)",
    member="Only what this member asked for",
    style="Words of a saved style's name",
    garment="Only renders of exactly this garment photo",
    garment_of="Only renders of the same garment as this render (its id)",
    style_of="Only renders in the same style image as this render (its id)",
    mode="Only this mode",
    since="From this day on: 2026-11-01, yesterday, last week, november …",
    until="Up to the end of this day, week or month",
    words="Words of the note",
    id="Show one render in full size",
)
@app_commands.choices(order=ORDERS, mode=MODES)
@app_commands.autocomplete(id=suggest_renders, garment_of=suggest_renders, style_of=suggest_renders)
async def history(
    interaction: discord.Interaction[RestyleClient],
    order: str = RenderOrder.NEWEST.value,
    member: discord.User | None = None,
    style: app_commands.Range[str, 1, 60] | None = None,
    garment: discord.Attachment | None = None,
    garment_of: app_commands.Range[str, 1, 40] | None = None,
    style_of: app_commands.Range[str, 1, 40] | None = None,
    mode: str | None = None,
    since: app_commands.Range[str, 1, 60] | None = None,
    until: app_commands.Range[str, 1, 60] | None = None,
    words: app_commands.Range[str, 1, 200] | None = None,
    id: app_commands.Range[str, 1, 40] | None = None,
) -> None:
    """Show one render, or the first page of a search, to the member alone."""
    client = interaction.client
    guild_id = member_of(interaction).guild_id
    check_attachments(client.studio, garment)
    await interaction.response.defer(ephemeral=True, thinking=True)
    viewer = client.doorkeeper.viewer(interaction)
    if id is not None:
        await show_render(interaction, await client.archive.find(guild_id, id, viewer))
        return
    garment_sha = await client.studio.image_sha(await download(garment)) if garment is not None else None
    search = Search(
        member_id=member.id if member else None,
        style=style,
        garment_sha=garment_sha,
        garment_of=garment_of,
        style_of=style_of,
        mode=mode,
        since=since,
        until=until,
        words=words,
        order=RenderOrder(order),
        locale=str(interaction.locale),
    )
    await show_page(interaction, await client.archive.search(guild_id, search, viewer))
