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
from bot.interactions import member_of
from bot.permissions import require_author
from bot.wording import harmless

if TYPE_CHECKING:
    from bot.client import RestyleClient

log = logging.getLogger(__name__)


class StyleGroup(app_commands.Group):
    """The guild's saved styles."""

    def __init__(self) -> None:
        super().__init__(name="style", description="Keep styles under a name", guild_only=True)

    @app_commands.command(name="save", description="Keep an image as a style that the whole team can use by name")
    @app_commands.describe(
        name="What the style is called, such as navy tartan",
        image="The style's image",
        replace="Put this image in the place of a style that has the name already",
    )
    async def save(
        self,
        interaction: discord.Interaction[RestyleClient],
        name: app_commands.Range[str, 1, 60],
        image: discord.Attachment,
        replace: bool = False,
    ) -> None:
        """Check the image and keep it under the name; what is there is replaced by whoever saved it and moderators."""
        studio = interaction.client.studio
        member = member_of(interaction)
        check_attachments(studio, image)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if replace and (kept := await interaction.client.store.styles.get(member.guild_id, name)) is not None:
            require_author(interaction, kept.member_id, "replace this style")
        async with interaction.client.intake_slots:
            style = await studio.save_style(member, name, await download(image), overwrite=replace)
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
        style = await interaction.client.studio.check_style(member.guild_id, name, attached=False)
        assert style is not None
        require_author(interaction, style.member_id, "delete this style")
        await interaction.client.store.styles.delete(member.guild_id, style.name)
        log.info("style %r deleted by member %d in guild %d", style.name, member.member_id, member.guild_id)
        await interaction.edit_original_response(content=f"🗑️ **{harmless(style.name, 60)}** is forgotten.")
