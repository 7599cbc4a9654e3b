"""The history finds what was asked for, page by page, in both directions, and nothing of another guild."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import Audience, InvalidCursorError, Render, RenderFilter, RenderNotFoundError, RenderOrder, Store
from tests.storage.conftest import GUILD, OTHER_GUILD, Clock

Rendered = Callable[..., Awaitable[Render]]

HOSTILE = [
    '"',
    "'",
    '" OR 1=1 --',
    "NEAR(a b)",
    "terms:blue",
    "blue AND",
    "NOT blue",
    "*",
    "blue*",
    "^blue",
    "(",
    "-blue",
    "{terms}:x",
    "a + b",
    "\\",
    "%_",
    "\x00blue\x00",
    "\ud800",
    "🧵" * 500,
    "🏳️‍🌈 👩🏽‍🎨",
    "x" * 10_000,
    "؀ ـ ٠",
    "\u202e",
    ";DROP TABLE renders;",
    " ",
]


async def ids(
    store: Store,
    where: RenderFilter | None = None,
    order: RenderOrder = RenderOrder.NEWEST,
    audience: Audience | None = None,
) -> list[str]:
    """Read all pages forward, three entries each."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.renders.page(GUILD, where, order, cursor, limit=3, audience=audience)
        found += [render.id for render in page.renders]
        if (cursor := page.next) is None:
            return found


async def test_a_guild_sees_its_own_renders_only(store: Store, rendered: Rendered) -> None:
    mine = await rendered(note="blue")
    other = await rendered(guild_id=OTHER_GUILD, note="blue")
    assert await store.renders.get(GUILD, mine.id) == mine
    assert await store.renders.get(GUILD, other.id) is None
    for where in (RenderFilter(), RenderFilter(words="blue"), RenderFilter(member_id=1), RenderFilter(mode="print")):
        for order in RenderOrder:
            assert await ids(store, where, order) == [mine.id]
    assert await store.renders.count(GUILD) == 1
    with pytest.raises(RenderNotFoundError):
        await store.renders.hide(GUILD, other.id, by=1)


async def test_pages_go_forward_and_back_over_the_same_entries(store: Store, rendered: Rendered) -> None:
    made = [(await rendered()).id for _ in range(8)][::-1]
    first = await store.renders.page(GUILD, limit=3)
    second = await store.renders.page(GUILD, cursor=first.next, limit=3)
    third = await store.renders.page(GUILD, cursor=second.next, limit=3)
    shown = [[render.id for render in page.renders] for page in (first, second, third)]
    assert shown == [made[:3], made[3:6], made[6:]]
    assert (first.previous, third.next) == (None, None)
    back = await store.renders.page(GUILD, cursor=third.previous, limit=3)
    assert back == second
    assert await store.renders.page(GUILD, cursor=back.previous, limit=3) == first
    assert all(len(cursor) <= 14 for page in (first, second) if (cursor := page.next))


async def test_cursors_stay_good_while_renders_come_and_go(store: Store, rendered: Rendered) -> None:
    made = [await rendered() for _ in range(6)][::-1]
    first = await store.renders.page(GUILD, limit=2)
    await rendered()
    await store.renders.hide(GUILD, made[1].id, by=1)
    second = await store.renders.page(GUILD, cursor=first.next, limit=2)
    assert [render.id for render in second.renders] == [made[2].id, made[3].id]
    # The way back finds fewer entries than a page holds, so it shows the first page whole.
    back = await store.renders.page(GUILD, cursor=second.previous, limit=3)
    assert len(back.renders) == 3 and back.previous is None


async def test_a_page_whose_entries_are_all_gone_is_empty_and_leads_back(store: Store, rendered: Rendered) -> None:
    made = [await rendered() for _ in range(4)][::-1]
    first = await store.renders.page(GUILD, limit=2)
    for gone in made[2:]:
        await store.renders.hide(GUILD, gone.id, by=1)
    empty = await store.renders.page(GUILD, cursor=first.next, limit=2)
    assert (empty.renders, empty.next) == ((), None)
    back = await store.renders.page(GUILD, cursor=empty.previous, limit=2)
    assert [render.id for render in back.renders] == [render.id for render in made[:2]]


