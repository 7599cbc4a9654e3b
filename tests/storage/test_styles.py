"""Styles are found by any spelling of their name, in their own guild."""

from __future__ import annotations

import pytest

from storage import InvalidCursorError, InvalidStyleNameError, Store, StyleExistsError
from tests.storage.conftest import GUILD, OTHER_GUILD

SHA, OTHER_SHA = "a" * 64, "b" * 64


async def save(store: Store, *names: str) -> None:
    for name in names:
        await store.styles.save(GUILD, name, SHA, 1)


async def test_a_style_is_found_whatever_the_case(store: Store) -> None:
    kept = await store.styles.save(GUILD, "  Navy\t Größe ", SHA, 1)
    assert kept.name == "Navy Größe"
    for spelling in ("navy größe", "NAVY GRÖSSE", " Navy  Größe"):
        assert await store.styles.get(GUILD, spelling) == kept
    assert await store.styles.get(OTHER_GUILD, "Navy Größe") is None
    assert await store.styles.get(GUILD, "Navy") is None


async def test_a_taken_name_is_overwritten_only_when_told(store: Store) -> None:
    await save(store, "Tartan")
    with pytest.raises(StyleExistsError) as refusal:
        await store.styles.save(GUILD, "TARTAN", OTHER_SHA, 2)
    assert refusal.value.style.name == "Tartan" and "Tartan" in str(refusal.value)
    await store.styles.save(OTHER_GUILD, "TARTAN", OTHER_SHA, 2)
    kept = await store.styles.save(GUILD, "TARTAN", OTHER_SHA, 2, overwrite=True)
    assert await store.styles.get(GUILD, "tartan") == kept
    assert (kept.name, kept.image_sha, kept.member_id) == ("TARTAN", OTHER_SHA, 2)


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u0007", "x" * 61])
async def test_names_that_nobody_can_see_or_read_are_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidStyleNameError):
        await store.styles.save(GUILD, name, SHA, 1)


async def test_autocomplete_puts_beginnings_first_and_knows_no_wildcards(store: Store) -> None:
    await save(store, "Blue Dots", "Dots", "Dotted Swiss", "100% Wool", "under_score")
    assert [style.name for style in await store.styles.search(GUILD, "DOT")] == ["Dots", "Dotted Swiss", "Blue Dots"]
    assert [style.name for style in await store.styles.search(GUILD, "%")] == ["100% Wool"]
    assert [style.name for style in await store.styles.search(GUILD, "_")] == ["under_score"]
    assert len(await store.styles.search(GUILD, "")) == 5
    assert await store.styles.search(OTHER_GUILD, "") == ()


async def test_autocomplete_never_gives_more_than_discord_takes(store: Store) -> None:
    await save(store, *(f"Style {number}" for number in range(30)))
    assert len(await store.styles.search(GUILD, "style", limit=100)) == 25


async def test_pages_go_forward_and_back(store: Store) -> None:
    await save(store, "Épée", "alpha", "Beta", "gamma", "Zulu")
    first = await store.styles.page(GUILD, limit=2)
    second = await store.styles.page(GUILD, first.next, limit=2)
    third = await store.styles.page(GUILD, second.next, limit=2)
    shown = [style.name for page in (first, second, third) for style in page.styles]
    assert shown == ["alpha", "Beta", "gamma", "Zulu", "Épée"]
    assert (first.previous, third.next) == (None, None)
    assert await store.styles.page(GUILD, third.previous, limit=2) == second
    assert await store.styles.page(GUILD, second.previous, limit=2) == first
    for cursor in ("", "x", "n*", "n_w"):
        with pytest.raises(InvalidCursorError):
            await store.styles.page(GUILD, cursor)


async def test_a_deleted_name_is_free_again(store: Store) -> None:
    await save(store, "Tartan")
    assert await store.styles.delete(GUILD, "tartan")
    assert not await store.styles.delete(GUILD, "tartan")
    await save(store, "Tartan")
