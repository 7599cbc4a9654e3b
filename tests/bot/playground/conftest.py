"""Playgrounds on real sockets with short clocks, real discord.py clients on them, and the contract checker."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import importlib.util
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from PIL import Image
from yarl import URL

from bot.playground.launch_bot import point_discord_at
from bot.playground.server import Playground
from bot.playground.settings import PlaygroundSettings, RateLimit
from bot.playground.user import PlaygroundUser
from bot.playground.world import World

FREE = RateLimit(10_000, 1.0)


def picture(colour: str = "navy", size: tuple[int, int] = (24, 16), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> PlaygroundSettings:
    """No rate limits and a patient clock, so that a busy machine fails no test; tests change what they are about."""
    return PlaygroundSettings(
        data=tmp_path / "data",
        traffic_log=tmp_path / "traffic.jsonl",
        acknowledge_seconds=60.0,
        message_limit=FREE,
        reaction_limit=FREE,
        route_limit=FREE,
        global_limit=FREE,
    )


@pytest.fixture
async def start(settings: PlaygroundSettings) -> AsyncIterator[Callable[..., Any]]:
    """Starts playgrounds: `await start(acknowledge_seconds=0.1)`."""
    async with AsyncExitStack() as stack:

        async def begin(world: World | None = None, **changes: Any) -> Playground:
            return await stack.enter_async_context(Playground(dataclasses.replace(settings, **changes), world))

        yield begin


@pytest.fixture
async def playground(start) -> Playground:
    return await start()


class Api:
    """A raw REST client with the bot's token."""

    def __init__(self, playground: Playground, session: aiohttp.ClientSession) -> None:
        self.playground = playground
        self.session = session
        world = playground.world
        self.guild = next(iter(world.guilds.values()))
        self.channel = next(iter(self.guild.channels.values()))
        self.messages = f"/channels/{self.channel.id}/messages"

    async def __call__(self, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
        headers = {"Authorization": f"Bot {self.playground.token}"} | options.pop("headers", {})
        url = URL(self.playground.api_url + path, encoded=True)
        async with self.session.request(method, url, headers=headers, **options) as answer:
            body = await answer.read()
            return answer.status, json.loads(body) if body else None, answer.headers

    async def send(
        self, payload: Any, files: dict[str, bytes] | None = None, method: str = "POST", path: str = ""
    ) -> Any:
        form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
        form.add_field("payload_json", json.dumps(payload))
        for index, (name, data) in enumerate((files or {}).items()):
            form.add_field(f"files[{index}]", data, filename=name, content_type="application/octet-stream")
        return await self(method, path or self.messages, data=form)


@pytest.fixture
async def api(playground: Playground) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(playground, session)


@pytest.fixture
async def person(playground: Playground) -> AsyncIterator[PlaygroundUser]:
    async with PlaygroundUser(playground.base_url, "Noor") as user:
        yield user


class TestBot(discord.Client):
    """A plain discord.py client with a command tree."""

    __test__ = False

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.errors: list[Exception] = []

        @self.tree.error
        async def note(_: discord.Interaction, error: app_commands.AppCommandError) -> None:
            self.errors.append(error)


@pytest.fixture
def run_bot(monkeypatch: pytest.MonkeyPatch):
    """Runs a discord.py client on a playground: `async with run_bot(playground, prepare) as bot`."""
    monkeypatch.setattr(discord.http.Route, "BASE", "")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", None)
    monkeypatch.setattr(discord.asset.Asset, "BASE", "")

    @asynccontextmanager
    async def run(
        playground: Playground, prepare: Callable[[TestBot], None], intents: discord.Intents | None = None
    ) -> AsyncIterator[TestBot]:
        point_discord_at(playground.base_url)
        bot = TestBot(intents or discord.Intents(guilds=True, guild_messages=True, guild_reactions=True))
        prepare(bot)
        await bot.login(playground.token)
        await bot.tree.sync()
        task = asyncio.create_task(bot.connect())
        await asyncio.wait_for(bot.wait_until_ready(), 60)
        try:
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)

    return run


def find_checker() -> Path | None:
    """The contract checker: named by the environment, or in a `shared` folder beside the checkout."""
    named = os.environ.get("DISCORD_CONTRACT_CHECKER")
    root = Path(__file__).resolve().parents[3]
    places = [Path(named)] if named else [folder / "shared/discord/check_contract.py" for folder in root.parents]
    return next((place for place in places if place.is_file()), None)


@pytest.fixture(scope="session")
def checker():
    """The checker's module; its schemas are read once."""
    place = find_checker()
    if place is None:
        pytest.skip("no contract checker: set DISCORD_CONTRACT_CHECKER to its check_contract.py")
    spec = importlib.util.spec_from_file_location("check_contract", place)
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_contract"] = module
    spec.loader.exec_module(module)
    module.RestContract = functools.cache(module.RestContract)
    module.GatewayContract = functools.cache(module.GatewayContract)
    return module


@pytest.fixture
def check_contract(checker):
    """Holds a traffic log against Discord's own description, strictly."""

    def check(log: Path, at_least: int) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as report:
            status = checker.main(["--strict", str(log)])
        assert status == 0, report.getvalue()
        assert int(report.getvalue().rsplit("checked ", 1)[1].split()[0]) >= at_least

    return check
