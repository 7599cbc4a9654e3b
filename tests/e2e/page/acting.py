"""What a member does on the page, in one call each."""

from __future__ import annotations

from playwright.async_api import Locator, Page


async def open_command(page: Page, name: str) -> Locator:
    """Type a slash and the command's name, take the first suggestion, return the form."""
    await page.get_by_label("Message, or a slash for commands").press_sequentially(f"/{name}")
    await page.get_by_role("option", name=f"/{name}").first.wait_for()
    await page.keyboard.press("Enter")
    return page.get_by_role("form", name=f"Command /{name}")


async def send(page: Page) -> None:
    """Send the open form."""
    await page.get_by_role("button", name="Send", exact=True).click()


async def run_command(page: Page, name: str) -> None:
    """A command without options."""
    await open_command(page, name)
    await send(page)


async def restyle(page: Page, variants: int = 4) -> Locator:
    """Send /restyle with two samples and return its finished message."""
    form = await open_command(page, "restyle")
    await form.get_by_role("button", name="Use the sample Linen shirt").click()
    await form.get_by_role("button", name="Use the sample Red tartan").click()
    await form.get_by_role("button", name="Variants").click()
    await form.get_by_label("Variants", exact=True).fill(str(variants))
    await send(page)
    message = page.locator(".message").last
    await message.locator(".gallery-cell").nth(variants).wait_for()
    return message


async def act_as(page: Page, name: str) -> None:
    """Switch to another member."""
    await page.locator(".user-switch:visible").click()
    await page.get_by_role("option", name=name).click()
    await page.get_by_role("button", name=f"You are {name}").first.wait_for()
