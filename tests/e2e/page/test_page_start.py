"""The start of an empty channel: what a newcomer meets first."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.page.scripted_bot import running_bot

pytestmark = pytest.mark.asyncio(loop_scope="package")

HEIC = Path(__file__).parents[2] / "bot" / "two_halves.heic"


async def test_a_newcomer_restyles_with_three_presses(page, bot):
    await page.get_by_role("radio", name="Linen shirt").check()
    await expect(page.locator(".starter-hint")).to_have_text("Now pick a style.")
    await page.get_by_role("radio", name="Red tartan").check()
    await page.get_by_role("button", name="Restyle", exact=True).click()

    await expect(page.locator(".gallery-cell")).to_have_count(5)
    assert bot.asked[0]["names"] == {"garment": "linen-shirt.jpg", "style": "red-tartan.jpg"}
    assert bot.asked[0]["garment"][:2] == b"\xff\xd8"
    await expect(page.locator(".starter")).to_have_count(0)


async def test_own_pictures_work_as_well(page, bot, tmp_path):
    picture = tmp_path / "mine.png"
    picture.write_bytes(await page.screenshot())
    await page.get_by_label("Your own garment picture").set_input_files(picture)
    await page.get_by_role("radio", name="Blue marble").check()
    await expect(page.locator(".starter-hint")).to_have_text("mine.png in Blue marble: ready.")
    await page.get_by_role("button", name="Restyle", exact=True).click()
    await expect(page.locator(".gallery-cell")).to_have_count(5)
    assert bot.asked[0]["garment"] == picture.read_bytes()


async def test_a_phones_photo_that_no_browser_shows_is_taken_without_a_broken_picture(page, bot):
    own = page.get_by_label("Your own garment picture")
    await own.set_input_files(HEIC)
    await expect(page.locator("[data-kind=garment] .is-own .tile-picture svg")).to_be_visible()
    await expect(page.locator("[data-kind=garment] .is-own img")).to_have_count(0)
    await page.get_by_role("radio", name="Blue marble").check()
    await page.get_by_role("button", name="Restyle", exact=True).click()
    await expect(page.locator(".gallery-cell")).to_have_count(5)
    assert bot.asked[0]["garment"] == HEIC.read_bytes()


async def test_the_button_waits_for_both_choices(page, bot):
    await page.get_by_role("button", name="Restyle", exact=True).click(force=True)
    await expect(page.locator("[data-kind=garment] input").first).to_be_focused()
    assert bot.asked == []


async def test_it_says_that_the_assistant_is_starting_and_notices_when_it_came(open_page, playground):
    page = await open_page()
    await expect(page.locator("#bot-status")).to_have_text("Assistant offline")
    await expect(page.locator(".starter-hint")).to_contain_text("starting")
    async with running_bot(playground.token):
        await expect(page.locator(".starter-hint")).to_contain_text("Pick one of each")
        await page.get_by_label("Message, or a slash for commands").press_sequentially("/")
        await expect(page.locator(".command-row")).to_have_count(6)


async def test_bot_status_changes_live(page, bot):
    await expect(page.locator("#bot-status")).to_have_text("Assistant online")
    await bot.close()
    await expect(page.locator("#bot-status")).to_have_text("Assistant offline")
