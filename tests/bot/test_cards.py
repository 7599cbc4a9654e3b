from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.archive import ArchivePage
from bot.buttons.history import page_rows
from bot.buttons.masks import mask_panel
from bot.buttons.results import result_rows
from bot.cards import result_card, standing
from bot.history_cards import best_variant, entry_text, history_page, menu_label
from gan.request import MaskEdit, Part
from storage.models import Render, RenderFilter, RenderOrder, RenderVariant


def render(votes=(0, 0, 0, 0), **changes):
    variants = tuple(
        RenderVariant(
            number=n, image_sha="a", mode="print", scale=1.0, angle=0.0, seed=n, width=900, height=1200, votes=count
        )
        for n, count in enumerate(votes, 1)
    )
    values = {
        "id": "7K2M9QXD",
        "guild_id": 1,
        "channel_id": 2,
        "message_id": 3,
        "member_id": 4,
        "member_name": "Noor",
        "garment_sha": "g",
        "style_sha": "s",
        "user_mask_sha": None,
        "mask_sha": "m",
        "mode": "auto",
        "style_name": None,
        "note": "",
        "options": {},
        "style_use": "whole",
        "doubt": None,
        "seconds": 3.21,
        "parent_id": None,
        "superseded_by": None,
        "hidden": False,
        "hidden_by": None,
        "votes": sum(votes),
        "created_at": datetime(2026, 11, 1, tzinfo=UTC),
        "variants": variants,
    }
    return Render(**(values | changes))


def walk(parts):
    for part in parts:
        yield part
        yield from walk(part.get("components", []))
        if "accessory" in part:
            yield part["accessory"]


def check_limits(view):
    """Discord's limits for messages made of components."""
    parts = list(walk(view.to_components()))
    assert len(parts) <= 40
    assert sum(len(part.get("content", "")) for part in parts) <= 4000
    names = [part["custom_id"] for part in parts if "custom_id" in part]
    assert len(names) == len(set(names)) and all(1 <= len(name) <= 100 for name in names)
    for part in parts:
        assert len(part.get("label") or "") <= 80
        for option in part.get("options", []):
            assert 1 <= len(option["label"]) <= 100
    return parts


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_fullest_card_stays_within_discords_limits(count):
    full = render(
        (3,) * count,
        note="*" * 300,
        style_name="_" * 60,
        doubt="d" * 300,
        style_use="cloth",
        options={"strength": 0.4, "region": "background", "mask_edit": {"grow": 1}},
    )
    parts = check_limits(result_card(full, result_rows(full)))
    galleries = [part for part in parts if part["type"] == 12]
    assert len(galleries[0]["items"]) == count
    text = "\n".join(part["content"] for part in parts if "content" in part)
    assert "strength 40 %" in text and "region background" in text and "mask corrected" in text
    assert "only the garment's cloth" in text


def test_a_full_page_of_history_stays_within_the_limits():
    renders = tuple(render(id=f"7K2M9QX{n}", note="n" * 300, style_name="s" * 60) for n in range(5))
    check_limits(history_page(page_of(renders), []))


def page_of(renders=(), **values):
    plain = {"key": "k" * 10, "cursor": "-", "number": 1, "total": len(renders), "where": RenderFilter(), "next": "n"}
    plain |= {"order": RenderOrder.NEWEST, "zone": ZoneInfo("UTC"), "previous": "p", "renders": renders}
    return ArchivePage(**plain | values)


def head_of(page):
    return history_page(page, []).to_components()[0]["components"][0]["content"]


def test_a_pages_head_says_what_was_searched_and_where_one_is():
    where = RenderFilter(style="linen", member_id=4, since=datetime(2026, 4, 3, tzinfo=UTC))
    head = head_of(page_of((render(),), where=where, total=37, number=2))
    assert head == "### History, newest first\nstyle “linen” · by <@4> · since 3 Apr 2026\n-# 37 renders · page 2"
    assert "more than 999 renders" in head_of(page_of((render(),), total=1000))
    assert "most votes" in head_of(page_of((render(),), order=RenderOrder.VOTES))


def test_what_was_searched_in_vain_is_named():
    head = head_of(page_of(where=RenderFilter(words="unicorn")))
    assert "unicorn" in head and "leave a filter out" in head
    assert "/restyle" in head_of(page_of())


@pytest.mark.parametrize("order", list(RenderOrder))
def test_the_buttons_of_a_page_are_true_in_every_order(order):
    labels = [button.item.label for button in page_rows(page_of((render(),), order=order))[-1].children]
    assert labels == ["Back", "Next", "Post in channel"]


@pytest.mark.parametrize("edit", [MaskEdit(), MaskEdit(-9, True, Part.LOWER), MaskEdit(9, False, Part.UPPER)])
def test_the_mask_panel_stays_within_the_limits(edit):
    check_limits(mask_panel(render(), edit))


def test_the_leading_variant_comes_first():
    assert standing(render((1, 0, 4, 4))) == "**9 votes:** 3️⃣ 4 · 4️⃣ 4 · 1️⃣ 1 · 2️⃣ 0"
    assert "No votes yet" in standing(render()) and "1️⃣–4️⃣" in standing(render())
    assert "1️⃣ to vote" in standing(render((0,)))


def test_the_best_variant_is_the_first_among_equals():
    assert [best_variant(render(votes)) for votes in ((0, 0), (1, 2), (2, 2))] == [1, 2, 1]


def test_entries_name_what_matters():
    text = entry_text(render((0, 2), style_name="Navy tartan", note="spring"))
    for part in ("Navy tartan", "<@4>", "print", "2 votes", "2️⃣", "spring", "7K2M9QXD"):
        assert part in text


def test_menu_labels_are_plain_and_short():
    assert menu_label(render(note="line\nbreak " + "x" * 200)).startswith("7K2M9QXD · line break")
    assert len(menu_label(render(note="x" * 300))) == 100
    assert "*" not in menu_label(render())
