"""What can go wrong between the bot and Discord, and that members still get each result once."""

import asyncio
import dataclasses

import pytest

from bot.playground.messages import MessageBook
from bot.playground.permissions import Permission
from bot.playground.rest import exchange
from bot.playground.rest.call import JsonResponse
from bot.playground.settings import RateLimit
from bot.playground.user import text_of
from storage.jobs import Jobs
from tests.bot.conftest import GARMENT, STYLE
from tests.bot.reading import answer_to, eventually, is_progress, is_result, render_id

FILES = {"garment": GARMENT, "style": STYLE}
TOKEN_SECONDS = 1.5
"""Long enough to acknowledge a command on a busy machine, short enough to wait for its end."""


async def restyle(user, **options):
    sent = await user.slash("restyle", files=FILES, **options)
    await user.acknowledged(sent)
    return sent


def results(user):
    return [message for message in user.messages.values() if is_result(message)]


@pytest.mark.parametrize("discord_remembers_nonces", [True, False])
async def test_a_crash_between_post_and_record_does_not_post_twice(house, monkeypatch, discord_remembers_nonces):
    user = await house.member()
    if not discord_remembers_nonces:
        monkeypatch.setattr(MessageBook, "sent_before", lambda *_: None)
    posted = asyncio.Event()

    async def never(*_):
        posted.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "mark_delivered", never)
        await restyle(user, note="once")
        await asyncio.wait_for(posted.wait(), 20)
        await house.crash()
    assert len(results(user)) == 1
    await house.start()
    shown = await answer_to(user, await user.slash("history", id=render_id(results(user)[0])))
    assert "once" in text_of(shown)
    await user.react(results(user)[0], "1️⃣")
    await user.wait_message(lambda m: is_result(m) and "1 vote" in text_of(m), 20)
    assert len(results(user)) == 1


async def test_a_post_that_worked_but_was_answered_502_is_not_repeated(house, monkeypatch):
    user = await house.member()
    answer, failed = exchange._answer, []

    async def bad_gateway(request, services, body, route):
        response = await answer(request, services, body, route)
        if request.method == "POST" and request.path.endswith("/messages") and not failed:
            failed.append(request.path)
            return JsonResponse({"message": "bad gateway", "code": 0}, 502)
        return response

    monkeypatch.setattr(exchange, "_answer", bad_gateway)
    await restyle(user)
    await user.wait_message(is_result, 20)
    await user.wait_event(lambda e: e["t"] == "MESSAGE_DELETE", 20)  # the progress message: all is recorded
    assert failed and len(results(user)) == 1


class TestRateLimits:
    @pytest.fixture
    def playground_settings(self, playground_settings):
        return dataclasses.replace(
            playground_settings, message_limit=RateLimit(1, 0.5), reaction_limit=RateLimit(1, 0.1)
        )

    async def test_every_result_comes_once_through_429(self, house):
        user = await house.member()
        await asyncio.gather(*(restyle(user, note=f"number {n}", variants=2) for n in range(4)))
        await eventually(lambda: len(results(user)) == 4, 30)
        await eventually(lambda: not any(map(is_progress, user.messages.values())), 30)
        assert sorted(text_of(m).split("number ")[1][0] for m in results(user)) == ["0", "1", "2", "3"]


class TestShortTokens:
    @pytest.fixture
    def playground_settings(self, playground_settings):
        return dataclasses.replace(playground_settings, token_seconds=TOKEN_SECONDS)

    async def test_results_come_after_the_token_is_over(self, house):
        user = await house.member()
        house.pool.gate.clear()
        await restyle(user, note="patience")
        await user.wait_message(is_progress)
        await asyncio.sleep(1.2 * TOKEN_SECONDS)
        await restyle(user, note="second")
        await user.wait_message(lambda m: is_progress(m) and "next in line" in text_of(m))
        await asyncio.sleep(1.2 * TOKEN_SECONDS)
        house.pool.gate.set()
        await eventually(lambda: len(results(user)) == 2, 20)
        await eventually(lambda: not any(map(is_progress, user.messages.values())), 20)

    async def test_progress_is_still_shown_after_the_token_is_over(self, house):
        user = await house.member()
        house.pool.gate.clear()
        await restyle(user)
        await restyle(user, note="waits")
        await asyncio.sleep(1.2 * TOKEN_SECONDS)
        # Only the first may finish: a second that were done at once might have no progress left to show.
        first, house.pool.gate = house.pool.gate, asyncio.Event()
        first.set()
        await user.wait_event(
            lambda e: e["t"] == "MESSAGE_UPDATE" and "Rendering" in text_of(e["d"]) and "waits" in text_of(e["d"]), 20
        )
        house.pool.gate.set()


async def test_missing_permissions_are_named_before_anything_is_queued(house, playground):
    user = await house.member()
    deny = Permission.ATTACH_FILES | Permission.ADD_REACTIONS
    channel = playground.world.channel(int(user.channel_id))
    playground.world.overwrite(channel, playground.world.bot, deny=deny)
    sent = await user.slash("restyle", files=FILES)
    told = await answer_to(user, sent)
    assert "permissions Attach Files and Add Reactions" in text_of(told) and told["flags"] & 64
    assert house.pool.requests == []


async def test_permissions_lost_meanwhile_end_in_one_sentence_and_no_loop(house, playground):
    user = await house.member()
    house.pool.gate.clear()
    await restyle(user, note="kept")
    await user.wait_message(lambda m: "Rendering" in text_of(m))
    channel = playground.world.channel(int(user.channel_id))
    playground.world.overwrite(channel, playground.world.bot, deny=Permission.ATTACH_FILES)
    house.pool.gate.set()
    told = await user.wait_message(lambda m: "may not post" in text_of(m), 20)
    assert "/history id:" in text_of(told) and results(user) == []
    playground.world.overwrite(channel, playground.world.bot)
    render = text_of(told).split("/history id:")[1][:8]
    assert "kept" in text_of(await answer_to(user, await user.slash("history", id=render)))


async def test_a_dropped_gateway_is_resumed_and_no_vote_is_lost(house, playground):
    user = await house.member()
    await restyle(user)
    message = await user.wait_message(lambda m: is_result(m) and len(m.get("reactions", [])) == 4, 20)
    await eventually(lambda: not any(map(is_progress, user.messages.values())))
    await playground.drop_gateway()
    await user.react(message, "1️⃣")
    await user.wait_message(lambda m: "1 vote" in text_of(m), 20)
