"""Worker processes that crash, hang, freeze, talk nonsense or lose their parent – and the pool that copes."""

import asyncio
import logging
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gan.serving.pool
from gan.request import Mode, Progress, RenderError, RenderRequest, StyleUse, Variant
from gan.serving.pool import Patience, ProcessPool, WorkerCrashedError
from tests.gan.scenery import checks, load, save, shirt_photo

FAKE = (sys.executable, "-m", "tests.gan.serving.fake_worker")
QUICK = Patience(start=30, silence=8, stall=20, cancel=2, exit=5)


@pytest.fixture(autouse=True)
def no_back_off(monkeypatch):
    monkeypatch.setattr(gan.serving.pool, "BACK_OFF", (0.0,))


@pytest.fixture
async def pool():
    made = ProcessPool("cpu", command=FAKE, patience=QUICK)
    await made.start()
    yield made
    await made.close()


def asking(style: str) -> RenderRequest:
    return RenderRequest(Path("garment"), Path(style), Path("out"), seed=5)


def ignore(_: Progress) -> None:
    """A progress callback for tests that do not look at it."""


def running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


async def gone(pid: int, seconds: float = 10) -> bool:
    for _ in range(round(seconds / 0.05)):
        if not running(pid):
            return True
        await asyncio.sleep(0.05)
    return False


def pid_of(pool: ProcessPool) -> int:
    (worker,) = pool._workers
    return worker.pid


async def works(pool: ProcessPool) -> bool:
    return (await pool.render(asking("work"), ignore)).seconds == 0.25


async def test_result_and_progress_arrive_whole(pool):
    steps: list[Progress] = []
    result = await pool.render(asking("work"), steps.append)
    assert result.variants == (Variant(Path("out/one.png"), Mode.PRINT, 1.5, 45.0, 5, 30, 40),)
    assert (result.mask, result.style_use, result.doubt) == (Path("out/mask.png"), StyleUse.CLOTH, "Not sure.")
    assert steps == [Progress(0, 2, "begun"), Progress(1, 2, "half"), Progress(2, 2, "done")]
    assert pool.capacity == 1


async def test_a_refusal_is_the_persons_and_a_fault_is_ours(pool, caplog):
    before = pid_of(pool)
    with pytest.raises(RenderError, match=r"^That is no garment\.$"):
        await pool.render(asking("refuse"), ignore)
    with pytest.raises(WorkerCrashedError, match="a fault of ours"):
        await pool.render(asking("fail"), ignore)
    assert await works(pool)
    assert pid_of(pool) == before


async def test_a_worker_whose_device_is_lost_ends_and_another_starts(pool, caplog):
    """Nothing would work in its process again; the first error may have been any."""
    lost = pid_of(pool)
    with pytest.raises(WorkerCrashedError, match=r"status 70: .*cpu is lost"):
        await pool.render(asking("lose_device"), ignore)
    assert await works(pool)
    assert await gone(lost)
    assert "no worker on cpu (1 in a row); starting another in 0 s: the worker ended with status 70" in caplog.text
    assert "cpu is lost (RuntimeError: CUDA error: an illegal memory access was encountered)" in caplog.text


@pytest.mark.parametrize("end", ["crash", "freeze", "hang"])
async def test_a_lost_worker_is_reported_and_replaced(end):
    pool = ProcessPool("cpu", command=FAKE, patience=replace(QUICK, silence=4, stall=3 if end == "hang" else 60))
    await pool.start()
    lost = pid_of(pool)
    try:
        with pytest.raises(WorkerCrashedError):
            await asyncio.wait_for(pool.render(asking(end), ignore), 30)
        assert await works(pool)
        assert await gone(lost)
    finally:
        await pool.close()


async def test_a_worker_that_dies_idle_costs_nobody_a_render(pool):
    os.kill(pid_of(pool), signal.SIGKILL)
    await asyncio.sleep(0.2)
    assert await works(pool)


async def test_cancelling_stops_the_render_and_keeps_the_worker(pool):
    before, begun = pid_of(pool), asyncio.Event()
    render = asyncio.create_task(pool.render(asking("slow"), lambda _: begun.set()))
    await begun.wait()
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await render
    assert await works(pool)
    assert pid_of(pool) == before


async def test_a_render_that_does_not_listen_to_cancel_is_killed(pool):
    before, begun = pid_of(pool), asyncio.Event()
    render = asyncio.create_task(pool.render(asking("hang"), lambda step: step.done and begun.set()))
    await begun.wait()
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(render, 20)
    assert await gone(before)
    assert await works(pool)


async def test_a_render_cancelled_twice_does_not_leave_its_worker_busy(pool):
    before, begun = pid_of(pool), asyncio.Event()
    render = asyncio.create_task(pool.render(asking("hang"), lambda step: step.done and begun.set()))
    await begun.wait()
    render.cancel()
    await asyncio.sleep(0.05)
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(render, 20)
    assert await gone(before)
    assert await works(pool)


async def test_talk_on_standard_output_is_logged_and_harmless(pool, caplog):
    caplog.set_level(logging.INFO)
    result = await pool.render(asking("talk"), ignore)
    assert len(result.variants) == 1
    assert any(record.levelno == logging.ERROR and "something native" in record.message for record in caplog.records)


