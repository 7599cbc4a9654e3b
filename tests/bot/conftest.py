"""A whole assistant against a local playground, in one process, with a renderer that draws plain colours at once."""

import asyncio
import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field

import discord
import pytest
import yarl
from PIL import Image, ImageDraw

from bot.assistant import assist
from bot.playground.server import Playground
from bot.playground.settings import PlaygroundSettings, RateLimit
from bot.playground.user import PlaygroundUser
from bot.settings import Settings
from gan.request import Mode, Progress, RenderResult, StyleUse, Variant
from tests.bot.reading import eventually

UNLIMITED = RateLimit(10_000, 1.0)


def picture(size=(120, 160), colour=(120, 60, 60), kind="PNG"):
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4), fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


GARMENT = ("garment.png", picture())
STYLE = ("style.png", picture((64, 64), (20, 90, 160)))


@dataclass
class PlainPool:
    """Renders plain colours.

    `gate` holds renders back, `faults` are raised by the next ones, in turn, `report` says how far the last one is.
    """

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    faults: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    report: Callable[[Progress], None] | None = None
    doubt: str | None = None
    style_use: StyleUse = StyleUse.WHOLE
    capacity: int = 1
    cancelled: int = 0

    def __post_init__(self):
        self.gate.set()

    async def start(self):
        pass

    async def close(self):
        pass

    async def render(self, request, on_progress):
        self.requests.append(request)
        self.report = on_progress
        on_progress(Progress(1, 3, "finding the garment"))
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        return self._draw(request)

    def _draw(self, request):
        request.output.mkdir(parents=True, exist_ok=True)
        with Image.open(request.garment) as garment:
            size = garment.size
        variants = []
        for number in range(1, request.variants + 1):
            file = request.output / f"{number}.png"
            Image.new("RGB", size, (number * 50, request.seed % 256, 30)).save(file)
            variants.append(Variant(file, Mode.PRINT, request.scale, 0.0, request.seed + number - 1, *size))
        mask = request.output / "mask.png"
        image = Image.new("L", size, 0)
        ImageDraw.Draw(image).rectangle((size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4), fill=255)
        image.save(mask)
        return RenderResult(tuple(variants), mask, self.style_use, self.doubt, 0.1)


class House:
    """A playground and an assistant that can be stopped and started again."""

    def __init__(self, playground, settings, pool):
        self.playground = playground
        self.settings = settings
        self.pool = pool
        self._running = None
        self._stop = asyncio.Event()
        self._stack = contextlib.AsyncExitStack()

    async def start(self):
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(assist(self.settings, self.pool, self._stop))
        async with PlaygroundUser(self.playground.base_url) as user:
            online = asyncio.create_task(user.wait_online(within=20))
            await asyncio.wait({online, self._running}, return_when=asyncio.FIRST_COMPLETED)
            if self._running.done():
                self._running.result()
            await online
            await eventually(lambda: user.state["commands"])

    async def stop(self):
        self._stop.set()
        await self._running

    async def crash(self):
        """End without the steps of an orderly stop; what stands in `finally` runs, so `tests/e2e` kills for real."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def member(self, name=None, channel="restyle"):
        return await self._stack.enter_async_context(PlaygroundUser(self.playground.base_url, name, channel))

    async def close(self):
        await self._stack.aclose()
        if not self._running.done():
            await self.stop()


@pytest.fixture
def playground_settings(tmp_path):
    return PlaygroundSettings(
        data=tmp_path / "playground",
        traffic_log=tmp_path / "traffic.jsonl",
        acknowledge_seconds=60.0,  # Discord's three seconds are no matter of a busy test machine.
        message_limit=UNLIMITED,
        reaction_limit=UNLIMITED,
        route_limit=UNLIMITED,
        global_limit=UNLIMITED,
    )


@pytest.fixture
async def playground(playground_settings, monkeypatch):
    async with Playground(playground_settings) as server:
        monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
        gateway = yarl.URL(server.base_url.replace("http", "ws") + "/gateway")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield server


@pytest.fixture
def settings(playground, tmp_path):
    return Settings(
        _env_file=None,
        discord_token=playground.token,
        data_dir=tmp_path / "data",
        progress_seconds=0.05,
        standing_seconds=0.05,
        lease_seconds=3,
    )


@pytest.fixture
async def house(playground, settings):
    house = House(playground, settings, PlainPool())
    await house.start()
    yield house
    await house.close()
