"""The ✂️ button under a result: shows the mask over the garment, lets it be corrected, and renders again in place."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.buttons.base import RENDER_ID, PersistentItem, find_render
from bot.card_files import file_limit
from bot.cards import ACCENT, MASK_FILE
from bot.interactions import announce, member_of
from bot.permissions import require_author
from bot.pictures import in_picture_thread, mask_overlay
from bot.refusal import RefusedError
from bot.wording import harmless
from gan.request import MaskEdit, Part
from storage.models import Render

if TYPE_CHECKING:
    from bot.client import RestyleClient

MOST_STEPS = 9
_EDIT = r"(?P<grow>-?\d):(?P<invert>[01]):(?P<part>all|upper|lower)"
_STEPS = {
    "larger": ("➕", "Larger"),
    "smaller": ("➖", "Smaller"),
    "invert": ("🔄", "Invert"),
    "upper": ("👕", "Upper half"),
    "lower": ("👖", "Lower half"),
}


def stepped(edit: MaskEdit, step: str) -> MaskEdit:
    """The edit after one more press; pressing a half or the inversion twice takes it back."""
    if step in ("larger", "smaller"):
        grow = edit.grow + (1 if step == "larger" else -1)
        return replace(edit, grow=max(-MOST_STEPS, min(MOST_STEPS, grow)))
    if step == "invert":
        return replace(edit, invert=not edit.invert)
    part = Part(step)
    return replace(edit, part=Part.ALL if edit.part is part else part)


def edit_words(edit: MaskEdit) -> str:
    """What an edit does, for people."""
    words = []
    if edit.grow:
        words.append(f"{abs(edit.grow)} {'larger' if edit.grow > 0 else 'smaller'}")
    if edit.part is not Part.ALL:
        words.append(f"{edit.part.value} half only")
    if edit.invert:
        words.append("inverted")
    return ", ".join(words) or "as it was used"


def _written(edit: MaskEdit) -> str:
    return f"{edit.grow}:{int(edit.invert)}:{edit.part.value}"


def _read(match: re.Match[str]) -> MaskEdit:
    return MaskEdit(int(match["grow"]), match["invert"] == "1", Part(match["part"]))


class MaskButton(PersistentItem[ui.Button[Any]], template=rf"restyle:mask:{RENDER_ID}"):
    """Shows whoever presses it the mask of the result."""

    def __init__(self, render_id: str) -> None:
        super().__init__(ui.Button(label="Mask", emoji="✂️", custom_id=f"restyle:mask:{render_id}"))
        self.render_id = render_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> MaskButton:
        """Make the button again from what Discord sends back."""
        return cls(match["render_id"])

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Open the panel with the mask as it was used."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _show_panel(interaction, await find_render(interaction, self.render_id), MaskEdit())


class MaskStepButton(PersistentItem[ui.Button[Any]], template=rf"restyle:maskstep:{RENDER_ID}:(?P<step>\w+):{_EDIT}"):
    """Changes the mask in the panel by one step."""

    def __init__(self, render_id: str, step: str, edit: MaskEdit) -> None:
        emoji, label = _STEPS[step]
        custom_id = f"restyle:maskstep:{render_id}:{step}:{_written(edit)}"
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=custom_id))
        self.render_id, self.step, self.edit = render_id, step, edit

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> MaskStepButton:
        """Make the button again from what Discord sends back."""
        return cls(match["render_id"], match["step"], _read(match))

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Show the panel with the changed mask."""
        await interaction.response.defer()
        render = await find_render(interaction, self.render_id)
        await _show_panel(interaction, render, stepped(self.edit, self.step))


class MaskRenderButton(PersistentItem[ui.Button[Any]], template=rf"restyle:maskrender:{RENDER_ID}:{_EDIT}"):
    """Renders again with the panel's mask, in place of the result; for its author and moderators."""

    def __init__(self, render_id: str, edit: MaskEdit) -> None:
        button: ui.Button[Any] = ui.Button(
            label="Render again with this mask",
            emoji="✅",
            style=discord.ButtonStyle.success,
            custom_id=f"restyle:maskrender:{render_id}:{_written(edit)}",
            disabled=edit == MaskEdit(),
        )
        super().__init__(button)
        self.render_id, self.edit = render_id, edit

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> MaskRenderButton:
        """Make the button again from what Discord sends back."""
        return cls(match["render_id"], _read(match))

    async def pressed(self, interaction: discord.Interaction[RestyleClient]) -> None:
        """Queue the correction, with a progress message of its own in the channel."""
        await interaction.response.defer()
        client, member = interaction.client, member_of(interaction)
        render = await find_render(interaction, self.render_id)
        require_author(interaction, render.member_id, "correct the mask of this result")
        if render.superseded_by or render.hidden:
            raise RefusedError(
                "This result was corrected or deleted meanwhile; press ✂️ under the new one.", "superseded"
            )
        new = await client.studio.correct_mask(render, self.edit, member)
        async with client.intakes.order():
            progress = await interaction.followup.send(f"✂️ Correcting the mask of {render.id}…", wait=True)
            try:
                job = await client.studio.queue(new, (member.channel_id, progress.id))
            except Exception:
                await progress.delete()
                raise
            await announce(client, job, None)
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay(f"✅ On its way: the result changes in its place. Mask {edit_words(self.edit)}."))
        with suppress(discord.HTTPException):  # the panel may be closed; the correction comes all the same
            await interaction.edit_original_response(view=view, attachments=[])


async def _show_panel(interaction: discord.Interaction[RestyleClient], render: Render, edit: MaskEdit) -> None:
    images = interaction.client.store.images
    if render.mask_sha is None:
        raise RefusedError("This result was made without a mask.", f"render {render.id} has no mask")
    garment, mask = await images.path(render.garment_sha), await images.path(render.mask_sha)
    overlay = await in_picture_thread(partial(mask_overlay, garment, mask, edit, file_limit(interaction.guild)))
    file = discord.File(io.BytesIO(overlay), filename=MASK_FILE)
    await interaction.edit_original_response(view=mask_panel(render, edit), attachments=[file])


def mask_panel(render: Render, edit: MaskEdit) -> ui.LayoutView:
    """Lay out the panel: the mask over the garment, the steps, and the button that renders."""
    container: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    doubt = f"\n⚠️ {harmless(render.doubt)}" if render.doubt else ""
    container.add_item(ui.TextDisplay(f"### What counts as garment: {edit_words(edit)}{doubt}"))
    gallery: ui.MediaGallery[Any] = ui.MediaGallery()
    gallery.add_item(media=f"attachment://{MASK_FILE}", description="The garment in colour, everything else dimmed")
    container.add_item(gallery)
    container.add_item(ui.TextDisplay("-# Only what keeps its colour here is restyled. Change it, then render again."))
    steps: ui.ActionRow[Any] = ui.ActionRow()
    for step in _STEPS:
        steps.add_item(MaskStepButton(render.id, step, edit))
    apply: ui.ActionRow[Any] = ui.ActionRow()
    apply.add_item(MaskRenderButton(render.id, edit))
    view = ui.LayoutView(timeout=None)
    for item in (container, steps, apply):
        view.add_item(item)
    return view
