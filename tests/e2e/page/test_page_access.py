"""Landmarks, names, touch targets and the phone layout."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.page.acting import open_command, restyle, send

pytestmark = pytest.mark.asyncio(loop_scope="package")

UNNAMED = """() => [...document.querySelectorAll('button, a[href], input, select, textarea, [role=option]')]
  .filter((node) => node.getClientRects().length)
  .filter((node) => !(node.ariaLabel || node.innerText?.trim() || node.labels?.length || node.title))
  .map((node) => node.outerHTML.slice(0, 120))"""

SMALL_TARGETS = """() => [...document.querySelectorAll('button, select, input:not([type=file]), textarea')]
  .filter((node) => node.getClientRects().length && !node.closest('p, .markdown'))
  .map((node) => [node.getBoundingClientRect(), node])
  .filter(([box]) => Math.min(box.width, box.height) < 43.5)
  .map(([box, node]) => `${Math.round(box.width)}x${Math.round(box.height)} ${node.outerHTML.slice(0, 100)}`)"""

OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"


async def test_landmarks_and_heading(page):
    for role, name in (("navigation", "Channels"), ("complementary", "Members"), ("region", "Write a message")):
        await expect(page.get_by_role(role, name=name)).to_be_visible()
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("restyle")


async def test_every_control_has_a_name(page):
    await restyle(page)
    await open_command(page, "restyle")
    for button in await page.locator(".chip").all():
        assert await button.inner_text()
    assert await page.evaluate(UNNAMED) == []


async def test_every_picture_has_an_alternative(page):
    await restyle(page)
    assert await page.locator("img:not([alt])").count() == 0
    assert await page.locator(".gallery-cell img[alt='']").count() == 0


async def test_a_phone_has_large_targets_and_no_sideways_scrolling(open_page, bot):
    page = await open_page(phone=True)
    assert await page.evaluate(OVERFLOW) <= 0
    await restyle(page)
    assert await page.evaluate(OVERFLOW) <= 0
    assert await page.evaluate(SMALL_TARGETS) == []
    await open_command(page, "restyle")
    assert await page.evaluate(OVERFLOW) <= 0
    assert await page.evaluate(SMALL_TARGETS) == []


async def test_channels_and_members_are_reached_on_a_phone(open_page, bot):
    page = await open_page(phone=True)
    await expect(page.get_by_role("navigation", name="Channels")).to_be_hidden()
    await page.get_by_role("button", name="Channels and members").click()
    await page.get_by_role("button", name="mood-board").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("mood-board")
    await expect(page.get_by_role("navigation", name="Channels")).to_be_hidden()


async def test_motion_stops_when_the_member_prefers_so(open_page, bot):
    calm, lively = await open_page(), await open_page(motion=True)
    bot.may_finish.clear()
    form = await open_command(calm, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await send(calm)
    for page, animation in ((calm, "none"), (lively, "beat")):
        dot = page.locator(".dots i").first
        assert await dot.evaluate("node => getComputedStyle(node).animationName") == animation


async def test_the_theme_is_dark_until_changed_and_remembered(page):
    dark = "() => getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(dark) == "rgb(27, 26, 32)"
    await page.get_by_role("button", name="Theme: dark").click()
    assert await page.evaluate(dark) == "rgb(253, 252, 255)"
    await page.reload()
    assert await page.evaluate(dark) == "rgb(253, 252, 255)"


async def test_arrow_keys_walk_through_the_messages(page):
    box = page.get_by_label("Message, or a slash for commands")
    for text in ("one", "two", "three"):
        await box.fill(text)
        await box.press("Enter")
    await expect(page.locator(".message")).to_have_count(3)
    await page.locator(".message").last.focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".message").nth(1)).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.locator(".message").first).to_be_focused()
