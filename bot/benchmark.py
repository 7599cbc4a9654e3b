"""How prompt and how reliable the bot is under load: many members at once on a local playground, all as processes."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.playground.bot_process import BotProcess
from bot.playground.sample_pictures import GARMENTS, STYLES, pictures_in
from bot.playground.server import WORLD_FILE
from bot.playground.user import Json, NoAnswerError, PlaygroundUser, components_of, text_of
from bot.playground.world import World
from bot.playground.world_file import save_world

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
MEMBERS_A_CHANNEL = 5
ONLINE_SECONDS = 90.0
SECONDS_A_REQUEST = 30.0
SETTLING_SECONDS = 5.0
_GREETING = re.compile(r"Page: (\S+)\s+Token for a bot: (\S+)")
_NOTE = re.compile(r"benchmark request (\d+)")


@dataclass(frozen=True, slots=True)
class BotFigures:
    """What the benchmark found.

    Attributes:
        requests: how many `/restyle` were sent.
        ack_p50_ms: time from sending to the bot's acknowledgement as the member sees it, median.
        ack_p99_ms: the same, 99th percentile; a request that was never acknowledged counts as infinite.
        loop_delay_p99_ms: how late the bot's event loop was, 99th percentile, while it rendered.
        delivered: requests with a result in their channel.
        lost: requests without.
        doubled: requests with more than one.
        seconds: from the first request to the last result.
    """

    requests: int
    ack_p50_ms: float
    ack_p99_ms: float
    loop_delay_p99_ms: float
    delivered: int
    lost: int
    doubled: int
    seconds: float

    def to_json(self) -> str:
        """Return the figures as one JSON object."""
        return json.dumps({name: round(value, 1) for name, value in asdict(self).items()})


async def run(requests: int, members: int, variants: int, think_seconds: float) -> BotFigures:
    """Start everything, let the members work, count what comes back.

    Args:
        requests: how many in all.
        members: who send them, in turn, five members a channel.
        variants: of each request.
        think_seconds: a member's mean pause between an acknowledgement and the next request.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="restyle-benchmark-")))
        base_url, token = await _start_playground(stack, folder, members)
        report = folder / "loop.json"
        environment = {"LOOP_REPORT": str(report), "JOBS_PER_MEMBER": str(requests)}
        await stack.enter_async_context(BotProcess(base_url, token, folder / "bot", environment))
        users = [await _join(stack, base_url, number) for number in range(members)]
        await users[0].wait_online(within=ONLINE_SECONDS)
        await _wait_for_commands(users[0])
        started = time.perf_counter()
        waits = await _send_all(users, requests, variants, think_seconds)
        await _wait_for_results(users, requests)
        seconds = time.perf_counter() - started
        await asyncio.sleep(SETTLING_SECONDS)  # a doubled result would come about now
        loop = json.loads(await asyncio.to_thread(report.read_text))
    results = _results(users)
    return BotFigures(
        requests=requests,
        ack_p50_ms=percentile(waits, 0.5) * 1000,
        ack_p99_ms=percentile(waits, 0.99) * 1000,
        loop_delay_p99_ms=loop["loop_delay_p99_ms"],
        delivered=len(results),
        lost=requests - len(results),
        doubled=sum(count > 1 for count in results.values()),
        seconds=seconds,
    )


def percentile(values: Sequence[float], fraction: float) -> float:
    """The value below which `fraction` of all values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]


async def _start_playground(stack: AsyncExitStack, folder: Path, members: int) -> tuple[str, str]:
    """Start the server as a process and return its address and the bot's token."""
    data = folder / "playground"
    await asyncio.to_thread(_write_world, data / WORLD_FILE, members)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.playground", "--port", "0", "--data", str(data)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def stop() -> None:
        process.terminate()
        await process.wait()

    stack.push_async_callback(stop)
    assert process.stdout is not None
    words = ""
    while (greeting := _GREETING.search(words)) is None:
        line = await asyncio.wait_for(process.stdout.readline(), ONLINE_SECONDS)
        if not line:
            raise RuntimeError("the playground did not start")
        words += line.decode()
    return greeting[1], greeting[2]


def _write_world(path: Path, members: int) -> None:
    world = World.empty("Restyle")
    guild = world.add_guild("Benchmark", world.add_user("owner", "Owner"))
    for number in range(members):
        world.add_member(guild, world.add_user(f"member{number}", f"Member {number}"))
    for number in range(-(-members // MEMBERS_A_CHANNEL)):
        world.add_channel(guild, f"room-{number}")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_world(world, path)


async def _join(stack: AsyncExitStack, base_url: str, number: int) -> PlaygroundUser:
    user = PlaygroundUser(base_url, f"member{number}", f"room-{number // MEMBERS_A_CHANNEL}")
    return await stack.enter_async_context(user)


async def _wait_for_commands(user: PlaygroundUser) -> None:
    async with asyncio.timeout(ONLINE_SECONDS):
        while not user.state["commands"]:  # noqa: ASYNC110 - the page's state is polled, as a person would look
            await asyncio.sleep(0.1)


async def _send_all(users: list[PlaygroundUser], requests: int, variants: int, think_seconds: float) -> list[float]:
    shares = [range(start, requests, len(users)) for start in range(len(users))]
    work = (_send(user, share, variants, think_seconds) for user, share in zip(users, shares, strict=True))
    return [wait for waits in await asyncio.gather(*work) for wait in waits]


async def _send(user: PlaygroundUser, numbers: range, variants: int, think_seconds: float) -> list[float]:
    """Send a member's requests, each after the one before was acknowledged, and return the waits in seconds."""
    garments, styles = pictures_in(GARMENTS), pictures_in(STYLES)
    waits = []
    for number in numbers:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, 2 * think_seconds))
        files = {"garment": chance.choice(garments), "style": chance.choice(styles)}
        sent = await user.slash("restyle", files=files, note=f"benchmark request {number}", variants=variants)
        try:
            waits.append(await user.acknowledged(sent))
        except (NoAnswerError, TimeoutError):
            log.warning("request %d was not acknowledged", number)
            waits.append(float("inf"))
    return waits


async def _wait_for_results(users: list[PlaygroundUser], requests: int) -> None:
    deadline = time.perf_counter() + SECONDS_A_REQUEST * requests
    said = 0
    while (delivered := len(_results(users))) < requests and time.perf_counter() < deadline:
        if delivered >= said + 20:
            said = delivered
            log.info("%d of %d delivered", delivered, requests)
        await asyncio.sleep(0.5)


def _results(users: list[PlaygroundUser]) -> Counter[int]:
    """How many result messages there are of each request, by one member's view of each channel."""
    watchers = {user.channel_id: user for user in users}
    messages = [message for user in watchers.values() for message in list(user.messages.values())]
    notes = [_NOTE.search(text_of(message)) for message in messages if _is_result(message)]
    return Counter(int(note[1]) for note in notes if note)


def _is_result(message: Json) -> bool:
    return any(str(part.get("custom_id", "")).startswith("restyle:delete:") for part in components_of(message))
