import asyncio
import time
from datetime import timedelta
from email.utils import formatdate

import discord

from bot.assistant import _tidy
from bot.discord_clock import DiscordClock
from storage import Store
from tests.bot.reading import eventually, is_result
from tests.bot.test_delivery_in_channel import jobs_of
from tests.bot.test_restyle_in_channel import restyle

YEARS = 5 * 365 * 86_400.0


class Machine:
    """A machine whose clock can be set."""

    def __init__(self):
        self.clock, self.steady = 1_790_000_000.0, 50.0
        self.time = DiscordClock(lambda: self.clock, lambda: self.steady)

    def hear(self, seconds):
        self.time.hear(formatdate(seconds, usegmt=True))

    def work(self, seconds):
        self.clock += seconds
        self.steady += seconds


def test_a_machine_that_is_right_is_believed_to_the_millisecond():
    machine = Machine()
    assert machine.time() == machine.clock and not machine.time.confirmed
    machine.hear(machine.clock + 2)
    assert machine.time.confirmed
    machine.work(0.25)
    assert machine.time() == machine.clock


def test_a_clock_that_is_years_ahead_is_corrected_and_said_once(caplog):
    machine = Machine()
    true = machine.clock
    machine.clock += YEARS
    machine.hear(true)
    machine.work(100)
    assert machine.time() == true + 100
    machine.work(100)
    assert machine.time() == true + 200 and len(caplog.records) == 1 and "set it right" in caplog.text


def test_a_clock_that_is_set_right_or_wrong_meanwhile_does_not_move_the_time():
    machine = Machine()
    true = machine.clock
    machine.clock += YEARS
    machine.hear(true)
    machine.work(10)
    machine.clock -= YEARS
    assert machine.time() == machine.clock == true + 10
    machine.clock = 0.0
    assert machine.time() == true + 10


def test_an_answer_without_a_time_changes_nothing():
    machine = Machine()
    for date in (None, "", "yesterday"):
        machine.time.hear(date)
    assert machine.time() == machine.clock


async def test_old_rows_are_dropped_by_a_time_that_is_sure(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.assistant.TIDY_WAIT_SECONDS", 0.02)
    clock = DiscordClock(lambda: time.time() + YEARS)
    forgotten = []

    async def note(before):
        forgotten.append(before)
        return 0

    async with await Store.open(tmp_path) as store:
        store.jobs.forget_finished = note
        tidying = asyncio.create_task(_tidy(store, clock))
        await asyncio.sleep(0.1)
        assert forgotten == []
        clock.hear(formatdate(usegmt=True))
        await eventually(lambda: forgotten)
        tidying.cancel()
    assert forgotten[0] < discord.utils.utcnow() - timedelta(days=29)


async def test_a_machine_with_a_wrong_clock_dates_jobs_by_discords(house, monkeypatch):
    await house.stop()
    monkeypatch.setattr("bot.assistant.DiscordClock", lambda: DiscordClock(lambda: time.time() + YEARS))
    await house.start()
    user = await house.member()
    await restyle(user)
    await user.wait_message(is_result, 20)
    (job,) = await jobs_of(house)
    asked = discord.utils.snowflake_time(job.progress_message_id)
    assert abs(job.created_at - asked) < timedelta(days=1) and job.finished_at < asked + timedelta(days=1)