async def test_nonsense_instead_of_messages_is_survived():
    """A worker that is not ours: prints lines that are no messages, then one that is endless."""
    script = "import sys\nfor _ in range(9): print('nonsense')\nprint('x' * 3000000, flush=True)\nsys.stdin.read()"
    pool = ProcessPool("cpu", command=(sys.executable, "-c", script), patience=QUICK)
    with pytest.raises(WorkerCrashedError):
        await asyncio.wait_for(pool.start(), 20)
    await pool.close()


async def test_a_callback_that_fails_does_not_lose_the_render(pool, caplog):
    def fail(_: Progress) -> None:
        raise RuntimeError("cannot show this")

    assert len((await pool.render(asking("work"), fail)).variants) == 1
    assert "could not be shown" in caplog.text


async def test_a_worker_that_cannot_start_is_explained():
    broken = ProcessPool("cpu", command=(sys.executable, "-c", "raise SystemExit('no torch here')"), patience=QUICK)
    with pytest.raises(WorkerCrashedError, match="no torch here"):
        await broken.start()
    missing = ProcessPool("cpu", command=("/no/such/python",), patience=QUICK)
    with pytest.raises(WorkerCrashedError, match="could not be started"):
        await missing.start()


def slow_to_start_again(folder: Path, seconds: float) -> tuple[str, ...]:
    """The fake worker, whose starts after the first one take longer."""
    script = f"""
import pathlib, runpy, time
started = pathlib.Path({str(folder / "started")!r})
time.sleep({seconds} if started.exists() else 0)
started.touch()
runpy.run_module("tests.gan.serving.fake_worker", run_name="__main__")
"""
    return sys.executable, "-c", script


async def test_a_worker_that_is_starting_is_waited_for_from_the_last_ones_death(tmp_path):
    pool = ProcessPool("cpu", command=slow_to_start_again(tmp_path, 2), patience=replace(QUICK, start=4))
    await pool.start()
    try:
        busy = asyncio.create_task(pool.render(asking("slow"), ignore))
        await asyncio.sleep(0.2)
        queued = asyncio.create_task(works(pool))
        await asyncio.sleep(3)
        os.kill(pid_of(pool), signal.SIGKILL)
        with pytest.raises(WorkerCrashedError):
            await busy
        assert await queued
    finally:
        await pool.close()


async def test_a_render_gives_up_once_a_start_could_have_been_over(tmp_path):
    pool = ProcessPool("cpu", command=slow_to_start_again(tmp_path, 60), patience=replace(QUICK, start=3))
    await pool.start()
    try:
        os.kill(pid_of(pool), signal.SIGKILL)
        await asyncio.sleep(0.2)
        with pytest.raises(WorkerCrashedError, match="no worker could be started"):
            await asyncio.wait_for(pool.render(asking("work"), ignore), 15)
    finally:
        await pool.close()


async def test_closing_ends_the_renders_that_wait_for_a_worker(pool):
    running_one, *waiting = (asyncio.create_task(pool.render(asking("slow"), ignore)) for _ in range(3))
    await asyncio.sleep(0.2)
    await pool.close()
    for render in waiting:
        with pytest.raises(WorkerCrashedError, match="the workers were stopped"):
            await asyncio.wait_for(render, 5)
    with pytest.raises(WorkerCrashedError):
        await running_one
    with pytest.raises(WorkerCrashedError):
        await asyncio.wait_for(pool.render(asking("work"), ignore), 5)


async def test_closing_ends_the_processes_also_in_the_middle_of_a_render(pool):
    pid, begun = pid_of(pool), asyncio.Event()
    render = asyncio.create_task(pool.render(asking("slow"), lambda _: begun.set()))
    await begun.wait()
    await pool.close()
    with pytest.raises(WorkerCrashedError):
        await render
    assert await gone(pid)


async def test_deaths_in_a_row_slow_the_restarts_down(monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(gan.serving.pool, "BACK_OFF", (0.0, 0.3))
    pool = ProcessPool("cpu", command=FAKE, patience=QUICK)
    await pool.start()
    try:
        for _ in range(2):
            with pytest.raises(WorkerCrashedError):
                await pool.render(asking("crash"), ignore)
        assert await works(pool)
    finally:
        await pool.close()
    assert "(1 in a row); starting another in 0 s" in caplog.text
    assert "(2 in a row); starting another in 0.3 s" in caplog.text


async def test_the_worker_exits_when_its_parent_is_killed():
    script = f"""
import asyncio, sys
from gan.serving.pool import ProcessPool
async def main():
    pool = ProcessPool("cpu", command={FAKE!r})
    await pool.start()
    print(next(iter(pool._workers)).pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    worker = int(await parent.stdout.readline())
    assert running(worker)
    parent.kill()
    await parent.wait()
    assert await gone(worker)


async def test_the_real_worker_renders(tmp_path):
    request = RenderRequest(
        garment=save(tmp_path / "garment.png", shirt_photo()),
        style=save(tmp_path / "style.png", checks()),
        mask=save(tmp_path / "mask.png", np.full((160, 120), 255, np.uint8)),
        output=tmp_path / "out",
        variants=1,
    )
    pool = ProcessPool("cpu", threads=1)
    await pool.start()
    try:
        assert os.getpriority(os.PRIO_PROCESS, pid_of(pool)) > os.getpriority(os.PRIO_PROCESS, 0)
        result = await pool.render(request, ignore)
    finally:
        await pool.close()
    assert load(result.variants[0].file).shape == shirt_photo().shape
