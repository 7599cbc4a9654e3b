from zoneinfo import ZoneInfo

import pytest

from bot.archive import FIRST_PAGE, Archive, Search
from bot.history_cards import filter_words
from bot.orders import Member
from bot.refusal import RefusedError
from storage import JobStatus
from tests.bot.test_dispatcher import NOOR, workshop

__all__ = ["workshop"]


class Anybody:
    """Looks, and may read every channel but the closed ones; some are learned to be closed on asking only."""

    def __init__(self, member_id=1, closed=(), found_closed=()):
        self.member_id, self.closed, self.found_closed = member_id, set(closed), set(found_closed)

    async def may_read(self, channel_id):
        self.closed |= {channel_id} & self.found_closed
        return channel_id not in self.closed


ELSEWHERE = Member(guild_id=99, channel_id=2, member_id=3, name="Noor")


@pytest.fixture
async def archive(workshop):
    workshop.start()
    for member, note in ((NOOR, "here"), (ELSEWHERE, "elsewhere")):
        await workshop.reaches(await workshop.submit(member, note=note, variants=1), JobStatus.RENDERED)
    return Archive(workshop.store)


async def test_a_guild_sees_its_own_renders_only(archive):
    here = await archive.search(1, Search(), Anybody())
    assert [render.note for render in here.renders] == ["here"]
    # A button's key is no way into another guild's history.
    there = await archive.page(99, here.key, FIRST_PAGE, Anybody())
    assert [render.note for render in there.renders] == ["elsewhere"]
    assert [render.note for render in await archive.suggestions(1, "elsewhere", Anybody())] == []
    with pytest.raises(RefusedError):
        await archive.find(99, here.renders[0].id, Anybody())


async def test_an_id_is_found_however_it_is_typed(archive):
    render = (await archive.search(1, Search(), Anybody())).renders[0]
    typed = f" #{render.id[:4].lower()}-{render.id[4:].lower()} "
    assert (await archive.find(1, typed, Anybody())).id == render.id
    assert [found.id for found in await archive.suggestions(1, render.id[:3], Anybody())] == [render.id]


@pytest.mark.parametrize(("key", "cursor"), [("nokey", FIRST_PAGE), (None, "no-cursor")])
async def test_old_or_forged_buttons_are_refused_in_one_sentence(archive, key, cursor):
    known = (await archive.search(1, Search(), Anybody())).key
    with pytest.raises(RefusedError, match="/history"):
        await archive.page(1, key or known, cursor, Anybody())


@pytest.mark.parametrize("field", ["since", "until", "garment_of", "style_of"])
async def test_what_is_not_understood_is_said(archive, field):
    with pytest.raises(RefusedError):
        await archive.search(1, Search(**{field: "gibberish"}), Anybody())


async def shelf(workshop, notes):
    """An archive with one render a note, each made by its own member in its own channel, both numbered from 1."""
    workshop.start()
    for number, note in enumerate(notes, 1):
        member = Member(guild_id=1, channel_id=number, member_id=number, name="Mika")
        await workshop.reaches(await workshop.submit(member, note=note, variants=1), JobStatus.RENDERED)
    return Archive(workshop.store, ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("barred", [{"closed": {2, 3}}, {"found_closed": {2, 3}}])
async def test_what_was_made_where_a_member_cannot_look_is_not_shown_to_them(workshop, barred):
    archive = await shelf(workshop, [f"look {number}" for number in range(1, 9)])
    viewer = Anybody(member_id=3, **barred)
    page = await archive.search(1, Search(), viewer)
    assert [render.channel_id for render in page.renders] == [8, 7, 6, 5, 4]
    page = await archive.page(1, page.key, page.next, viewer, 2)
    # The member's own render is theirs wherever they made it.
    assert [render.channel_id for render in page.renders] == [3, 1]
    assert (page.number, page.total) == (2, 7)
    assert [render.channel_id for render in await archive.suggestions(1, "look", viewer)] == [8, 7, 6, 5, 4, 3, 1]
    hidden = (await archive.search(1, Search(words="look 2"), Anybody())).renders[0]
    assert await archive.suggestions(1, hidden.id, viewer) == ()
    for search in (Search(garment_of=hidden.id), Search(style_of=hidden.id)):
        with pytest.raises(RefusedError):
            await archive.search(1, search, viewer)
    with pytest.raises(RefusedError, match="can see"):
        await archive.find(1, hidden.id, viewer)


async def test_the_first_page_is_number_one_whatever_a_button_says(workshop):
    archive = await shelf(workshop, ["a", "b"])
    page = await archive.search(1, Search(), Anybody())
    assert (await archive.page(1, page.key, FIRST_PAGE, Anybody(), 7)).number == 1


async def test_a_search_says_what_it_understood(workshop):
    archive = await shelf(workshop, ["linen"])
    search = Search(since="3/4/2026", until="november 2026", words="*linen*", mode="paint", member_id=7, locale="fr")
    words = " · ".join(filter_words(await archive.search(1, search, Anybody())))
    for part in ("since 3 Apr 2026", "until 30 Nov 2026", "<@7>", "mode paint", r"\*linen\*"):
        assert part in words
    assert filter_words(await archive.search(1, Search(), Anybody())) == []


async def test_renders_in_the_same_style_are_found(workshop):
    archive = await shelf(workshop, ["one", "two"])
    render = (await archive.search(1, Search(), Anybody())).renders[0]
    assert (await archive.search(1, Search(style_of=render.id), Anybody())).total == 2
