import asyncio
import time

import pytest

from bot.dispatcher import Dispatcher
from bot.orders import Member, RestyleOrder, Upload, Wishes
from bot.settings import Settings
from bot.studio import Studio
from gan.request import RenderError
from gan.serving.pool import WorkerCrashedError
from storage import ImageMissingError, JobStatus, Store, TooManyJobsError
from tests.bot.conftest import GARMENT, STYLE, PlainPool
from tests.bot.reading import eventually

NOOR = Member(guild_id=1, channel_id=2, member_id=3, name="Noor")


class Listener:
    """Notes what it is told."""

    def __init__(self):
        self.told = []

    def __getattr__(self, name):
        return lambda subject, *_: self.told.append((name, getattr(subject, "id", subject)))


class Workshop:
    """A store, a studio and a dispatcher without any chat."""

    def __init__(self, store, settings):
        self.store, self.settings = store, settings
        self.studio = Studio(store, settings)
        self.pool, self.listener = PlainPool(), Listener()
        self.dispatcher = self._running = None

    def start(self, owner="this process"):
        self.dispatcher = Dispatcher(self.store, self.pool, self.settings, self.listener, owner)
        self.studio.on_submitted, self.studio.on_cancelled = self.dispatcher.wake, self.dispatcher.interrupt
        self._running = asyncio.create_task(self.dispatcher.run())

    async def stop(self, grace=5):
        if self._running is not None:
            await self.dispatcher.stop(grace)
            await self._running
            self._running = None

    async def submit(self, member=NOOR, **wishes):
        order = RestyleOrder(member, garment=Upload(*GARMENT), style=Upload(*STYLE), wishes=Wishes(**wishes))
        return await self.studio.queue(await self.studio.prepare(order))

    async def reaches(self, job, status):
        async with asyncio.timeout(10):
            while (current := await self.store.jobs.get(job.id)).status is not status:  # noqa: ASYNC110 - rows do not announce themselves
                await asyncio.sleep(0.02)
        return current


@pytest.fixture
async def workshop(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path, lease_seconds=0.3, render_timeout_seconds=30)
    async with await Store.open(tmp_path) as store:
        workshop = Workshop(store, settings)
        yield workshop
        await workshop.stop()
        workshop.studio.close()


async def test_a_job_becomes_a_kept_render(workshop):
    workshop.start()
    job = await workshop.submit(variants=2, seed=5, scale=2.0, angle=45.0, strength=0.5, note="hello")
    await workshop.reaches(job, JobStatus.RENDERED)
    request = workshop.pool.requests[0]
    assert (request.variants, request.seed, request.scale, request.strength) == (2, 5, 2.0, 0.5)
    assert request.angle == 45.0
    render = await workshop.store.renders.get(1, job.id)
    assert [variant.seed for variant in render.variants] == [5, 6] and render.note == "hello"
    for variant in render.variants:
        assert (await workshop.store.images.path(variant.image_sha)).exists()
    assert not request.output.exists()
    assert ("job_rendered", job.id) in workshop.listener.told


async def test_a_larger_garment_is_rendered_at_the_set_size_and_a_smaller_one_at_its_own(workshop):
    workshop.settings.render_size = 256
    workshop.start()
    await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)
    assert workshop.pool.requests[0].size is None
    workshop.settings.render_size = 100
    await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)
    assert workshop.pool.requests[1].size == 100


async def test_the_lease_is_kept_while_a_long_render_lasts(workshop):
    workshop.pool.gate.clear()
    workshop.start()
    job = await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    await asyncio.sleep(0.8)
    current = await workshop.store.jobs.get(job.id)
    assert current.status is JobStatus.RUNNING and current.attempts == 1
    workshop.pool.gate.set()
    await workshop.reaches(job, JobStatus.RENDERED)


async def test_cancelling_stops_the_render_and_the_next_one_starts(workshop):
    workshop.pool.gate.clear()
    workshop.start()
    first, second = await workshop.submit(), await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    await workshop.studio.cancel(first.id, by=3)
    workshop.pool.gate.set()
    await workshop.reaches(second, JobStatus.RENDERED)
    assert workshop.pool.cancelled == 1
    assert (await workshop.store.jobs.get(first.id)).status is JobStatus.CANCELLED
    assert await workshop.store.renders.get(1, first.id) is None


async def test_three_crashes_fail_a_job_for_good(workshop):
    workshop.pool.faults += [WorkerCrashedError("gone")] * 3
    workshop.start()
    job = await workshop.reaches(await workshop.submit(), JobStatus.FAILED)
    assert job.attempts == 3 and "renderer stopped" in job.reason
    assert [name for name, _ in workshop.listener.told].count("job_requeued") == 2
    assert workshop.listener.told[-1] == ("job_failed", job.id)


