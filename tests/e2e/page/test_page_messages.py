"""The channel: markdown, galleries, votes, components, ephemeral messages, several members at once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from playwright.async_api import expect

from bot.playground.forms.base import read_form
from bot.playground.forms.messages import MessageForm
from bot.playground.messages import Origin
from bot.playground.server import Playground
from tests.e2e.page.acting import act_as, open_command, restyle, run_command, send

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def say(page, text):
    box, messages = page.get_by_label("Message, or a slash for commands"), page.locator(".message")
    number = await messages.count()
    await box.fill(text)
    await box.press("Enter")
    await messages.nth(number).locator(".markdown").wait_for()
    return messages.nth(number)


async def test_markdown_is_drawn_and_never_executed(page):
    message = await say(
        page,
        "**bold *both*** __under__ ~~gone~~ ||hidden|| `co*d*e` snake_case_name <t:0:D>\n> quote\n# Head\n- item\n"
        "```py\n<b>x</b>\n```\n[site](https://example.org) [bad](javascript:alert(1)) <img src=x onerror=alert(1)>",
    )
    assert await message.locator("strong").inner_text() == "bold both"
    assert await message.locator("em").inner_text() == "both"
    for tag, text in {
        "u": "under",
        "s": "gone",
        "p code": "co*d*e",
        "blockquote": "quote",
        "li": "item",
        "pre": "<b>x</b>",
    }.items():
        await expect(message.locator(tag).first).to_have_text(text)
    await expect(message.locator("time.timestamp")).to_have_text("1 January 1970")
    await expect(message.locator("[role=heading]")).to_have_text("Head")
    await expect(message.locator(".markdown a")).to_have_attribute("href", "https://example.org")
    await expect(message.locator(".markdown")).to_contain_text("snake_case_name")
    await expect(message.locator(".markdown")).to_contain_text(
        "[bad](javascript:alert(1)) <img src=x onerror=alert(1)>"
    )
    await expect(message.locator(".spoiler")).to_have_role("button")
    await message.locator(".spoiler").click()
    await expect(message.locator(".spoiler.is-open")).to_have_text("hidden")


async def test_pictures_are_shown_under_whatever_name_of_its_machine_the_page_was_opened(
    page, bot, playground, monkeypatch
):
    """A server that listens to the whole network writes its address there, which a page at 127.0.0.1 may not load."""
    await restyle(page)
    playground.cdn.base_url = playground.base_url.replace("127.0.0.1", "192.0.2.7")
    # Messages are drawn anew with another period of their addresses.
    another_period = playground.cdn.period() - 60
    monkeypatch.setattr(playground.cdn, "period", lambda: another_period)
    await page.reload()
    await expect(page.locator(".gallery-cell img")).to_have_count(5)
    await expect(page.locator(".gallery-missing")).to_have_count(0)
    await page.wait_for_function(
        "[...document.querySelectorAll('.gallery-cell img')].every(picture => picture.naturalWidth > 0)"
    )


async def test_sending_waits_for_a_sample_that_is_on_its_way(page, bot):
    async def slowly(route):
        await asyncio.sleep(1)
        await route.continue_()

    form = await open_command(page, "restyle")
    await page.route("**/samples/garments/linen-shirt.jpg", slowly)
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await send(page)
    await expect(page.locator(".message-origin")).to_have_text("Noor used /restyle")


async def test_thinking_becomes_the_result_without_reload(page, bot):
    bot.may_finish.clear()
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await send(page)
    await expect(page.locator(".thinking")).to_contain_text("is thinking…")
    await expect(page.locator(".message-origin")).to_have_text("Noor used /restyle")
    bot.may_finish.set()
    message = page.locator(".message").last
    await expect(message.locator(".container .gallery-cell")).to_have_count(5)
    await expect(page.locator("#announcer")).to_contain_text("5 pictures")
    await expect(message.locator(".container")).to_have_css("border-left-color", "rgb(194, 65, 124)")
    widths = await message.locator(".gallery-cell img").evaluate_all("nodes => nodes.map(node => node.naturalWidth)")
    assert len(widths) == 5 and min(widths) > 100


async def test_two_members_vote_and_see_each_other_live(page, open_page):
    message = await restyle(page)
    await expect(message.locator(".reaction[aria-pressed]")).to_have_count(4)
    other = await open_page()
    await act_as(other, "Mika")
    first = message.get_by_role("button", name=re.compile("^one: "))
    await other.locator(".message").last.get_by_role("button", name=re.compile("^one: 1 reaction$")).click()
    await expect(first).to_have_accessible_name("one: 2 reactions")
    await first.click()
    await expect(first).to_have_accessible_name("one: 3 reactions, including yours")
    await expect(first).to_have_attribute("aria-pressed", "true")
    await first.click()
    await expect(first).to_have_accessible_name("one: 2 reactions")
    await page.reload()
    await expect(page.get_by_role("button", name=re.compile("^one: "))).to_have_accessible_name("one: 2 reactions")


async def test_any_emoji_can_be_added_from_the_picker(page):
    message = await restyle(page, variants=1)
    await message.locator(".reaction.is-add").click()
    await page.get_by_label("Search emoji").fill("needle")
    await page.keyboard.press("Enter")
    await expect(message.get_by_role("button", name="needle: 1 reaction, including yours")).to_be_visible()


async def test_gallery_opens_large_with_keys_and_download(page):
    message = await restyle(page)
    await message.get_by_role("button", name="Open large: Variant 2: print").click()
    viewer = page.get_by_role("dialog", name="Picture viewer")
    await expect(viewer.get_by_role("img")).to_have_attribute("alt", "Variant 2: print")
    await expect(viewer.locator(".lightbox-counter")).to_have_text("2 of 4")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(viewer.locator(".lightbox-caption")).to_have_text("Variant 1: print")
    await page.keyboard.press("ArrowLeft")
    await expect(viewer.locator(".lightbox-caption")).to_have_text("Variant 4: print")
    async with page.expect_download() as download:
        await viewer.get_by_role("link", name="Download").click()
    assert (await download.value).suggested_filename == "tiered-dress.jpg"
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(message.get_by_role("button", name="Open large: Variant 2: print")).to_be_focused()


async def test_gallery_is_swiped_on_a_phone(open_page, bot):
    page = await open_page(phone=True)
    message = await restyle(page)
    await message.get_by_role("button", name="Open large: Variant 1: print").click()
    await page.locator(".lightbox-stage").evaluate(
        """stage => {
          const touch = (x) => new Touch({identifier: 1, target: stage, clientX: x, clientY: 400});
          stage.dispatchEvent(new TouchEvent('touchstart', {touches: [touch(300)], changedTouches: [touch(300)]}));
          stage.dispatchEvent(new TouchEvent('touchend', {touches: [], changedTouches: [touch(80)]}));
        }"""
    )
    await expect(page.locator(".lightbox-caption")).to_have_text("Variant 2: print")


@pytest.mark.parametrize("playground", [4.0], indirect=True)
async def test_buttons_edit_fail_and_stay_closed(page, bot):
    message = await restyle(page, variants=1)
    await expect(message.get_by_role("button", name="Closed")).to_be_disabled()
    await message.get_by_role("button", name="Ignore").click()
    await expect(message.locator(".failure")).to_have_text("The application did not respond")
    await message.get_by_role("button", name="Again").click()
    await expect(message.get_by_role("button", name="Pressed")).to_be_focused()
    await expect(message.locator(".edited")).to_be_visible()
    await expect(message.locator(".failure")).to_have_count(0)
    assert bot.pressed == ["ignore", "again"]


async def test_a_select_answers_only_the_member_who_chose(page, open_page):
    message = await restyle(page, variants=1)
    other = await open_page()
    await act_as(other, "Mika")
    await message.get_by_role("button", name="Full-size file of").click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    answer = page.locator(".message.is-ephemeral")
    await expect(answer).to_contain_text("Here is variant 2.")
    await expect(answer).to_contain_text("Only you can see this")
    await expect(other.locator(".message")).to_have_count(1)
    await answer.get_by_role("button", name="Dismiss message").click()
    await expect(answer).to_have_count(0)


async def test_embeds_and_files(page):
    await run_command(page, "embed")
    card = page.locator(".embed")
    await expect(card.locator(".embed-title")).to_have_text("History")
    await expect(card.locator("strong")).to_have_text("first")
    await expect(card.locator("dt")).to_have_text(["Mode", "Votes"])
    await expect(card.locator(".gallery-cell img")).to_have_js_property("complete", True)
    await expect(page.locator(".file-card")).to_contain_text("report.txt")
    async with page.expect_download() as download:
        await page.locator(".file-card").click()
    assert (await (await download.value).path()).read_bytes() == b"figures"


async def test_members_delete_their_own_and_moderators_all(page, open_page):
    await say(page, "from Noor")
    other = await open_page()
    await act_as(other, "Mika")
    message = other.locator(".message", has_text="from Noor")
    await message.hover()
    await expect(message.get_by_role("button", name="Add a reaction")).to_be_visible()
    await expect(message.get_by_role("button", name="Delete message")).to_have_count(0)
    await act_as(other, "Sofia")
    await message.hover()
    await message.get_by_role("button", name="Delete message").click()
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.locator(".starter")).to_be_visible()


async def fill_channel(playground, first, count):
    """Messages straight into the server's first channel, past the rate limits of a bot."""
    guild = next(iter(playground.world.guilds.values()))
    channel = next(iter(guild.channels.values()))
    for number in range(first, first + count):
        form = read_form(MessageForm, {"content": f"line {number}"})
        await playground.services.messages.create(Origin(channel, playground.world.bot_id), form, {})