async def test_every_filter_and_order_agrees_with_a_plain_reading(
    store: Store, rendered: Rendered, clock: Clock
) -> None:
    dice = random.Random(3)
    made: list[Render] = []
    for _ in range(60):
        clock.pass_(dice.choice((0, 3600)))
        render = await rendered(
            member_id=dice.randint(1, 3),
            channel_id=dice.randint(1, 4),
            mode=dice.choice(("auto", "print")),
            variant_mode=dice.choice(("print", "paint")),
            style_name=dice.choice((None, "Navy Gingham", "Navy Dots")),
            garment_sha=dice.choice("ab") * 64,
            style_sha=dice.choice("cd") * 64,
            note=dice.choice(("", "Blue hem", "blue, RED!", "red")),
        )
        assert render.message_id
        for voter in range(dice.randint(0, 3)):
            await store.votes.cast(render.message_id, 1, voter)
        made.append(await store.renders.get(GUILD, render.id) or render)
    for _ in range(120):
        where = RenderFilter(
            member_id=dice.choice((None, None, 1, 2)),
            style=dice.choice((None, None, "navy", "gingham NAVY")),
            style_sha=dice.choice((None, None, "c" * 64)),
            garment_sha=dice.choice((None, None, "a" * 64)),
            mode=dice.choice((None, None, "print", "paint")),
            since=dice.choice((None, made[10].created_at, made[40].created_at)),
            until=dice.choice((None, made[50].created_at, made[20].created_at)),
            words=dice.choice((None, None, "blue", "red blue")),
        )
        audience = dice.choice((None, Audience(2), Audience(2, frozenset((1, 4))), Audience(3, frozenset((2,)))))
        expected = [render for render in reversed(made) if matches(render, where) and is_open(render, audience)]
        assert await ids(store, where, audience=audience) == [render.id for render in expected]
        assert await store.renders.count(GUILD, where, audience=audience) == len(expected)
        expected.sort(key=lambda render: -render.votes)
        assert await ids(store, where, RenderOrder.VOTES, audience) == [render.id for render in expected]


def is_open(render: Render, audience: Audience | None) -> bool:
    """Say in plain words who may see what."""
    if audience is None or render.member_id == audience.member_id:
        return True
    return render.channel_id not in audience.closed_channels


def matches(render: Render, where: RenderFilter) -> bool:
    """Say in plain words what a filter means."""
    modes = {render.mode, *(variant.mode for variant in render.variants)}
    words = render.note.lower().replace(",", " ").replace("!", " ").split()
    return (
        where.member_id in (None, render.member_id)
        and where.style_sha in (None, render.style_sha)
        and where.garment_sha in (None, render.garment_sha)
        and (where.mode is None or where.mode in modes)
        and (where.since is None or render.created_at >= where.since)
        and (where.until is None or render.created_at < where.until)
        and all(word.lower() in (render.style_name or "").lower().split() for word in (where.style or "").split())
        and all(word in words for word in (where.words or "").split())
    )


async def test_dates_and_votes_together_when_many_match(
    store: Store, rendered: Rendered, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.walking.FEW", 2)
    made: list[Render] = []
    for number in range(12):
        clock.pass_(60)
        made.append(await rendered())
        await store.votes.replace_all(made[-1].id, {1: set(range(number % 4))})
    where = RenderFilter(since=made[2].created_at, until=made[10].created_at)
    expected = sorted(range(2, 10), key=lambda number: (-(number % 4), -number))
    assert await ids(store, where, RenderOrder.VOTES) == [made[number].id for number in expected]
    page = await store.renders.page(GUILD, where, RenderOrder.VOTES, limit=7)
    page = await store.renders.page(GUILD, where, RenderOrder.VOTES, page.next, limit=1)
    page = await store.renders.page(GUILD, where, RenderOrder.VOTES, page.previous, limit=3)
    assert [render.id for render in page.renders] == [made[number].id for number in expected[4:7]]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_only_words(store: Store, rendered: Rendered, text: str) -> None:
    plain = await rendered(note="plain blue", style_name="Blue")
    for where in (
        RenderFilter(words=text),
        RenderFilter(style=text),
        RenderFilter(mode=text),
        RenderFilter(garment_sha=text),
    ):
        for order in RenderOrder:
            found = await ids(store, replace(where, since=datetime(2000, 1, 1, tzinfo=UTC)), order)
            assert found in ([], [plain.id])
            assert await ids(store, where, order) == found
    assert await ids(store) == [plain.id]


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\ud800" not in text])
async def test_hostile_notes_are_kept_and_found_by_themselves(store: Store, rendered: Rendered, text: str) -> None:
    render = await rendered(note=f"{text} needle", style_name=f"{text[:50]} needle")
    kept = await store.renders.get(GUILD, render.id)
    assert kept is not None and kept.note == f"{text} needle"
    assert await ids(store, RenderFilter(words=kept.note, style=kept.style_name)) == [render.id]
    assert await store.renders.hide(GUILD, render.id, by=1)
    assert await ids(store, RenderFilter(words="needle")) == []


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("Größe für Müller", "GROSSE muller"),
        ("the 🧵 one", "🧵"),
        ("青いチェックのシャツ", "チェック"),
        ("don't re-use", "use don"),
        ("Ｆｕｌｌ width", "full"),
        ("snake_case", "snake_case"),
    ],
)
async def test_words_are_found_whatever_their_spelling(store: Store, rendered: Rendered, note: str, words: str) -> None:
    render = await rendered(note=note)
    await rendered(note="something else")
    assert await ids(store, RenderFilter(words=words)) == [render.id]