@pytest.mark.parametrize(
    ("fault", "words"), [(RenderError("Too small."), "Too small."), (ImageMissingError("abc is missing."), "not yours")]
)
async def test_what_no_further_attempt_can_save_fails_at_once(workshop, fault, words):
    workshop.pool.faults += [fault]
    workshop.start()
    job = await workshop.reaches(await workshop.submit(), JobStatus.FAILED)
    assert job.attempts == 1 and words in job.reason


async def test_a_garment_that_is_no_picture_any_more_fails_at_once(workshop):
    job = await workshop.submit()
    (await workshop.store.images.path(job.garment_sha)).write_bytes(b"no picture")
    workshop.start()
    failed = await workshop.reaches(job, JobStatus.FAILED)
    assert failed.attempts == 1 and "not yours" in failed.reason


async def test_a_job_that_ran_out_of_attempts_unseen_is_told(workshop):
    job = await workshop.submit()
    for _ in range(3):
        await workshop.store.jobs.claim("this process", 0.01)
        await asyncio.sleep(0.05)
    workshop.start()
    await workshop.reaches(job, JobStatus.FAILED)
    await eventually(lambda: ("job_failed", job.id) in workshop.listener.told)


async def test_a_clock_that_jumps_does_not_render_a_running_job_twice(workshop):
    workshop.pool.capacity = 2
    workshop.pool.gate.clear()
    ahead = [0.0]
    workshop.store.jobs._clock = lambda: time.time() + ahead[0]
    workshop.start()
    job = await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    ahead[0] = 3600.0
    other = await workshop.submit()
    await eventually(lambda: len(workshop.pool.requests) == 2)
    workshop.pool.gate.set()
    assert (await workshop.reaches(job, JobStatus.RENDERED)).attempts == 1
    await workshop.reaches(other, JobStatus.RENDERED)
    assert len({request.output for request in workshop.pool.requests}) == len(workshop.pool.requests) == 2


async def test_a_render_that_never_ends_is_stopped(workshop):
    workshop.settings.render_timeout_seconds = 0.2
    workshop.pool.gate.clear()
    workshop.start()
    job = await workshop.reaches(await workshop.submit(), JobStatus.FAILED)
    assert "too long" in job.reason and workshop.pool.cancelled == 1


async def test_an_unknown_error_costs_an_attempt_not_the_dispatcher(workshop):
    workshop.pool.faults += [ZeroDivisionError("bug"), None]
    workshop.start()
    await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)


async def test_stopping_lets_a_render_finish_and_keeps_the_rest(workshop):
    workshop.pool.gate.clear()
    workshop.start()
    running, waiting = await workshop.submit(), await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    stopping = asyncio.create_task(workshop.stop())
    await asyncio.sleep(0.05)
    workshop.pool.gate.set()
    await stopping
    assert (await workshop.store.jobs.get(running.id)).status is JobStatus.RENDERED
    assert (await workshop.store.jobs.get(waiting.id)).status is JobStatus.QUEUED


async def test_stopping_without_grace_gives_the_job_back(workshop):
    workshop.pool.gate.clear()
    workshop.start()
    job = await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    await workshop.stop(grace=0)
    given_back = await workshop.store.jobs.get(job.id)
    assert (given_back.status, given_back.attempts) == (JobStatus.QUEUED, 0)


async def test_a_dead_predecessors_job_is_taken_over_at_once(workshop):
    job = await workshop.submit()
    await workshop.store.jobs.claim("a process that is gone", lease_seconds=3600)
    workshop.start()
    current = await workshop.reaches(job, JobStatus.RENDERED)
    assert current.attempts == 2


async def test_members_take_turns(workshop):
    jobs = [await workshop.submit(note=str(number)) for number in range(4)]
    other = await workshop.submit(Member(1, 2, 4, "Mika"))
    places = await workshop.studio.places()
    assert places[other.id].ahead < places[jobs[2].id].ahead
    assert places[jobs[0].id].ahead == 0 and places[jobs[0].id].seconds < places[other.id].seconds


async def test_the_cap_names_itself(workshop):
    workshop.settings.jobs_per_member = 2
    await workshop.submit()
    await workshop.submit()
    with pytest.raises(TooManyJobsError, match="2"):
        await workshop.submit()


async def test_the_estimate_follows_the_last_renders(workshop):
    workshop.start()
    before = await workshop.studio.seconds_per_job()
    await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)
    assert await workshop.studio.seconds_per_job() < before


async def test_a_job_waits_for_a_late_pool(workshop, monkeypatch):
    monkeypatch.setattr("bot.outage.FIRST_PAUSE_SECONDS", 0.05)
    failures = [WorkerCrashedError("no model"), WorkerCrashedError("no model")]

    async def start():
        if failures:
            raise failures.pop()

    workshop.pool.start = start
    workshop.start()
    await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)
    assert not failures
