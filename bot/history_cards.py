"""How the history looks: a page of entries with thumbnails, and its buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.archive import COUNTED_AT_MOST, ArchivePage
from bot.cards import ACCENT, caption
from bot.dates import day_of
from bot.wording import counted, harmless, vote_emoji
from storage.models import Render, RenderOrder


def thumbnail_file(render: Render) -> str:
    """The name of an entry's thumbnail in its message."""
    return f"history-{render.id}.webp"


def history_page(page: ArchivePage, rows: list[ui.ActionRow[Any]]) -> ui.LayoutView:
    """Lay out one page of the history with its rows of buttons."""
    container: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    container.add_item(ui.TextDisplay("\n".join(_head(page))))
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


def filter_words(page: ArchivePage) -> list[str]:
    """What was searched, as it was understood: a member sees here whether a date or a name was read rightly."""
    where, found = page.where, []
    if where.style:
        found.append(f"style “{harmless(where.style, 60)}”")
    if where.style_sha:
        found.append("one style image")
    if where.garment_sha:
        found.append("one garment")
    if where.member_id is not None:
        found.append(f"by <@{where.member_id}>")
    if where.mode:
        found.append(f"mode {where.mode}")
    if where.words:
        found.append(f"words “{harmless(where.words, 80)}”")
    if where.since:
        found.append(f"since {day_of(where.since, page.zone)}")
    if where.until:
        # The filter ends before this moment, the last day just before it.
        found.append(f"until {day_of(where.until - timedelta(milliseconds=1), page.zone)}")
    return found


def _head(page: ArchivePage) -> list[str]:
    order = "most votes first" if page.order is RenderOrder.VOTES else "newest first"
    lines = [f"### History, {order}"]
    filters = filter_words(page)
    if filters:
        lines.append(" · ".join(filters))
    if page.renders:
        count = counted(page.total, "render")
        shown = f"more than {page.total - 1} renders" if page.total == COUNTED_AT_MOST else count
        lines.append(f"-# {shown} · page {page.number}")
    elif filters:
        lines.append("Nothing fits all of this; leave a filter out.")
    else:
        lines.append("Nothing here yet; make something with `/restyle`.")
    return lines


def entry_text(render: Render) -> str:
    """One render in a few lines."""
    name = f"**{harmless(render.style_name, 60)}**" if render.style_name else "an attached style"
    note = f"\n“{harmless(render.note, 120)}”" if render.note else ""
    when = discord.utils.format_dt(render.created_at, "D")
    modes = ", ".join(dict.fromkeys(variant.mode for variant in render.variants))
    return f"{name} · by <@{render.member_id}> · {modes} · {_votes(render)}{note}\n-# render {render.id} · {when}"


def best_variant(render: Render) -> int:
    """The number of the variant with the most votes; the first where none has more."""
    return max(render.variants, key=lambda variant: (variant.votes, -variant.number)).number


def shown_heading(render: Render) -> str:
    """The first line of a render that is brought back."""
    when = discord.utils.format_dt(render.created_at, "D")
    state = " · deleted from its channel" if render.hidden else " · corrected later" if render.superseded_by else ""
    note = f"\n“{harmless(render.note)}”" if render.note else ""
    return f"### Render {render.id} from {when}{state}\nby <@{render.member_id}>{note}"


def menu_label(render: Render) -> str:
    """An entry in the menu that opens it: plain text of at most 100 characters."""
    what = " ".join((render.note or render.style_name or caption(render.variants[0]).replace("*", "")).split())
    return f"{render.id} · {what}"[:100]


def _votes(render: Render) -> str:
    if not render.votes:
        return "no votes"
    return f"{counted(render.votes, 'vote')}, best {vote_emoji(best_variant(render))}"
