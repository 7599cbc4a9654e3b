"""How a result looks: gallery, captions, where it came from, standing, buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.wording import STYLE_USES, counted, harmless, vote_emoji
from storage.models import Render, RenderVariant

ACCENT = discord.Colour.from_rgb(0xC2, 0x41, 0x7C)
GARMENT_FILE = "garment.webp"
STYLE_FILE = "style.webp"
MASK_FILE = "mask.jpg"


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file that goes with a card, kept as bytes so that a failed upload can be sent again."""

    name: str
    data: bytes


def variant_file(render: Render, variant: RenderVariant) -> str:
    """The name of a variant's picture in its message."""
    return f"restyle-{render.id}-{variant.number}.jpg"


def result_card(
    render: Render, buttons: Sequence[ui.ActionRow[Any]], heading: str | None = None, *, votable: bool = True
) -> ui.LayoutView:
    """Lay out a render's message.

    Args:
        render: with its votes as they stand.
        buttons: rows below the card.
        heading: the first lines, or None for the usual ones.
        votable: whether reactions under this very message count.
    """
    container: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    container.add_item(_origin("Garment", heading or _heading(render), GARMENT_FILE))
    container.add_item(_origin("Style", _style_line(render), STYLE_FILE))
    container.add_item(_gallery(render))
    container.add_item(ui.TextDisplay("\n".join(caption(variant) for variant in render.variants)))
    if render.doubt:
        container.add_item(_doubt(render.doubt))
    container.add_item(ui.TextDisplay(f"{standing(render, votable=votable)}\n{_small_print(render)}"))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    for row in buttons:
        view.add_item(row)
    return view


def caption(variant: RenderVariant) -> str:
    """What a variant is: mode, scale, angle where it is turned, seed."""
    turned = f" · turned {variant.angle:.0f}°" if abs(variant.angle) >= 0.5 else ""
    return f"{vote_emoji(variant.number)} **{variant.mode}** · scale {variant.scale:.2g}×{turned} · seed {variant.seed}"


def standing(render: Render, *, votable: bool = True) -> str:
    """The votes so far, the leading variant first."""
    if not render.votes and not votable:
        return "**No votes**"
    if not render.votes:
        return f"**No votes yet** – react with {_span(render)} to vote."
    ranked = sorted(render.variants, key=lambda variant: (-variant.votes, variant.number))
    shown = " · ".join(f"{vote_emoji(variant.number)} {variant.votes}" for variant in ranked)
    return f"**{counted(render.votes, 'vote')}:** {shown}"


def _span(render: Render) -> str:
    first, last = vote_emoji(1), vote_emoji(len(render.variants))
    return first if first == last else f"{first}–{last}"


def _heading(render: Render) -> str:
    note = f"\n“{harmless(render.note)}”" if render.note else ""
    return f"### Restyled for <@{render.member_id}>{note}"


def _style_line(render: Render) -> str:
    name = f"**{harmless(render.style_name, 60)}**" if render.style_name else "from an attachment"
    details = [f"mode {render.mode}"]
    if (strength := render.options.get("strength", 1.0)) < 1:
        details.append(f"strength {round(strength * 100)} %")
    if (region := render.options.get("region", "garment")) != "garment":
        details.append(f"region {region}")
    if use := STYLE_USES.get(render.style_use):
        details.append(use)
    return f"Style: {name}\n-# {' · '.join(details)}"


def _origin(what: str, text: str, file: str) -> ui.Section[Any]:
    return ui.Section(ui.TextDisplay(text), accessory=ui.Thumbnail(f"attachment://{file}", description=what))


def _gallery(render: Render) -> ui.MediaGallery[Any]:
    gallery: ui.MediaGallery[Any] = ui.MediaGallery()
    for variant in render.variants:
        gallery.add_item(
            media=f"attachment://{variant_file(render, variant)}",
            description=f"Variant {variant.number}: {variant.mode}, scale {variant.scale:.2g}, seed {variant.seed}",
        )
    return gallery


def _doubt(sentence: str) -> ui.Section[Any]:
    text = f"⚠️ {harmless(sentence)}\n-# Press ✂️ Mask to correct what counts as garment."
    thumbnail: ui.Thumbnail[Any] = ui.Thumbnail(f"attachment://{MASK_FILE}", description="The mask over the garment")
    return ui.Section(ui.TextDisplay(text), accessory=thumbnail)


def _small_print(render: Render) -> str:
    corrected = " · mask corrected" if render.options.get("mask_edit") else ""
    return f"-# render {render.id} · by <@{render.member_id}> · {render.seconds:.1f} s{corrected}"
