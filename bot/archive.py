"""The use-cases around past renders, free of Discord objects: find one, search, page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.dates import end_of_day, start_of_day
from bot.errors import RefusedError
from storage import InvalidCursorError, Store, parse_id
from storage.models import Render, RenderFilter, RenderOrder, RenderPage

PAGE_SIZE = 5
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
        mode: the mode asked for or drawn.
        since: a day, in words or figures.
        until: the last day that counts.
        words: words of the note.
        order: newest first or most votes first.
        locale: the member's language, for the days.
    """

    member_id: int | None = None
    style: str | None = None
    garment_sha: str | None = None
    garment_of: str | None = None
    mode: str | None = None
    since: str | None = None
    until: str | None = None
    words: str | None = None
    order: RenderOrder = RenderOrder.NEWEST
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page of a search, with what its buttons need to go on: the search's key and the cursors."""

    key: str
    cursor: str
    order: RenderOrder
    renders: tuple[Render, ...]
    next: str | None
    previous: str | None


class Archive:
    """Finds past renders; a guild sees its own only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, guild_id: int, typed: str) -> Render:
        """Return the render whose id a person typed or chose.

        Raises:
            RefusedError: the guild has no such render.
        """
        render_id = parse_id(typed)
        render = await self._store.renders.get(guild_id, render_id) if render_id else None
        if render is None:
            raise RefusedError(
                "There is no render with that id in this server; `/history` lists them with their ids.",
                f"no render {typed[:40]!r} in guild {guild_id}",
            )
        return render

    async def search(self, guild_id: int, search: Search) -> ArchivePage:
        """Return the first page of a search.

        Raises:
            RefusedError: a day or a render's id is not understood.
        """
        where = await self._filter(guild_id, search)
        key = await self._store.renders.keep_filter(where, search.order)
        return await self.page(guild_id, key, FIRST_PAGE)

    async def page(self, guild_id: int, key: str, cursor: str) -> ArchivePage:
        """Return the page of a search that a button names.

        Raises:
            RefusedError: the search or the place in it is not known any more.
        """
        kept = await self._store.renders.kept_filter(key)
        if kept is None:
            raise RefusedError("I do not know this search any more; please use `/history` again.", f"no filter {key}")
        where, order = kept
        place = None if cursor == FIRST_PAGE else cursor
        try:
            page: RenderPage = await self._store.renders.page(guild_id, where, order, place, PAGE_SIZE)
        except InvalidCursorError as error:
            raise RefusedError(
                "This page cannot be found any more; please use `/history` again.", str(error)
            ) from error
        return ArchivePage(key, cursor, order, page.renders, page.next, page.previous)

    async def suggestions(self, guild_id: int, typed: str, limit: int = 25) -> tuple[Render, ...]:
        """Recent renders that fit what was typed so far of an id, a note or a style's name."""
        render_id = parse_id(typed)
        if render_id and (render := await self._store.renders.get(guild_id, render_id)):
            return (render,)
        words = typed.strip()[:60]
        page = await self._store.renders.page(guild_id, None, RenderOrder.NEWEST, None, limit)
        if not words:
            return page.renders
        by_start = tuple(render for render in page.renders if render.id.startswith(words.upper().lstrip("#")))
        by_note = await self._store.renders.page(guild_id, RenderFilter(words=words), RenderOrder.NEWEST, None, limit)
        found = {render.id: render for render in (*by_start, *by_note.renders)}
        return tuple(found.values())[:limit]

    async def _filter(self, guild_id: int, search: Search) -> RenderFilter:
        garment_sha = search.garment_sha
        if search.garment_of:
            garment_sha = (await self.find(guild_id, search.garment_of)).garment_sha
        since = partial(start_of_day, search.since, locale=search.locale) if search.since else None
        until = partial(end_of_day, search.until, locale=search.locale) if search.until else None
        return RenderFilter(
            member_id=search.member_id,
            style=search.style,
            garment_sha=garment_sha,
            mode=search.mode,
            since=await asyncio.to_thread(since) if since else None,
            until=await asyncio.to_thread(until) if until else None,
            words=search.words,
        )
