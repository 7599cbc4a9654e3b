"""`/help`: what a designer needs to begin."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui

from bot.cards import ACCENT

TEXT = """### Hello! I dress your garments.
**1.** Type `/restyle`, drop a **garment** photo and a **style** image – a textile, a painting, a leaf, another garment.
**2.** Four variants come back; until then **Cancel** takes the order back. Vote with 1️⃣–4️⃣, for as many as you like.
**3.** Under each result: 🔁 more like it · ✂️ correct what counts as garment · full-size files · 🗑️ delete.

`/style save` keeps a style under a name for the whole team, `/style list` and `/style delete` look after them.
`/history` brings any render back – by member, style, garment, day, votes or words of its `note`.
You find there what was made in channels that you can read, and all of your own. 🗑️ takes a result out of the lists; \
whoever has its id can still look at it.
-# Pattern too big? Try scale 0.5. Only the colours? mode palette. Brushwork? mode paint. A logo on the chest? \
mode placement. JPEG, PNG, HEIC and more work.
-# Wrong part dressed? Press ✂️, or send your own `mask`: a picture in which white is the garment.
"""


@app_commands.command(name="help", description="What I can do, in half a minute")
async def help_command(interaction: discord.Interaction[Any]) -> None:
    """Show the help to the member alone."""
    container: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    container.add_item(ui.TextDisplay(TEXT))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    await interaction.response.send_message(view=view, ephemeral=True)
