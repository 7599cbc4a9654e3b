"""A full disk, a locked database and a stop are nobody's fault: no job is lost and no attempt is counted."""

import asyncio
import errno
import logging
import sqlite3

import pytest

from bot.outage import fault_of
from gan.serving.pool import WorkerCrashedError
from storage import JobStatus, StorageUnavailableError
from storage.images import Images
from storage.store import DATABASE_NAME
from tests.bot.reading import eventually
from tests.bot.test_dispatcher import workshop  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr("bot.outage.FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr("bot.outage.LONGEST_PAUSE_SECONDS", 0.05)


async def test_a_full_disk_fails_no_job_and_renders_none_twice(workshop, monkeypatch, caplog):  # noqa: F811
    jobs = [await workshop.submit(note=str(number)) for number in range(5)]
    refused = []

    def full(self, data):
        refused.append(len(data))
        raise StorageUnavailableError("/data/images cannot be used: the disk is full; free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(Images, "_put", full)
        workshop.start()
        await eventually(lambda: len(refused) > 5)
        waiting = [await workshop.store.jobs.get(job.id) for job in jobs]
        assert {job.status for job in waiting} == {JobStatus.QUEUED, JobStatus.RUNNING}
        assert len(workshop.pool.requests) == 1
        assert sum(record.levelno == logging.ERROR for record in caplog.records) == 1
    for job in jobs:
        assert (await workshop.reaches(job, JobStatus.RENDERED)).attempts == 1
    assert len(workshop.pool.requests) == 5


async def test_a_locked_database_does_not_throw_a_finished_render_away(workshop, monkeypatch):  # noqa: F811
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.05)
    workshop.store.jobs._database._connection.execute("PRAGMA busy_timeout = 50")
    workshop.pool.gate.clear()
    workshop.start()
    job = await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    other = sqlite3.connect(workshop.settings.data_dir / DATABASE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    workshop.pool.gate.set()
    await asyncio.sleep(0.5)  # longer than the lease
    other.execute("ROLLBACK")
    other.close()
    assert (await workshop.reaches(job, JobStatus.RENDERED)).attempts == 1
    assert len(workshop.pool.requests) == 1


@pytest.mark.parametrize(
    "fault", [OSError(errno.ENOSPC, "No space left on device"), StorageUnavailableError("the disk is full")]
)
async def test_a_disk_that_fills_under_a_render_costs_no_attempt(workshop, fault):  # noqa: F811
    workshop.pool.faults += [fault] * 4
    workshop.start()
    assert (await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)).attempts == 1


async def test_a_worker_that_cannot_write_has_not_crashed(workshop, monkeypatch):  # noqa: F811
    faults = ["/data/rendering has only 3 MiB left"] * 6

    async def fault(folder):
        return faults.pop() if faults else None

    monkeypatch.setattr("bot.outage.fault_of", fault)
    monkeypatch.setattr("bot.dispatcher.fault_of", fault)
    workshop.pool.faults += [WorkerCrashedError("FolderUnusableError: No space left on device.")]
    workshop.start()
    assert (await workshop.reaches(await workshop.submit(), JobStatus.RENDERED)).attempts == 1
    assert len(workshop.pool.requests) == 2 and not faults


async def test_a_folder_is_asked_whether_it_takes_a_render(tmp_path, monkeypatch):
    assert await fault_of(tmp_path / "rendering") is None
    monkeypatch.setattr("bot.outage.ROOM_FOR_RENDER", 1 << 60)
    assert "MiB left" in await fault_of(tmp_path / "rendering")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in await fault_of(tmp_path / "file" / "rendering")


async def test_a_stop_does_not_wait_for_a_disk(workshop, monkeypatch):  # noqa: F811
    monkeypatch.setattr("bot.outage.FIRST_PAUSE_SECONDS", 3600.0)
    monkeypatch.setattr("bot.outage.LONGEST_PAUSE_SECONDS", 3600.0)
    tried = asyncio.Event()
    loop = asyncio.get_running_loop()

    def full(self, data):
        loop.call_soon_threadsafe(tried.set)
        raise StorageUnavailableError("the disk is full")

    job = await workshop.submit()
    monkeypatch.setattr(Images, "_put", full)
    workshop.start()
    await tried.wait()
    await asyncio.wait_for(workshop.stop(grace=0), 20)
    given_back = await workshop.store.jobs.get(job.id)
    assert (given_back.status, given_back.attempts) == (JobStatus.QUEUED, 0)


async def test_a_stop_waits_for_a_worker_that_lets_go_slowly(workshop):  # noqa: F811
    render = workshop.pool.render

    async def reluctant(request, on_progress):
        try:
            return await render(request, on_progress)
        except asyncio.CancelledError:
            await asyncio.sleep(0.3)
            raise

    workshop.pool.render = reluctant
    workshop.pool.gate.clear()
    workshop.start()
    job = await workshop.submit()
    await eventually(lambda: workshop.pool.requests)
    await workshop.dispatcher.stop(0)
    given_back = await workshop.store.jobs.get(job.id)
    assert (given_back.status, given_back.attempts) == (JobStatus.QUEUED, 0)
