"""`/style save`, `/style list`, `/style delete`: images with names that a team uses again and again."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.buttons.styles import show_styles
from bot.commands.style_names import suggest_style_names
from bot.commands.uploads import check_attachments, download
from bot.errors import RefusedError
from bot.permissions import is_moderator
from bot.requests import member_of
from bot.wording import harmless

if TYPE_CHECKING:
    from bot.client import RestyleClient

log = logging.getLogger(__name__)


class StyleGroup(app_commands.Group):
    """The guild's saved styles."""

    def __init__(self) -> None:
        super().__init__(name="style", description="Keep styles under a name", guild_only=True)

    @app_commands.command(name="save", description="Keep an image as a style that the whole team can use by name")
    @app_commands.describe(name="What the style is called, such as navy tartan", image="The style's image")
    async def save(
        self,
        interaction: discord.Interaction[RestyleClient],
        name: app_commands.Range[str, 1, 60],
        image: discord.Attachment,
    ) -> None:
        """Check the image and keep it under the name."""
        studio = interaction.client.studio
        member = member_of(interaction)
        check_attachments(studio, image)
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with interaction.client.intake_slots:
            style = await studio.save_style(member, name, await download(image))
        shown = harmless(style.name, 60)
        thumbnail = await interaction.client.read_file(await interaction.client.store.images.thumbnail(style.image_sha))
        await interaction.edit_original_response(
            content=f"💾 Saved **{shown}** – use it as `style_name` in `/restyle`.",
            attachments=[discord.File(io.BytesIO(thumbnail), filename="style.webp")],
        )

    @app_commands.command(name="list", description="Show the saved styles")
    async def list(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Show the first page of the guild's styles."""
        member_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_styles(interaction, 0)

    @app_commands.command(name="delete", description="Forget a saved style; renders made with it stay")
    @app_commands.describe(name="The style's name")
    @app_commands.autocomplete(name=suggest_style_names)
    async def delete(
        self, interaction: discord.Interaction[RestyleClient], name: app_commands.Range[str, 1, 60]
    ) -> None:
        """Forget the name, for whoever saved it and moderators."""
        member = member_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        styles = interaction.client.store.styles
        style = await styles.get(member.guild_id, name)
        if style is None:
            raise RefusedError(
                "There is no saved style of that name here; `/style list` shows them all.", f"no style {name!r}"
            )
        if style.member_id != member.member_id and not is_moderator(interaction):
            raise RefusedError(f"Only <@{style.member_id}> and moderators can delete this style.", "not the owner")
        await styles.delete(member.guild_id, style.name)
        log.info("style %r deleted by member %d in guild %d", style.name, member.member_id, member.guild_id)
        await interaction.edit_original_response(content=f"🗑️ **{harmless(style.name, 60)}** is forgotten.")
