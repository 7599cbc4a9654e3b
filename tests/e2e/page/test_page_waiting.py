"""What happens while the page waits for the server: nothing that was typed or sent meanwhile is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, Route, expect

from bot.playground.server import Playground
from tests.e2e.page.acting import act_as, open_command, send
from tests.e2e.page.test_page_messages import fill_channel, say

pytestmark = pytest.mark.asyncio(loop_scope="package")

MESSAGES = "**/play/channels/*/messages*"
STATE = "**/play/state*"
INTERACTIONS = "**/play/interactions"
SUGGESTIONS = "**/play/autocomplete"


@asynccontextmanager
async def answers_held(page: Page, url: str, *, method: str = "GET") -> AsyncIterator[Callable[[int], object]]:
    """Let requests through to the server, but keep its answers from the page until the block ends.

    Yields a coroutine function that waits until the server has answered so many of them.
    """
    answered, released = asyncio.Semaphore(0), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method != method:
            await route.fallback()
            return
        answer = await route.fetch()
        answered.release()
        await released.wait()
        await route.fulfill(response=answer)

    async def until_answered(count: int) -> None:
        for _ in range(count):
            await answered.acquire()

    await page.route(url, hold)
    try:
        yield until_answered
    finally:
        released.set()
        await page.unroute_all(behavior="wait")


def box(page: Page):
    return page.get_by_label("Message, or a slash for commands")


async def test_messages_typed_faster_than_the_server_answers_arrive_in_their_order(page):
    async def slowest_first(route: Route) -> None:
        await asyncio.sleep(1.0 if "one" in (route.request.post_data or "") else 0.0)
        await route.continue_()

    await page.route(MESSAGES, slowest_first)
    for text in ("one", "two", "three"):
        await box(page).fill(text)
        await box(page).press("Enter")
    await expect(page.locator(".message .markdown")).to_have_text(["one", "two", "three"])
    await expect(box(page)).to_have_value("")


async def test_a_refused_message_comes_back_in_front_of_what_was_typed_since(page):
    typed = asyncio.Event()

    async def refuse(route: Route) -> None:
        await typed.wait()
        await route.fulfill(status=503, json={"message": "The server is resting."})

    await page.route(MESSAGES, refuse, times=1)
    await box(page).fill("first")
    await box(page).press("Enter")
    await box(page).fill("next")
    typed.set()
    await expect(page.locator("#composer .form-error")).to_have_text("The server is resting.")
    await expect(box(page)).to_have_value("first\nnext")
    await box(page).press("Enter")
    await expect(page.locator(".message .markdown")).to_contain_text("next")


async def test_a_message_that_comes_while_the_channel_loads_is_shown(page, playground: Playground):
    await fill_channel(playground, 0, 1)
    await expect(page.locator(".message")).to_have_count(1)
    async with answers_held(page, MESSAGES) as until_answered:
        await act_as(page, "Mika")
        await until_answered(1)
        await fill_channel(playground, 1, 1)
    await expect(page.locator(".message .markdown")).to_have_text(["line 0", "line 1"])


async def test_votes_while_the_channel_loads_are_counted_once(page, open_page):
    message = await say(page, "vote")
    await message.hover()
    await message.get_by_role("button", name="Add a reaction").click()
    await page.get_by_label("Search emoji").fill("needle")
    await page.keyboard.press("Enter")
    await expect(message.get_by_role("button", name="needle: 1 reaction, including yours")).to_be_visible()
    other = await open_page()
    async with answers_held(other, MESSAGES) as until_answered:
        await act_as(other, "Mika")
        await until_answered(1)
        await act_as(page, "Sofia")
        await page.get_by_role("button", name="needle: 1 reaction").click()
        await expect(page.get_by_role("button", name="needle: 2 reactions, including yours")).to_be_visible()
    await expect(other.get_by_role("button", name="needle: 2 reactions", exact=True)).to_be_visible()


async def test_a_bot_that_leaves_while_the_page_loads_is_not_shown_as_online(page, bot):
    async with answers_held(page, STATE) as until_answered:
        await page.reload(wait_until="commit")
        await until_answered(1)
        await bot.close()
    await expect(page.locator("#bot-status")).to_have_text("Assistant offline")


async def test_a_channel_one_has_left_does_not_fill_the_next_one(page, playground: Playground):
    await fill_channel(playground, 0, 2)
    left = next(iter(next(iter(playground.world.guilds.values())).channels))
    async with answers_held(page, f"**/play/channels/{left}/messages*") as until_answered:
        await act_as(page, "Mika")
        await until_answered(1)
        await page.get_by_role("button", name="mood-board").click()
        await expect(page.locator(".starter")).to_be_visible()
        late = asyncio.ensure_future(page.wait_for_event("requestfinished"))
    await late
    await page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    await expect(page.locator(".message")).to_have_count(0)


async def test_a_channel_opened_while_one_becomes_another_member_is_opened_as_that_member(page):
    async with answers_held(page, STATE) as until_answered:
        await page.locator(".user-switch:visible").click()
        await page.get_by_role("option", name="Mika").click()
        await until_answered(1)
        await page.get_by_role("button", name="mood-board").click()
    await expect(page.get_by_role("button", name="You are Mika").first).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("mood-board")
    message = await say(page, "by Mika")
    await expect(message.locator(".message-author")).to_have_text("Mika")


async def test_a_slow_upload_is_not_called_unanswered(page, bot):
    await page.clock.install()
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    started, may_go = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        started.set()
        await may_go.wait()
        await route.continue_()

    await page.route(INTERACTIONS, slowly)
    await send(page)
    await started.wait()
    await page.clock.fast_forward(11_000)
    may_go.set()
    await expect(page.locator(".message-origin")).to_have_text("Noor used /restyle")
    await expect(page.locator(".failure")).to_have_count(0)


async def test_a_form_opened_while_another_command_is_on_its_way_stays_open(page):
    async with answers_held(page, INTERACTIONS, method="POST") as until_answered:
        await open_command(page, "embed")
        await send(page)
        await until_answered(1)
        await page.get_by_role("button", name="Close the command").click()
        form = await open_command(page, "style save")
        await form.get_by_label("Name", exact=True).fill("Batik")
    await expect(page.locator(".embed")).to_be_visible()
    await expect(form.get_by_label("Name", exact=True)).to_have_value("Batik")


async def test_suggestions_for_an_earlier_text_are_not_offered_for_a_later_one(page):
    form = await open_command(page, "restyle")
    style_name = form.get_by_label("Style name", exact=True)
    async with (
        page.expect_event("requestfinished", lambda request: request.url.endswith("/play/autocomplete")),
        answers_held(page, SUGGESTIONS, method="POST") as until_answered,
    ):
        await form.get_by_role("button", name="Style name", exact=True).click()
        await until_answered(1)
        # With timers at a stand, the question for the later text, which would make this answer stale, is not asked.
        await page.evaluate("window.timers = window.setTimeout; window.setTimeout = () => 0")
        await style_name.press_sequentially("bat")
    await page.evaluate("new Promise(requestAnimationFrame)")
    await expect(page.get_by_role("option")).to_have_count(0)
    await page.evaluate("window.setTimeout = window.timers")
    await style_name.press_sequentially("i")
    await expect(page.get_by_role("option")).to_have_text(["Batik green"])
