"""A playground in this process, a scripted bot on it, and a real Chromium looking at its page."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import pytest_asyncio
import yarl
from playwright.async_api import Browser, Error, Page, ViewportSize, async_playwright, expect

from bot.playground.server import Playground
from bot.playground.settings import PlaygroundSettings, RateLimit
from tests.e2e.page.scripted_bot import ScriptedBot, running_bot

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all of the page's tests: the system's, or the one that `playwright install` brought."""
    system = next((path for name in NAMES if (path := shutil.which(name))), None)
    async with async_playwright() as playwright:
        try:
            chromium = await playwright.chromium.launch(executable_path=system, args=["--no-sandbox", "--disable-gpu"])
        except Error as problem:
            pytest.skip(f"No Chromium that starts: {str(problem).splitlines()[0]}. Install chromium to test the page.")
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="package")
async def playground(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Playground]:
    """A fresh channel; its parameter is how many seconds the bot has to answer, long enough for a busy machine."""
    seconds = getattr(request, "param", 30.0)
    settings = PlaygroundSettings(tmp_path, acknowledge_seconds=seconds, reaction_limit=RateLimit(50, 1.0))
    async with Playground(settings) as server:
        monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
        gateway = yarl.URL(server.base_url.replace("http", "ws") + "/gateway")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield server


@pytest_asyncio.fixture(loop_scope="package")
async def bot(playground: Playground) -> AsyncIterator[ScriptedBot]:
    """The scripted bot, ready."""
    async with running_bot(playground.token) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="package")
async def open_page(browser: Browser, playground: Playground) -> AsyncIterator[OpenPage]:
    """Opens the page, each call as a tab of its own with its own storage; a script error fails the test."""
    opener = OpenPage(browser, playground)
    yield opener
    await opener.close()
    assert opener.errors == []


@pytest_asyncio.fixture(loop_scope="package")
async def page(open_page: OpenPage, bot: ScriptedBot) -> Page:
    """The page on a desktop, with the bot online."""
    return await open_page()


class OpenPage:
    """See the fixture `open_page`."""

    def __init__(self, browser: Browser, playground: Playground) -> None:
        self._browser = browser
        self._playground = playground
        self._contexts: list[object] = []
        self.errors: list[str] = []

    async def __call__(self, *, phone: bool = False, motion: bool = False) -> Page:
        context = await self._browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            is_mobile=phone,
            has_touch=phone,
            reduced_motion="no-preference" if motion else "reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._check_origin)
        await page.goto(self._playground.base_url)
        await page.locator("#channel-name:not(:empty)").wait_for()
        return page

    def _check_origin(self, request: object) -> None:
        address = request.url  # type: ignore[attr-defined]
        if not address.startswith((self._playground.base_url, "blob:", "data:", "ws://127.0.0.1")):
            self.errors.append(f"The page asked another server: {address}")

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()  # type: ignore[attr-defined]
