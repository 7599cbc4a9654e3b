"""Results and reports come to their channel once and say what is true, whatever Discord refuses meanwhile."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot import posting
from bot.playground.messages import MessageBook
from bot.playground.user import text_of
from gan.request import RenderError
from storage import JobStatus, Store
from storage.jobs import Jobs
from tests.bot.hindering import held_records, refused
from tests.bot.reading import answer_to, custom_ids, eventually, is_progress, is_result, render_id
from tests.bot.test_faults_in_channel import restyle, results


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr("bot.delivery.RETRY_SECONDS", (0.05,))


async def jobs_of(house):
    async with await Store.open(house.settings.data_dir) as store:
        return await store.jobs._select("1 ORDER BY seq")


async def kept(house, condition, count=1):
    """The first job, as soon as so many are as they should be."""
    async with asyncio.timeout(20):
        while sum(map(condition, jobs := await jobs_of(house))) < count:  # noqa: ASYNC110 - rows do not announce themselves
            await asyncio.sleep(0.05)
    return jobs[0]


async def posts(playground_settings, count):
    """Whom the bot's posts so far call, as soon as there are so many."""
    found = []

    def all_there():
        lines = map(json.loads, playground_settings.traffic_log.read_text().splitlines())
        posted = [line for line in lines if line.get("method") == "POST" and line["path"].endswith("/messages")]
        found[:] = [line["request_json"] or line["multipart"]["payload_json"] for line in posted]
        return len(found) == count

    await eventually(all_there)
    assert all(post["allowed_mentions"]["parse"] == [] for post in found)
    return [list(map(str, post["allowed_mentions"].get("users", []))) for post in found]


@pytest.mark.parametrize("code", [50083, 160005])
async def test_a_failure_that_cannot_be_told_is_not_told_for_ever_and_never_as_a_result(house, monkeypatch, code):
    user = await house.member()
    house.pool.gate.clear()
    house.pool.faults += [RenderError("Too small.")]
    await restyle(user)
    await user.wait_message(lambda m: "Rendering" in text_of(m))
    with refused(monkeypatch, lambda method, path: method != "GET" and "/channels/" in path, 400, code):
        house.pool.gate.set()
        job = await kept(house, lambda job: job.reported)
    assert job.status is JobStatus.FAILED and job.reason == "Too small."
    assert not any("your result is ready" in text_of(event["d"]) for event in user.events if "content" in event["d"])


async def test_a_report_that_is_refused_for_an_unknown_reason_is_given_up(house, monkeypatch):
    user = await house.member()
    house.pool.faults += [RenderError("Too small.")]
    with refused(monkeypatch, lambda method, path: method == "POST" and path.endswith("/messages"), 400, 50035):
        await restyle(user)
        await kept(house, lambda job: job.reported)


async def test_where_nothing_can_be_posted_the_progress_message_says_the_last_word(house, monkeypatch):
    user = await house.member()
    house.pool.faults += [RenderError("Too small.")]
    with refused(monkeypatch, lambda method, path: method == "POST" and path.endswith("/messages"), 403, 50013):
        await restyle(user)
        told = await user.wait_message(lambda m: "Too small." in text_of(m), 20)
        await kept(house, lambda job: job.reported)
    assert custom_ids(told, "restyle:retry:") and not is_progress(told)


@pytest.mark.parametrize(("method", "words"), [("PUT", "/reactions/"), ("DELETE", "/channels/")])
async def test_a_posted_result_stays_one_when_reactions_or_cleaning_up_are_refused(house, monkeypatch, method, words):
    user = await house.member()
    with refused(monkeypatch, lambda used, path: used == method and words in path, 400, 50083):
        await restyle(user)
        message = await user.wait_message(is_result, 20)
        job = await kept(house, lambda job: job.status is JobStatus.DELIVERED)
        await user.react(message, "1️⃣")
        await user.wait_message(lambda m: "1 vote" in text_of(m), 20)
    assert job.id == render_id(message)
    assert not any("could not be posted" in text_of(m) for m in user.messages.values())


async def test_a_clock_that_is_ahead_does_not_post_twice(house, monkeypatch):
    user = await house.member()
    monkeypatch.setattr(MessageBook, "sent_before", lambda *_: None)
    now = Jobs._now
    monkeypatch.setattr(Jobs, "_now", lambda self: now(self) + 10 * 60 * 1000)
    with held_records(monkeypatch) as posted:
        await restyle(user)
        await asyncio.wait_for(posted.wait(), 20)
        await house.crash()
    await house.start()
    await kept(house, lambda job: job.status is JobStatus.DELIVERED)
    assert len(results(user)) == 1


