"""How the history looks: a page of entries with thumbnails, and its buttons."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.archive import ArchivePage
from bot.cards import ACCENT, caption
from bot.wording import counted, harmless, vote_emoji
from storage.models import Render, RenderOrder


def thumbnail_file(render: Render) -> str:
    """The name of an entry's thumbnail in its message."""
    return f"history-{render.id}.webp"


def history_page(page: ArchivePage, rows: list[ui.ActionRow[Any]]) -> ui.LayoutView:
    """Lay out one page of the history with its rows of buttons."""
    container: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    order = "most votes first" if page.order is RenderOrder.VOTES else "newest first"
    container.add_item(ui.TextDisplay(f"### History, {order}"))
    if not page.renders:
        container.add_item(ui.TextDisplay("Nothing found. Try fewer filters, or make something with `/restyle`."))
    for render in page.renders:
        thumbnail: ui.Thumbnail[Any] = ui.Thumbnail(
            f"attachment://{thumbnail_file(render)}", description=f"Best of {render.id}"
        )
        container.add_item(ui.Section(ui.TextDisplay(entry_text(render)), accessory=thumbnail))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    for row in rows:
        view.add_item(row)
    return view


def entry_text(render: Render) -> str:
    """One render in a few lines."""
    name = f"**{harmless(render.style_name, 60)}**" if render.style_name else "a style image"
    note = f"\n“{harmless(render.note, 120)}”" if render.note else ""
    when = discord.utils.format_dt(render.created_at, "D")
    modes = ", ".join(dict.fromkeys(variant.mode for variant in render.variants))
    return f"{name} for <@{render.member_id}> · {modes} · {_votes(render)}{note}\n-# {render.id} · {when}"


def best_variant(render: Render) -> int:
    """The number of the variant with the most votes; the first where none has more."""
    return max(render.variants, key=lambda variant: (variant.votes, -variant.number)).number


def shown_heading(render: Render) -> str:
    """The first line of a render that is brought back."""
    when = discord.utils.format_dt(render.created_at, "D")
    state = " · deleted from its channel" if render.hidden else " · corrected later" if render.superseded_by else ""
    note = f"\n“{harmless(render.note)}”" if render.note else ""
    return f"### {render.id} from {when}{state}\nfor <@{render.member_id}>{note}"


def menu_label(render: Render) -> str:
    """An entry in the menu that opens it: plain text of at most 100 characters."""
    what = " ".join((render.note or render.style_name or caption(render.variants[0]).replace("*", "")).split())
    return f"{render.id} · {what}"[:100]


def _votes(render: Render) -> str:
    if not render.votes:
        return "no votes"
    return f"{counted(render.votes, 'vote')}, best {vote_emoji(best_variant(render))}"
