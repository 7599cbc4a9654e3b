"""The use-cases around past renders, free of Discord objects: find one, search, page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.dates import Period, read_period
from bot.refusal import RefusedError
from storage import InvalidCursorError, Store, parse_id
from storage.models import Audience, Render, RenderFilter, RenderOrder, RenderPage

PAGE_SIZE = 5
COUNTED_AT_MOST = 1000
FIRST_PAGE = "-"
"""Stands for no cursor where a text is needed, as in a custom_id."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a member looks for, in the member's own words; every field that is set must hold.

    Attributes:
        member_id: who asked for the render.
        style: words of the style's name.
        garment_sha: exactly this garment picture.
        garment_of: a render's id, for all renders of the same garment.
        style_of: a render's id, for all renders in the same style image.
        mode: the mode asked for or drawn.
        since: a day, week, month or year, in words or figures; it counts from its first day on.
        until: the same; it counts to the end of its last day.
        words: words of the note.
        order: newest first or most votes first.
        locale: the member's language, for the days.
    """

    member_id: int | None = None
    style: str | None = None
    garment_sha: str | None = None
    garment_of: str | None = None
    style_of: str | None = None
    mode: str | None = None
    since: str | None = None
    until: str | None = None
    words: str | None = None
    order: RenderOrder = RenderOrder.NEWEST
    locale: str = "en-GB"


class Viewer(Protocol):
    """Who looks at the history, and what they may see of what others made; see `bot.doorkeeper`."""

    member_id: int
    closed: set[int]

    async def may_read(self, channel_id: int) -> bool:
        """Whether a channel is open to them; one that is not is among the `closed` ones from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """A page of a search.

    Attributes:
        key: the search, for its buttons.
        cursor: this page's place in it.
        number: this page's number, from 1.
        total: how many renders the search finds; no more than `COUNTED_AT_MOST` are counted.
        where: what was searched.
        order: how it is sorted.
        zone: the time zone of the search's days; None is this machine's.
        renders: the entries.
        next: the next page's place, or None.
        previous: the place of the page before, or None.
    """

    key: str
    cursor: str
    number: int
    total: int
    where: RenderFilter
    order: RenderOrder
    zone: ZoneInfo | None
    renders: tuple[Render, ...]
    next: str | None
    previous: str | None


class Archive:
    """Finds past renders. A guild sees its own only, and a member those of the channels that they can read.

    Args:
        store: where they are.
        zone: the time zone in which days begin and end; None is this machine's.
    """

    def __init__(self, store: Store, zone: ZoneInfo | None = None) -> None:
        self._store = store
        self._zone = zone

    async def find(self, guild_id: int, typed: str, viewer: Viewer) -> Render:
        """Return the render whose id a person typed or chose.

        Raises:
            RefusedError: the guild has no such render, or the viewer may not see it.
        """
        render_id = parse_id(typed)
        render = await self._store.renders.get(guild_id, render_id) if render_id else None
        if render is None or not (render.member_id == viewer.member_id or await viewer.may_read(render.channel_id)):
            raise RefusedError(
                "There is no render with that id that you can see here; `/history` lists them with their ids.",
                f"no render {typed[:40]!r} in guild {guild_id}" if render is None else f"{render.id} is not for them",
            )
        return render

    async def search(self, guild_id: int, search: Search, viewer: Viewer) -> ArchivePage:
        """Return the first page of a search.

        Raises:
            RefusedError: a day or a render's id is not understood.
        """
        where = await self._filter(guild_id, search, viewer)
        key = await self._store.renders.keep_filter(where, search.order)
        return await self.page(guild_id, key, FIRST_PAGE, viewer)

    async def page(self, guild_id: int, key: str, cursor: str, viewer: Viewer, number: int = 1) -> ArchivePage:
        """Return the page of a search that a button names.

        Args:
            guild_id: whose history.
            key: the search.
            cursor: the place in it.
            viewer: who looks.
            number: the page's number as far as its button knows; the first page is always 1.

        Raises:
            RefusedError: the search or the place in it is not known any more.
        """
        kept = await self._store.renders.kept_filter(key)
        if kept is None:
            raise RefusedError("I do not know this search any more; please use `/history` again.", f"no filter {key}")
        where, order = kept
        place = None if cursor == FIRST_PAGE else cursor
        try:
            page = await self._page(guild_id, where, order, place, viewer, PAGE_SIZE)
        except InvalidCursorError as error:
            raise RefusedError(
                "This page cannot be found any more; please use `/history` again.", str(error)
            ) from error
        return ArchivePage(
            key=key,
            cursor=cursor,
            number=number if page.previous else 1,
            total=await self._store.renders.count(guild_id, where, COUNTED_AT_MOST, _audience(viewer)),
            where=where,
            order=order,
            zone=self._zone,
            renders=page.renders,
            next=page.next,
            previous=page.previous,
        )

    async def suggestions(self, guild_id: int, typed: str, viewer: Viewer, limit: int = 25) -> tuple[Render, ...]:
        """Recent renders that fit what was typed so far of an id, a note or a style's name."""
        if parse_id(typed):
            try:
                return (await self.find(guild_id, typed, viewer),)
            except RefusedError:
                pass  # eight letters of a note can look like an id
        words = typed.strip()[:60]
        page = await self._page(guild_id, None, RenderOrder.NEWEST, None, viewer, limit)
        if not words:
            return page.renders
        by_start = tuple(render for render in page.renders if render.id.startswith(words.upper().lstrip("#")))
        by_note = await self._page(guild_id, RenderFilter(words=words), RenderOrder.NEWEST, None, viewer, limit)
        found = {render.id: render for render in (*by_start, *by_note.renders)}
        return tuple(found.values())[:limit]

    async def _page(
        self,
        guild_id: int,
        where: RenderFilter | None,
        order: RenderOrder,
        place: str | None,
        viewer: Viewer,
        limit: int,
    ) -> RenderPage:
        """A page of what the viewer may see; where a channel turns out to be closed, the page is read again."""
        while True:
            page = await self._store.renders.page(guild_id, where, order, place, limit, _audience(viewer))
            channels = {render.channel_id for render in page.renders if render.member_id != viewer.member_id}
            if all([await viewer.may_read(channel_id) for channel_id in sorted(channels)]):
                return page

    async def _filter(self, guild_id: int, search: Search, viewer: Viewer) -> RenderFilter:
        garment_sha = search.garment_sha
        if search.garment_of:
            garment_sha = (await self.find(guild_id, search.garment_of, viewer)).garment_sha
        since, until = await self._period(search.since, search), await self._period(search.until, search)
        return RenderFilter(
            member_id=search.member_id,
            style=search.style,
            style_sha=(await self.find(guild_id, search.style_of, viewer)).style_sha if search.style_of else None,
            garment_sha=garment_sha,
            mode=search.mode,
            since=since.start(self._zone) if since else None,
            until=until.end(self._zone) if until else None,
            words=search.words,
        )

    async def _period(self, words: str | None, search: Search) -> Period | None:
        if words is None:
            return None
        now = datetime.now(self._zone)
        return await asyncio.to_thread(partial(read_period, words, locale=search.locale, now=now))


def _audience(viewer: Viewer) -> Audience:
    return Audience(viewer.member_id, frozenset(viewer.closed))
