"""The history as members use it: pages, filters, opening, posting, suggestions; masks, styles and help beside it."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.buttons.history import PageButton
from bot.playground.permissions import Permission
from bot.playground.user import components_of, media_of, text_of
from gan.request import MaskEdit, Part, StyleUse
from storage import Store
from tests.bot.conftest import GARMENT, STYLE, picture
from tests.bot.reading import answer_to, custom_ids, eventually, is_progress, is_result, render_id


async def make(user, count=1, **options):
    """Make renders one after the other, and return the last one's message."""
    files = options.pop("files", {"garment": GARMENT, "style": STYLE})
    for number in range(count):
        given = {"note": f"look {number}"} | options
        before = {m["id"] for m in user.messages.values() if is_result(m)}
        await user.acknowledged(await user.slash("restyle", files=files, variants=1, **given))
        message = await user.wait_message(lambda m, seen=before: is_result(m) and m["id"] not in seen, 20)
    await eventually(lambda: not any(map(is_progress, user.messages.values())), 20)
    return message


async def ask(user, **options):
    files = options.pop("files", None)
    return text_of(await answer_to(user, await user.slash("history", files=files, **options)))


def looks(text):
    return [int(line.split("look ")[1][0]) for line in text.splitlines() if "look " in line]


async def turned(user, page, way):
    """The page after a press on one of its buttons."""
    before = text_of(page)
    await user.acknowledged(await user.click(page, custom_ids(page, f"restyle:page:{way}")[0]))
    return await user.wait_message(lambda m: m["id"] == page["id"] and text_of(m) != before)


async def test_pages_go_there_and_back_also_after_a_restart(house):
    user = await house.member()
    await make(user, 7)
    page = await answer_to(user, await user.slash("history"))
    assert page["flags"] & 64 and looks(text_of(page)) == [6, 5, 4, 3, 2] and len(media_of(page)) == 5
    page = await turned(user, page, "next")
    assert looks(text_of(page)) == [1, 0] and len(media_of(page)) == 2
    await house.stop()
    await house.start()
    page = await turned(user, page, "previous")
    assert looks(text_of(page)) == [6, 5, 4, 3, 2]
    buttons = {c["custom_id"]: c.get("disabled", False) for c in components_of(page) if c["type"] == 2}
    assert [off for name, off in buttons.items() if ":previous:" in name] == [True]


