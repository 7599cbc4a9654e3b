import pytest

from bot.archive import FIRST_PAGE, Archive, Search
from bot.errors import RefusedError
from bot.orders import Member
from storage import JobStatus
from tests.bot.test_dispatcher import NOOR, workshop

__all__ = ["workshop"]
ELSEWHERE = Member(guild_id=99, channel_id=2, member_id=3, name="Noor")


@pytest.fixture
async def archive(workshop):
    workshop.start()
    for member, note in ((NOOR, "here"), (ELSEWHERE, "elsewhere")):
        await workshop.reaches(await workshop.submit(member, note=note, variants=1), JobStatus.RENDERED)
    return Archive(workshop.store)


async def test_a_guild_sees_its_own_renders_only(archive):
    here = await archive.search(1, Search())
    assert [render.note for render in here.renders] == ["here"]
    # A button's key is no way into another guild's history.
    there = await archive.page(99, here.key, FIRST_PAGE)
    assert [render.note for render in there.renders] == ["elsewhere"]
    assert [render.note for render in await archive.suggestions(1, "elsewhere")] == []
    with pytest.raises(RefusedError):
        await archive.find(99, here.renders[0].id)


async def test_an_id_is_found_however_it_is_typed(archive):
    render = (await archive.search(1, Search())).renders[0]
    typed = f" #{render.id[:4].lower()}-{render.id[4:].lower()} "
    assert (await archive.find(1, typed)).id == render.id
    assert [found.id for found in await archive.suggestions(1, render.id[:3])] == [render.id]


@pytest.mark.parametrize(("key", "cursor"), [("nokey", FIRST_PAGE), (None, "no-cursor")])
async def test_old_or_forged_buttons_are_refused_in_one_sentence(archive, key, cursor):
    known = (await archive.search(1, Search())).key
    with pytest.raises(RefusedError, match="/history"):
        await archive.page(1, key or known, cursor)


@pytest.mark.parametrize("field", ["since", "until", "garment_of"])
async def test_what_is_not_understood_is_said(archive, field):
    with pytest.raises(RefusedError):
        await archive.search(1, Search(**{field: "gibberish"}))
