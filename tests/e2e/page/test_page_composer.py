"""The slash-command composer: finding commands, filling in options, errors in words."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.page.acting import open_command, run_command, send

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_slash_lists_the_real_commands_with_groups(page):
    await page.get_by_label("Message, or a slash for commands").press_sequentially("/")
    rows = page.locator(".command-row .command-name")
    await expect(rows).to_have_text(["/restyle", "/slow", "/note", "/embed", "/secret", "/style save"])
    await page.keyboard.type("sav")
    await expect(rows).to_have_text(["/style save"])
    await page.keyboard.type("x")
    await expect(page.locator(".suggestions-empty")).to_have_text("There is no command “/savx”.")


async def test_required_options_are_asked_for_in_words(page, bot):
    form = await open_command(page, "style save")
    await form.get_by_label("Name", exact=True).fill("ab")
    await send(page)
    await expect(form.locator("[data-option=name] .field-error")).to_have_text("Name needs at least 3 characters.")
    await expect(form.locator("[data-option=image] .field-error")).to_have_text("Choose a picture for image.")
    await expect(form.get_by_label("Name", exact=True)).to_be_focused()
    assert bot.asked == []


async def test_limits_of_numbers_are_said_before_sending(page, bot):
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await form.get_by_role("button", name="Variants").click()
    await form.get_by_label("Variants", exact=True).fill("9")
    await send(page)
    await expect(form.locator("[data-option=variants] .field-error")).to_have_text("Variants must be between 1 and 4.")
    assert bot.asked == []


async def test_every_kind_of_option_reaches_the_bot(page, bot):
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    for chip in ("Style name", "Variants", "Mode", "Loud", "Member"):
        await form.get_by_role("button", name=chip, exact=True).click()
    await form.get_by_label("Style name", exact=True).press_sequentially("bat")
    await page.get_by_role("option", name="Batik green").wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await form.get_by_label("Variants", exact=True).fill("2")
    await form.get_by_label("Mode", exact=True).select_option("paint")
    await form.get_by_label("Loud", exact=True).select_option("Yes")
    await form.get_by_label("Member", exact=True).select_option("Mika")
    await send(page)
    await expect(page.locator(".gallery-cell")).to_have_count(3)
    asked = bot.asked[0]
    assert (asked["style_name"], asked["variants"], asked["mode"], asked["loud"]) == ("batik green", 2, "paint", True)
    assert asked["member"].global_name == "Mika"
    assert "style" not in asked


async def test_a_command_typed_in_full_fills_its_form(page, bot):
    box = page.get_by_label("Message, or a slash for commands")
    await box.press_sequentially("/restyle variants:3 mode:paint style_name: Batik green member:Sofia")
    await page.keyboard.press("Enter")
    form = page.get_by_role("form", name="Command /restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await send(page)
    await expect(page.locator(".gallery-cell")).to_have_count(4)
    asked = bot.asked[0]
    assert (asked["variants"], asked["mode"], asked["style_name"]) == (3, "paint", "Batik green")
    assert asked["member"].global_name == "Sofia"


async def test_an_optional_field_can_be_taken_away_again(page, bot):
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await form.get_by_role("button", name="Mode", exact=True).click()
    await form.get_by_label("Mode", exact=True).select_option("paint")
    await form.get_by_role("button", name="Leave out Mode").click()
    await expect(form.get_by_role("button", name="Mode", exact=True)).to_be_focused()
    await send(page)
    await expect(page.locator(".gallery-cell")).to_have_count(5)
    assert bot.asked[0]["mode"] == "auto"


DROP = """async ([selector, name]) => {
  const blob = await (await fetch('/samples/garments/linen-shirt.jpg')).blob();
  const transfer = new DataTransfer();
  transfer.items.add(new File([blob], name, {type: 'image/jpeg'}));
  const target = document.querySelector(selector);
  if (name.startsWith('pasted')) {
    target.dispatchEvent(new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true}));
  } else {
    target.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
  }
}"""


async def test_pictures_are_dropped_and_pasted(page, bot):
    await page.evaluate(DROP, ["#log", "dropped.jpg"])
    form = page.get_by_role("form", name="Command /restyle")
    await expect(form.locator("[data-option=garment] .file-preview")).to_contain_text("dropped.jpg")
    await page.evaluate(DROP, ["body", "pasted.jpg"])
    await expect(form.locator("[data-option=style] .file-preview")).to_contain_text("pasted.jpg")
    await page.evaluate(DROP, ["[data-option=style]", "better.jpg"])
    await expect(form.locator("[data-option=style] .file-preview")).to_contain_text("better.jpg")
    await send(page)
    await expect(page.locator(".gallery-cell")).to_have_count(5)
    assert bot.asked[0]["names"] == {"garment": "dropped.jpg", "style": "better.jpg"}


async def test_a_file_over_the_limit_is_refused_with_its_size(page, bot, tmp_path):
    large = tmp_path / "large.png"
    large.write_bytes(bytes(11 * 1024 * 1024))
    form = await open_command(page, "restyle")
    await form.locator("[data-option=garment] input[type=file]").set_input_files(large)
    await expect(form.locator("[data-option=garment] .field-error")).to_contain_text(
        "large.png has 11.0 MB; at most 10.0 MB"
    )
    await send(page)
    assert bot.asked == []


async def test_a_command_is_sent_with_the_keyboard_alone(page, bot):
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("/restyle")
    await page.keyboard.press("Enter")
    choose = page.locator("[data-option=garment]").get_by_role("button", name="Choose a picture")
    await expect(choose).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-option=garment] .file-preview")).to_be_visible()
    await page.get_by_role("button", name="Send", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".gallery-cell")).to_have_count(5)
    await expect(page.get_by_label("Message, or a slash for commands")).to_be_focused()


@pytest.mark.parametrize("playground", [1.0], indirect=True)
async def test_a_command_without_an_answer_says_so_and_can_be_tried_again(page):
    await run_command(page, "slow")
    await expect(page.locator("#waiting")).to_have_text("Waiting for the assistant…")
    failure = page.locator(".message .failure")
    await expect(failure).to_have_text("The application did not respond")
    await expect(page.locator("#waiting")).to_be_hidden()
    await page.get_by_role("button", name="Try again").click()
    await expect(failure).to_have_count(0)
    await expect(failure).to_have_text("The application did not respond")
    await page.get_by_role("button", name="Dismiss message").click()
    await expect(failure).to_have_count(0)


async def test_a_modal_is_filled_in_and_checked(page, bot):
    await run_command(page, "note")
    dialog = page.get_by_role("dialog", name="Add a note")
    await expect(dialog.get_by_label("Headline")).to_be_focused()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.locator(".form-error")).to_have_text("Headline is missing.")
    await dialog.get_by_label("Headline").fill("Spring capsule")
    await dialog.get_by_label("Text", exact=True).fill("second round")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(page.locator(".message").last).to_contain_text("Noted: Spring capsule")
    await expect(dialog).to_have_count(0)
    assert bot.submitted == [{"headline": "Spring capsule", "text": "second round"}]