async def test_filters(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    await make(noor, note="look 1 linen")
    other = {"garment": ("other.png", picture((200, 100))), "style": STYLE}
    message = await make(mika, note="look 2 wool", files=other, mode="paint")
    assert looks(await ask(noor)) == [2, 1]
    assert looks(await ask(noor, words="LINEN")) == [1]
    assert looks(await ask(noor, mode="paint")) == [2]
    assert looks(await ask(noor, since="yesterday", until="today")) == [2, 1]
    assert looks(await ask(noor, until="last week")) == []
    assert looks(await ask(noor, garment_of=render_id(message).lower())) == [2]
    assert looks(await ask(noor, files={"garment": GARMENT})) == [1]
    assert "do not understand that date" in await ask(noor, since="when pigs fly")
    assert "no render with that id" in await ask(noor, id="nonsense")


async def test_most_votes_first(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    first = await make(noor, note="look 1")
    await make(noor, note="look 2")
    await mika.react(first["id"], "1️⃣")
    await noor.wait_message(lambda m: "1 vote" in text_of(m))
    assert looks(await ask(noor, order="votes")) == [1, 2]


async def test_one_render_in_full_from_our_own_files_and_posted(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    message = await make(noor, note="look 5")
    choices = await noor.autocomplete("history", "id", "look")
    assert [choice["value"] for choice in choices] == [render_id(message)]
    shown = await answer_to(noor, await noor.slash("history", id=choices[0]["value"]))
    assert shown["flags"] & 64 and len(media_of(shown)) == 3 and shown["id"] not in mika.messages
    Image.open(io.BytesIO(await noor.download(media_of(shown)[0]["url"]))).verify()
    await noor.acknowledged(await noor.click(shown, custom_ids(shown, "restyle:post:")[0]))
    posted = await mika.wait_message(lambda m: render_id(message) in text_of(m) and m["id"] != message["id"])
    assert not posted["flags"] & 64
    # Deleting the copy must not take the render out of the history.
    await noor.wait_message(lambda m: m["id"] == posted["id"] and len(media_of(m)) == 3)
    sofia = await house.member("Sofia")
    await sofia.delete(posted)
    assert looks(await ask(noor)) == [5]


async def test_what_was_made_in_a_closed_channel_stays_there(house, playground):
    noor, sofia = await house.member("Noor"), await house.member("Sofia")
    message = await make(noor, note="look 5 for a client")
    await house.stop()
    close_channel(playground.world, noor.channel_id, "Mika")
    await house.start()
    outside = await house.member("Mika", channel="mood-board")
    assert looks(await ask(outside)) == [] and await outside.autocomplete("history", "id", "look") == []
    assert "no render with that id" in await ask(outside, id=render_id(message))
    assert looks(await ask(noor)) == [5] and looks(await ask(sofia)) == [5]
    # A page that somebody else posts is no way in either.
    poster = await house.member("Noor", channel="mood-board")
    page = await answer_to(poster, await poster.slash("history"))
    await poster.acknowledged(await poster.click(page, custom_ids(page, "restyle:postpage:")[0]))
    posted = await outside.wait_message(lambda m: custom_ids(m, "restyle:open") and not m["flags"] & 64)
    opened = await answer_to(outside, await outside.select(posted, "restyle:open", render_id(message)))
    assert "no render with that id" in text_of(opened) and media_of(opened) == []


def close_channel(world, channel_id, name):
    user = next(user for user in world.users.values() if user.global_name == name)
    world.overwrite(world.channel(int(channel_id)), user, deny=Permission.VIEW_CHANNEL)


async def test_a_deleted_result_is_posted_again_by_its_author_and_moderators_only(house):
    noor, mika, sofia = [await house.member(name) for name in ("Noor", "Mika", "Sofia")]
    message = await make(noor, note="look 6")
    before = await answer_to(mika, await mika.slash("history", id=render_id(message)))
    await noor.acknowledged(await noor.click(message, f"restyle:delete:{render_id(message)}"))
    await noor.wait_event(lambda e: e["t"] == "MESSAGE_DELETE" and e["d"]["id"] == message["id"])
    after = await answer_to(mika, await mika.slash("history", id=render_id(message)))
    assert custom_ids(after, "restyle:post:") == []
    # The button of a moment before the deletion does not help.
    refused = await answer_to(mika, await mika.click(before, custom_ids(before, "restyle:post:")[0]))
    assert "moderators can post a deleted result again" in text_of(refused) and refused["flags"] & 64
    for member in (noor, sofia):
        shown = await answer_to(member, await member.slash("history", id=render_id(message)))
        await member.acknowledged(await member.click(shown, custom_ids(shown, "restyle:post:")[0]))
    await eventually(lambda: sum(len(media_of(m)) == 3 and not m["flags"] & 64 for m in mika.messages.values()) == 2)


async def test_a_button_from_before_pages_had_numbers_still_turns(house):
    user = await house.member()
    await make(user, 6)
    page = await answer_to(user, await user.slash("history", words="look"))
    assert "“look”" in text_of(page) and "6 renders · page 1" in text_of(page)
    button = next(c for c in components_of(page) if c.get("custom_id", "").startswith("restyle:page:next"))
    old = PageButton.__discord_ui_compiled_template__.fullmatch(button["custom_id"].rpartition(":")[0])
    assert old is not None and old["number"] is None
    page = await turned(user, page, "next")
    assert "6 renders · page 2" in text_of(page)
    assert "6 renders · page 1" in text_of(await turned(user, page, "previous"))


async def test_a_page_opens_entries_and_can_be_posted(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    message = await make(noor, note="look 3")
    page = await answer_to(noor, await noor.slash("history"))
    opened = await answer_to(noor, await noor.select(page, "restyle:open", render_id(message)))
    assert render_id(message) in text_of(opened) and len(media_of(opened)) == 3
    await noor.acknowledged(await noor.click(page, custom_ids(page, "restyle:postpage:")[0]))
    posted = await mika.wait_message(lambda m: "History" in text_of(m))
    assert looks(text_of(posted)) == [3]


async def test_the_mask_is_shown_corrected_and_rendered_in_place(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    message = await make(noor, note="look 1", seed=50)
    await mika.react(message["id"], "1️⃣")
    panel = await answer_to(noor, await noor.click(message, f"restyle:mask:{render_id(message)}"))
    assert "as it was used" in text_of(panel)
    plain = await bytes_of(noor, panel)
    for step, words in {"larger": "1 larger", "upper": "upper half", "invert": "inverted"}.items():
        panel = await stepped(noor, panel, step, words)
    assert await bytes_of(noor, panel) != plain
    await noor.acknowledged(await noor.click(panel, custom_ids(panel, "restyle:maskrender:")[0]))
    changed = await noor.wait_message(lambda m: m["id"] == message["id"] and "mask corrected" in text_of(m), 20)
    assert house.pool.requests[-1].mask_edit == MaskEdit(1, True, Part.UPPER)
    assert house.pool.requests[-1].mask is not None and house.pool.requests[-1].seed == 50
    assert render_id(changed) != render_id(message) and len(media_of(changed)) == 3
    # The reactions are still there, so the votes go with them; the former render leaves the history.
    await noor.wait_message(lambda m: m["id"] == message["id"] and "1 vote" in text_of(m))
    page = await ask(noor)
    assert render_id(changed) in page and render_id(message) not in page


async def stepped(user, panel, step, words):
    """The mask panel after a press on one of its steps."""
    button = next(name for name in custom_ids(panel, "restyle:maskstep:") if f":{step}:" in name)
    await user.acknowledged(await user.click(panel, button))
    return await user.wait_message(lambda m: m["id"] == panel["id"] and words in text_of(m))


async def bytes_of(user, message):
    return await user.download(media_of(message)[0]["url"])


async def test_only_the_author_corrects_but_everybody_may_look(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    message = await make(noor)
    panel = await answer_to(mika, await mika.click(message, f"restyle:mask:{render_id(message)}"))
    panel = await stepped(mika, panel, "larger", "1 larger")
    refused = await answer_to(mika, await mika.click(panel, custom_ids(panel, "restyle:maskrender:")[0]))
    assert "Only" in text_of(refused) and len(house.pool.requests) == 1


async def test_doubt_is_said_and_the_mask_shown(house):
    house.pool.doubt = "I am not sure where the garment ends."
    user = await house.member()
    message = await make(user)
    assert "not sure where the garment ends" in text_of(message) and "✂️" in text_of(message)
    assert len(media_of(message)) == 4
    overlay = np.asarray(Image.open(io.BytesIO(await user.download(media_of(message)[-1]["url"]))))
    assert overlay.shape[:2] == (160, 120)


async def test_it_is_said_when_not_all_of_a_style_was_laid_as_it_is(house):
    user = await house.member()
    assert "motif" not in text_of(await make(user))
    house.pool.style_use = StyleUse.MOTIF
    message = await make(user, note="with a logo")
    assert "taken for a motif" in text_of(message)
    found = await answer_to(user, await user.slash("history", id=render_id(message)))
    assert "taken for a motif" in text_of(found)


async def test_styles_are_saved_listed_used_and_forgotten(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    for name in ("Navy tartan", "Sea foam", "**evil** @everyone"):
        saved = await answer_to(noor, await noor.slash("style save", files={"image": STYLE}, name=name))
        assert "Saved" in text_of(saved)
    again = await answer_to(mika, await mika.slash("style save", files={"image": STYLE}, name="navy TARTAN"))
    assert "already a style" in text_of(again)
    listed = await answer_to(mika, await mika.slash("style list"))
    assert "Navy tartan" in text_of(listed) and len(media_of(listed)) == 3
    assert [c["value"] for c in await mika.autocomplete("restyle", "style_name", "tart")] == ["Navy tartan"]
    message = await make(mika, files={"garment": GARMENT}, style_name="Navy tartan")
    assert "Navy tartan" in text_of(message)
    assert looks(await ask(noor, style="tartan")) == [0]
    refused = await answer_to(mika, await mika.slash("style delete", name="Navy tartan"))
    assert "Only" in text_of(refused)
    gone = await answer_to(noor, await noor.slash("style delete", name="Navy tartan"))
    assert "forgotten" in text_of(gone)
    assert looks(await ask(noor, style="tartan")) == [0]


async def test_a_style_is_replaced_by_whoever_saved_it_and_moderators(house):
    noor, mika, sofia = [await house.member(name) for name in ("Noor", "Mika", "Sofia")]
    other = {"image": ("other.png", picture((64, 64), (200, 10, 10)))}
    await answer_to(noor, await noor.slash("style save", files={"image": STYLE}, name="Navy"))
    taken = await answer_to(noor, await noor.slash("style save", files=other, name="navy"))
    assert "`replace: True`" in text_of(taken)
    refused = await answer_to(mika, await mika.slash("style save", files=other, name="navy", replace=True))
    assert "moderators can replace this style" in text_of(refused)
    guild_id = next(iter(house.playground.world.guilds))
    before = await style_of(house, guild_id)
    for member in (noor, sofia):
        saved = await answer_to(member, await member.slash("style save", files=other, name="NAVY", replace=True))
        assert "Saved" in text_of(saved)
    after = await style_of(house, guild_id)
    assert after.image_sha != before.image_sha and after.name == "NAVY"


async def style_of(house, guild_id):
    async with await Store.open(house.settings.data_dir) as store:
        return await store.styles.get(guild_id, "navy")


async def test_many_styles_have_pages(house):
    user = await house.member()
    for number in range(9):
        await answer_to(user, await user.slash("style save", files={"image": STYLE}, name=f"style {number}"))
    listed = await answer_to(user, await user.slash("style list"))
    assert "style 7" in text_of(listed) and "style 8" not in text_of(listed)
    await user.acknowledged(await user.click(listed, "restyle:styles:1"))
    listed = await user.wait_message(lambda m: m["id"] == listed["id"] and "style 8" in text_of(m))
    assert "style 7" not in text_of(listed)


async def test_help_is_short_and_for_one(house):
    user = await house.member()
    told = await answer_to(user, await user.slash("help"))
    for word in ("/restyle", "/history", "Cancel", "/style list", "/style delete", "`mask`", "`note`", "can read"):
        assert word in text_of(told)
    assert told["flags"] & 64 and len(text_of(told)) < 1500


@pytest.mark.parametrize(
    "note", ["@everyone **bold** `code`", "<@1> ||x||\n# big", "\u202egnirts", "🧵" * 300, "a" * 300]
)
async def test_hostile_notes_break_nothing(house, note):
    user = await house.member()
    message = await make(user, note=note)
    assert len(media_of(message)) == 3 and not message["mention_everyone"] and message["mentions"] == []
    assert "Nothing found" not in await ask(user)
