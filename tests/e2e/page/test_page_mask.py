"""Painting a mask over the garment."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import expect

from tests.e2e.page.acting import open_command, send

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def open_painter(page):
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await form.get_by_role("button", name="Paint the mask").click()
    painter = page.get_by_role("dialog", name="Paint the mask")
    await expect(painter.locator("canvas")).to_be_focused()
    return form, painter


async def stroke(page, painter, start, end):
    """A stroke between two places given as fractions of the picture."""
    box = await painter.locator("canvas").bounding_box()
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    await page.mouse.move(*places[0])
    await page.mouse.down()
    await page.mouse.move(*places[1], steps=8)
    await page.mouse.up()


async def sent_mask(page, bot):
    await page.get_by_role("button", name="Use this mask").click()
    await expect(page.locator("[data-option=mask] .file-preview")).to_contain_text("mask.png")
    await send(page)
    await expect(page.locator(".gallery-cell")).to_have_count(5)
    picture = Image.open(io.BytesIO(bot.asked[0]["mask"]))
    assert picture.size == Image.open(io.BytesIO(bot.asked[0]["garment"])).size
    return np.asarray(picture.convert("L"), dtype=float) / 255


async def test_a_stroke_becomes_white_on_black_at_the_garments_size(page, bot):
    _, painter = await open_painter(page)
    await stroke(page, painter, (0.2, 0.5), (0.8, 0.5))
    mask = await sent_mask(page, bot)
    height, width = mask.shape
    assert mask[height // 2, width // 4 : 3 * width // 4].min() == 1
    assert mask[: height // 3].max() == 0
    assert 0.03 < mask.mean() < 0.12


async def test_eraser_undo_invert_and_clear(page, bot):
    _, painter = await open_painter(page)
    await painter.get_by_role("button", name="Fill all").click()
    await painter.get_by_role("button", name="Eraser").click()
    await stroke(page, painter, (0.2, 0.5), (0.8, 0.5))
    await stroke(page, painter, (0.5, 0.1), (0.5, 0.3))
    await page.keyboard.press("Control+z")
    await painter.get_by_role("button", name="Invert").click()
    mask = await sent_mask(page, bot)
    height, width = mask.shape
    assert mask[height // 2, width // 2] == 1
    assert mask[height // 5, width // 2] == 0
    assert mask.mean() < 0.12


async def test_an_empty_mask_is_not_taken(page, bot):
    _, painter = await open_painter(page)
    await stroke(page, painter, (0.2, 0.5), (0.8, 0.5))
    await painter.get_by_role("button", name="Clear").click()
    await painter.get_by_role("button", name="Use this mask").click()
    await expect(painter.locator(".form-error")).to_contain_text("Nothing is marked yet")
    await painter.get_by_role("button", name="Cancel").click()
    await expect(page.locator("[data-option=mask] .file-preview")).to_be_hidden()


async def test_painting_goes_on_where_it_stopped(page, bot):
    form, painter = await open_painter(page)
    await stroke(page, painter, (0.2, 0.3), (0.8, 0.3))
    await page.get_by_role("button", name="Use this mask").click()
    await form.get_by_role("button", name="Edit").click()
    await stroke(page, painter, (0.2, 0.7), (0.8, 0.7))
    mask = await sent_mask(page, bot)
    height, width = mask.shape
    assert mask[3 * height // 10, width // 2] == 1
    assert mask[7 * height // 10, width // 2] == 1


async def test_the_keyboard_paints_too(page, bot):
    await open_painter(page)
    await page.keyboard.press("Space")
    for _ in range(6):
        await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Space")
    mask = await sent_mask(page, bot)
    height, width = mask.shape
    assert mask[height // 2, width // 2] == 1
    assert mask[height // 2, : width // 4].max() == 0


async def test_without_a_garment_the_painter_asks_for_one(page, bot):
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Mask", exact=True).click()
    await form.get_by_role("button", name="Paint the mask").click()
    await expect(form.locator(".form-error")).to_have_text("Choose the garment first; the mask is painted over it.")
