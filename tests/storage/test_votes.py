"""Votes are counted once, taken back, reconciled, and the totals beside them are always their sum."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from storage import Render, RenderNotFoundError, RenderOrder, Store
from tests.storage.conftest import GUILD

Rendered = Callable[..., Awaitable[Render]]


async def shown_votes(store: Store) -> dict[str, int]:
    page = await store.renders.page(GUILD, order=RenderOrder.VOTES)
    return {render.id: render.votes for render in page.renders}


async def test_a_vote_counts_once_for_each_member_and_variant(store: Store, rendered: Rendered) -> None:
    render = await rendered()
    assert render.message_id is not None
    first = await store.votes.cast(render.message_id, 2, 11)
    assert first is not None and (first.render_id, first.changed, first.total) == (render.id, True, 1)
    again = await store.votes.cast(render.message_id, 2, 11)
    assert again is not None and (again.changed, again.total) == (False, 1)
    await store.votes.cast(render.message_id, 3, 11)
    tally = await store.votes.cast(render.message_id, 2, 12)
    assert tally is not None and tally.counts == {1: 0, 2: 2, 3: 1, 4: 0}
    kept = await store.renders.get(GUILD, render.id)
    assert kept is not None and (kept.votes, [variant.votes for variant in kept.variants]) == (3, [0, 2, 1, 0])


async def test_taking_a_vote_back_removes_that_vote_only(store: Store, rendered: Rendered) -> None:
    message = (await rendered()).message_id
    assert message is not None
    for member in (11, 12):
        await store.votes.cast(message, 1, member)
    tally = await store.votes.withdraw(message, 1, 11)
    assert tally is not None and (tally.changed, tally.counts[1]) == (True, 1)
    tally = await store.votes.withdraw(message, 1, 11)
    assert tally is not None and (tally.changed, tally.counts[1]) == (False, 1)


async def test_what_is_no_variant_gets_no_vote(store: Store, rendered: Rendered) -> None:
    message = (await rendered(variants=2)).message_id
    assert message is not None
    assert await store.votes.cast(message, 3, 11) is None
    assert await store.votes.cast(999, 1, 11) is None
    assert await store.votes.clear(999) is None
    assert await store.votes.tally("NOSUCHID") is None


async def test_clearing_one_variant_or_all(store: Store, rendered: Rendered) -> None:
    render = await rendered()
    assert render.message_id is not None
    for number in (1, 2):
        for member in (11, 12):
            await store.votes.cast(render.message_id, number, member)
    tally = await store.votes.clear_variant(render.message_id, 1)
    assert tally is not None and tally.counts == {1: 0, 2: 2, 3: 0, 4: 0}
    tally = await store.votes.clear(render.message_id)
    assert tally is not None and (tally.changed, tally.total) == (True, 0)
    tally = await store.votes.clear(render.message_id)
    assert tally is not None and not tally.changed


async def test_reconciling_leaves_exactly_the_given_votes(store: Store, rendered: Rendered) -> None:
    render = await rendered()
    assert render.message_id is not None
    await store.votes.cast(render.message_id, 1, 11)
    await store.votes.cast(render.message_id, 2, 12)
    tally = await store.votes.replace_all(render.id, {2: {12, 13}, 4: {11}, 9: {1, 2, 3}})
    assert (tally.changed, tally.counts) == (True, {1: 0, 2: 2, 3: 0, 4: 1})
    assert await store.votes.voters(render.id) == {
        1: frozenset(),
        2: frozenset({12, 13}),
        3: frozenset(),
        4: frozenset({11}),
    }
    assert not (await store.votes.replace_all(render.id, {2: {12, 13}, 4: {11}})).changed
    assert await store.votes.tally(render.id) == (await store.votes.replace_all(render.id, {4: {11}, 2: {13, 12}}))
    with pytest.raises(RenderNotFoundError):
        await store.votes.replace_all("NOSUCHID", {})


async def test_the_order_by_votes_follows_every_change(store: Store, rendered: Rendered) -> None:
    low, middle, high = [await rendered() for _ in range(3)]
    assert low.message_id and middle.message_id and high.message_id
    for member in range(5):
        await store.votes.cast(high.message_id, 1, member)
    await store.votes.cast(middle.message_id, 1, 1)
    assert list((await shown_votes(store)).items()) == [(high.id, 5), (middle.id, 1), (low.id, 0)]
    await store.votes.replace_all(low.id, {1: {1, 2}, 2: {1}})
    await store.votes.clear(high.message_id)
    assert list((await shown_votes(store)).items()) == [(low.id, 3), (middle.id, 1), (high.id, 0)]


async def test_votes_on_a_hidden_render_are_kept_without_bringing_it_back(store: Store, rendered: Rendered) -> None:
    render = await rendered()
    assert render.message_id is not None
    await store.renders.hide(GUILD, render.id, by=1)
    tally = await store.votes.cast(render.message_id, 1, 11)
    assert tally is not None and tally.total == 1
    assert await shown_votes(store) == {}
    assert await store.check() == []