async def test_long_channels_load_older_messages_on_the_way_up(open_page, playground):
    await fill_channel(playground, 0, 70)
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(50)
    await expect(page.locator(".message").last).to_contain_text("line 69")
    await page.locator("#log").evaluate("log => { log.scrollTop = 0; }")
    await expect(page.locator(".message")).to_have_count(70)
    await expect(page.locator(".message").first).to_contain_text("line 0")
    await expect(page.locator(".starter-heading")).to_contain_text("This is the start of #restyle")
    assert await page.locator("#log").evaluate("log => log.scrollTop") > 200


async def test_new_messages_do_not_pull_a_reader_down(open_page, playground):
    await fill_channel(playground, 0, 49)
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(49)
    await page.locator("#log").evaluate("log => { log.scrollTop = 300; }")
    await page.wait_for_function("document.getElementById('log').scrollTop === 300")
    await fill_channel(playground, 49, 1)
    await page.get_by_role("button", name="New messages").click()
    await expect(page.locator(".message").last).to_be_in_viewport()


async def test_a_message_that_comes_before_the_event_of_a_scroll_does_not_pull_a_reader_down(open_page, playground):
    await fill_channel(playground, 0, 49)
    page = await open_page()
    await expect(page.locator(".message").last).to_be_in_viewport()
    await page.evaluate("window.addEventListener('scroll', event => event.stopPropagation(), { capture: true })")
    await page.locator("#log").evaluate("log => { log.scrollTop = 300; }")
    await fill_channel(playground, 49, 1)
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert await page.locator("#log").evaluate("log => log.scrollTop") == 300


async def test_the_end_stays_in_view_when_an_answer_grows_before_it_was_drawn(open_page, playground):
    await fill_channel(playground, 0, 30)
    page = await open_page()
    await expect(page.locator(".message").last).to_be_in_viewport()
    await page.locator("#log").evaluate(
        """log => {
          const lastLine = document.querySelector('.message:last-of-type');
          lastLine.style.height = '200px';
          log.scrollTop = log.scrollHeight;
          lastLine.style.height = '1500px';
        }"""
    )
    await page.wait_for_timeout(300)
    assert await page.locator("#log").evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 2


async def test_the_page_reconnects_and_catches_up(open_page, playground):
    await fill_channel(playground, 0, 1)
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(1)
    port = int(playground.base_url.rsplit(":", 1)[1])
    await playground.stop()
    await expect(page.locator("#connection")).to_have_text("The connection was lost. Trying again…")
    async with Playground(replace(playground.settings, port=port), playground.world) as restarted:
        await fill_channel(restarted, 1, 1)
        await expect(page.locator(".message").last).to_contain_text("line 1")
        await expect(page.locator("#connection")).to_be_hidden()