async def test_a_report_is_not_repeated_after_a_crash(house, monkeypatch):
    user = await house.member()
    monkeypatch.setattr(MessageBook, "sent_before", lambda *_: None)
    house.pool.faults += [RenderError("Too small.")]
    told = asyncio.Event()

    async def never(*_):
        told.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "mark_reported", never)
        await restyle(user)
        await asyncio.wait_for(told.wait(), 20)
        await house.crash()
    await house.start()
    await kept(house, lambda job: job.reported)
    assert sum("Too small." in text_of(m) for m in user.messages.values()) == 1


async def test_a_result_deleted_before_it_is_recorded_leaves_the_history(house, monkeypatch, playground):
    user, sofia = await house.member(), await house.member("Sofia")
    with held_records(monkeypatch):
        await restyle(user, note="gone at once")
        message = await user.wait_message(is_result, 20)
        await sofia.delete(message)
        await asyncio.sleep(0.3)  # the bot hears of it
    await kept(house, lambda job: job.status is JobStatus.DELIVERED)
    async with asyncio.timeout(10):
        while "gone at once" in text_of(await answer_to(user, await user.slash("history"))):
            pass


async def test_the_mask_of_a_result_that_is_just_being_posted_can_be_corrected_a_moment_later(house, monkeypatch):
    user = await house.member()
    with held_records(monkeypatch):
        await restyle(user)
        message = await user.wait_message(is_result, 20)
        panel = await answer_to(user, await user.click(message, f"restyle:mask:{render_id(message)}"))
        larger = next(name for name in custom_ids(panel, "restyle:maskstep:") if ":larger:" in name)
        await user.acknowledged(await user.click(panel, larger))
        panel = await user.wait_message(lambda m: m["id"] == panel["id"] and "1 larger" in text_of(m))
        told = await answer_to(user, await user.click(panel, custom_ids(panel, "restyle:maskrender:")[0]))
    assert "just being posted" in text_of(told)


async def test_votes_cast_while_the_bot_was_down_count_on_an_unrecorded_result(house, monkeypatch):
    user = await house.member()
    with held_records(monkeypatch) as posted:
        await restyle(user)
        await asyncio.wait_for(posted.wait(), 20)
        await house.crash()
    await user.react(results(user)[0], "2️⃣")
    await house.start()
    await user.wait_message(lambda m: is_result(m) and "1 vote" in text_of(m), 20)
    await user.wait_message(lambda m: is_result(m) and len(m.get("reactions", [])) == 4, 20)


async def test_a_crash_right_after_the_record_leaves_no_progress_and_no_missing_reactions(house, monkeypatch):
    user = await house.member()
    recorded = asyncio.Event()

    async def never(*_):
        recorded.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr("bot.votes.VoteKeeper.invite", never)
        await restyle(user)
        await asyncio.wait_for(recorded.wait(), 20)
        await house.crash()
    await house.start()
    await user.wait_message(lambda m: is_result(m) and len(m.get("reactions", [])) == 4, 20)
    await eventually(lambda: not any(map(is_progress, user.messages.values())))


class TestManyAtOnce:
    @pytest.fixture
    def settings(self, settings):
        settings.jobs_per_member = 20
        return settings

    async def test_few_results_are_encoded_at_a_time_and_each_once(self, house, monkeypatch):
        encoded = []
        card_files = posting.card_files

        async def count(render, *arguments, **options):
            encoded.append(render.id)
            return await card_files(render, *arguments, **options)

        monkeypatch.setattr(posting, "card_files", count)
        user = await house.member()
        with refused(monkeypatch, lambda method, path: method == "POST" and path.endswith("/messages"), 429, 0):
            await asyncio.gather(*(restyle(user, variants=1) for _ in range(12)))
            await eventually(lambda: len(house.pool.requests) == 12, 30)
            await kept(house, lambda job: job.status is JobStatus.RENDERED, 12)
            await asyncio.sleep(0.5)  # some tries more
            assert len(encoded) == len(set(encoded)) <= 8
        await eventually(lambda: len(results(user)) == 12, 30)
        assert len(encoded) == len(set(encoded)) == 12


async def test_a_failure_calls_the_member_and_a_quick_result_nobody(house, playground_settings):
    user = await house.member()
    house.pool.faults += [RenderError("Too small.")]
    await restyle(user)
    await user.wait_message(lambda m: "Too small." in text_of(m), 20)
    await restyle(user)
    await user.wait_message(is_result, 20)
    assert await posts(playground_settings, 2) == [[user.id], []]


async def test_a_result_that_took_long_calls_the_member(house, playground_settings, monkeypatch):
    monkeypatch.setattr(posting, "CALLED_AFTER", timedelta(0))
    user = await house.member()
    await restyle(user)
    await user.wait_message(is_result, 20)
    assert await posts(playground_settings, 1) == [[user.id]]
