"""The assistant starts without a network and stops without losing what members asked for."""

import asyncio
import contextlib
import logging

import aiohttp
import discord
import pytest

from bot import studio
from bot.assistant import _stay_connected, assist
from bot.intakes import Intakes
from bot.playground.user import text_of
from storage import JobStatus
from tests.bot.conftest import GARMENT, STYLE, House, PlainPool
from tests.bot.reading import answer_to, eventually, is_result
from tests.bot.test_delivery_in_channel import jobs_of
from tests.bot.test_restyle_in_channel import restyle

FILES = {"garment": GARMENT, "style": STYLE}


class ReluctantPool(PlainPool):
    """Takes its time to let go of a render."""

    async def render(self, request, on_progress):
        try:
            return await super().render(request, on_progress)
        except asyncio.CancelledError:
            await asyncio.sleep(0.7)
            raise


@pytest.fixture
async def start(playground, settings):
    """Starts a house with a pool of one's own."""
    async with contextlib.AsyncExitStack() as stack:

        async def begin(pool):
            house = House(playground, settings, pool)
            await house.start()
            stack.push_async_callback(house.close)
            return house

        yield begin


async def test_an_orderly_stop_costs_no_attempt(start, monkeypatch):
    monkeypatch.setattr("bot.assistant.RENDER_GRACE_SECONDS", 0.1)
    house = await start(ReluctantPool())
    house.pool.gate.clear()
    user = await house.member()
    await restyle(user)
    await eventually(lambda: house.pool.requests)
    await house.stop()
    (job,) = await jobs_of(house)
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)


async def test_an_order_that_is_being_read_comes_into_the_queue_before_a_stop(house, monkeypatch):
    user = await house.member()
    reading, go_on = _hold_reading(monkeypatch)
    await user.acknowledged(await user.slash("restyle", files=FILES, note="in time"))
    await reading.wait()
    stopping = asyncio.create_task(house.stop())
    await asyncio.sleep(0.1)
    go_on.set()
    await stopping
    (job,) = await jobs_of(house)
    assert job.note == "in time"
    await house.start()
    await user.wait_message(is_result, 20)


async def test_an_order_that_cannot_be_read_before_a_stop_is_asked_for_again(house, monkeypatch):
    monkeypatch.setattr("bot.assistant.INTAKE_GRACE_SECONDS", 0.1)
    user = await house.member()
    reading, go_on = _hold_reading(monkeypatch)
    sent = await user.slash("restyle", files=FILES)
    await user.acknowledged(sent)
    await reading.wait()
    await house.stop()
    go_on.set()
    told = await answer_to(user, sent)
    assert "send them again" in text_of(told) and list(user.messages) == [told["id"]]
    assert await jobs_of(house) == ()
    await house.start()


async def test_no_order_is_taken_while_stopping(house, monkeypatch):
    user = await house.member()
    reading, go_on = _hold_reading(monkeypatch)
    await user.acknowledged(await user.slash("restyle", files=FILES))
    await reading.wait()
    stopping = asyncio.create_task(house.stop())
    await asyncio.sleep(0.1)
    told = await answer_to(user, await user.slash("restyle", files=FILES))
    assert "being restarted" in text_of(told) and told["flags"] & 64
    go_on.set()
    await stopping
    assert len(await jobs_of(house)) == 1
    await house.start()


def _hold_reading(monkeypatch):
    """Make reading pictures wait; the events tell that it was begun and let it go on."""
    reading, go_on = asyncio.Event(), asyncio.Event()
    prepare = studio.Studio.prepare

    async def slow(self, order):
        reading.set()
        await go_on.wait()
        return await prepare(self, order)

    monkeypatch.setattr(studio.Studio, "prepare", slow)
    return reading, go_on


async def test_intakes_are_bounded_and_freed(monkeypatch):
    intakes = Intakes(asyncio.Semaphore(2))
    inside, most = [], []

    async def take():
        async with intakes.order(), intakes.reading(None):
            inside.append(1)
            most.append(len(inside))
            await asyncio.sleep(0.01)
            inside.pop()

    await asyncio.gather(*(take() for _ in range(6)))
    assert max(most) == 2
    await asyncio.wait_for(intakes.close(0), 5)


@pytest.mark.parametrize(
    "trouble",
    [
        OSError("network unreachable"),
        aiohttp.ServerDisconnectedError(),
        TimeoutError(),
        discord.DiscordServerError(type("Response", (), {"status": 503, "reason": "unavailable"})(), "unavailable"),
    ],
)
async def test_a_start_without_network_is_tried_again(playground, settings, monkeypatch, trouble, caplog):
    monkeypatch.setattr("bot.assistant.LOGIN_PAUSES", (0.05,))
    troubles, login = [trouble, trouble], discord.http.HTTPClient.static_login

    async def later(self, token):
        data = await login(self, token)  # opens a session, as a login that fails does
        if troubles:
            raise troubles.pop()
        return data

    monkeypatch.setattr(discord.http.HTTPClient, "static_login", later)
    house = House(playground, settings, PlainPool())
    with caplog.at_level(logging.WARNING, "asyncio"):
        await house.start()
        user = await house.member()
        await restyle(user)
        await user.wait_message(is_result, 20)
        await house.close()
    assert not troubles and "Unclosed" not in caplog.text


async def test_a_stop_ends_the_tries_to_log_in(settings, monkeypatch, playground):
    async def unreachable(self, token):
        raise OSError("network unreachable")

    monkeypatch.setattr(discord.http.HTTPClient, "static_login", unreachable)
    stop = asyncio.Event()
    running = asyncio.create_task(assist(settings, PlainPool(), stop))
    await asyncio.sleep(0.3)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 20)


async def test_a_refused_token_is_not_tried_again():
    class Client:
        async def login(self, token):
            raise discord.LoginFailure("no")

    with pytest.raises(discord.LoginFailure):
        await _stay_connected(Client(), "token")