async def test_a_filter_of_dates_without_renders_is_empty(store: Store, rendered: Rendered) -> None:
    await rendered()
    future = datetime.now(UTC) + timedelta(days=10_000)
    for order in RenderOrder:
        assert await ids(store, RenderFilter(since=future), order) == []
        assert await ids(store, RenderFilter(until=datetime(1990, 1, 1, tzinfo=UTC)), order) == []


async def test_dates_hold_although_the_clock_was_set_back(store: Store, rendered: Rendered, clock: Clock) -> None:
    first = await rendered()
    clock.pass_(-3600)
    second = await rendered()
    assert second.created_at >= first.created_at
    assert await ids(store, RenderFilter(since=first.created_at)) == [second.id, first.id]


async def test_a_clock_that_was_ahead_once_does_not_date_all_later_renders(
    store: Store, rendered: Rendered, clock: Clock
) -> None:
    before = await rendered(note="before")
    clock.pass_(5 * 365 * 86_400)
    ahead = await rendered(note="ahead")
    clock.pass_(-5 * 365 * 86_400 + 60)
    now = datetime.fromtimestamp(clock.now, UTC)
    assert await store.renders.bring_back_from_future(now) == 1
    clock.pass_(60)
    after = await rendered(note="after")
    assert after.created_at == now + timedelta(seconds=60)
    page = await store.renders.page(GUILD, RenderFilter(since=before.created_at + timedelta(seconds=1)))
    assert [render.id for render in page.renders] == [after.id, ahead.id]
    assert await store.renders.bring_back_from_future(now) == 0


@pytest.mark.parametrize("cursor", ["", "n", "x12", "n!", "p" + "z" * 14, "nzzzzzzzzzzzzz", "n١٢"])
async def test_a_foreign_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        await store.renders.page(GUILD, cursor=cursor)


async def test_hiding_keeps_the_record(store: Store, rendered: Rendered) -> None:
    render = await rendered()
    assert await store.renders.hide(GUILD, render.id, by=5)
    assert not await store.renders.hide(GUILD, render.id, by=6)
    kept = await store.renders.get(GUILD, render.id)
    assert kept is not None and (kept.hidden, kept.hidden_by, kept.variants) == (True, 5, render.variants)
    assert await ids(store) == [] and await ids(store, order=RenderOrder.VOTES) == []


async def test_a_deleted_message_hides_its_render(store: Store, rendered: Rendered) -> None:
    render = await rendered(message_id=42)
    assert not await store.renders.hide_message(43)
    assert await store.renders.hide_message(42)
    assert not await store.renders.hide_message(42)
    assert await ids(store) == []
    shown = await store.renders.by_message(42)
    assert shown is not None and (shown.id, shown.hidden) == (render.id, True)


async def test_what_was_posted_since_can_be_reconciled(store: Store, rendered: Rendered, clock: Clock) -> None:
    await rendered()
    clock.pass_(60)
    second, third = await rendered(guild_id=OTHER_GUILD), await rendered()
    await store.renders.hide(GUILD, third.id, by=1)
    fourth = await rendered()
    since = second.created_at
    assert [render.id for render in await store.renders.delivered_since(since)] == [fourth.id, second.id]
    assert [render.id for render in await store.renders.delivered_since(since, limit=1)] == [fourth.id]


async def test_a_kept_filter_comes_back_by_its_key(store: Store) -> None:
    where = RenderFilter(member_id=3, style="navy", words='a "b"', since=datetime(2025, 1, 2, tzinfo=UTC))
    key = await store.renders.keep_filter(where, RenderOrder.VOTES)
    assert await store.renders.keep_filter(where, RenderOrder.VOTES) == key and len(key) == 13
    assert await store.renders.kept_filter(key) == (where, RenderOrder.VOTES)
    assert await store.renders.keep_filter(where, RenderOrder.NEWEST) != key
    assert await store.renders.kept_filter("unknown") is None


async def test_counting_stops_at_the_limit(store: Store, rendered: Rendered) -> None:
    for _ in range(4):
        await rendered()
    assert await store.renders.count(GUILD, at_most=3) == 3
