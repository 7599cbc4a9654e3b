"""Claims jobs, hands them to the render pool, records what comes back. Knows neither Discord nor tensors."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.errors import CRASHED, explain
from bot.job_listener import JobListener
from bot.outage import Outage, fault_of, is_outage
from bot.rendering import new_render, render_request
from bot.settings import Settings
from gan.request import RenderError, RenderResult
from gan.serving.pool import RenderPool, WorkerCrashedError
from storage import ImageError, LeaseLostError, StorageError, StorageUnavailableError, Store
from storage.models import Job, JobStatus, Render

log = logging.getLogger(__name__)
Result = TypeVar("Result")

IDLE_SECONDS = 5.0
"""How often the queue is looked at without being told, for leases that ran out and jobs of another process."""
LET_GO_SECONDS = 8.0
"""How long a stop waits for workers to let go of the renders that it ended, so that no attempt counts."""
TIMED_OUT = "The render took too long and was stopped; please try fewer variants or a smaller picture."
UNRENDERABLE = "The picture could not be rendered for a reason that is not yours; it is logged for whoever runs me."
INTERRUPTED = "The assistant was stopped while it rendered."


@dataclass(slots=True)
class _Slot:
    """One place to render at.

    Attributes:
        number: counts from 0.
        busy: from before a job is claimed until its attempt has ended.
        job_id: the claimed job.
        render: its render, while it lasts.
    """

    number: int
    busy: bool = False
    job_id: str | None = None
    render: asyncio.Task[RenderResult] | None = None


class Dispatcher:
    """Keeps every slot of a render pool busy while there are jobs."""

    def __init__(self, store: Store, pool: RenderPool, settings: Settings, listener: JobListener, owner: str) -> None:
        """Make a dispatcher.

        Args:
            store: where the jobs are.
            pool: where they are rendered.
            settings: for the lease and the timeout.
            listener: is told how jobs go.
            owner: this process' name on its leases, never used before.
        """
        self._store = store
        self._pool = pool
        self._settings = settings
        self._listener = listener
        self._owner = owner
        self._work = asyncio.Event()
        self._stopping = asyncio.Event()
        self._ending_renders = False
        self._free = asyncio.Event()
        self._free.set()
        self._slots: list[_Slot] = []
        self._folder = settings.data_dir / "rendering"
        self._queue_outage = Outage("the queue cannot be served", self._stopping)
        self._keeping_outage = Outage("what is rendered cannot be kept", self._stopping)

    def wake(self) -> None:
        """Look at the queue now: a job was submitted."""
        self._work.set()

    def interrupt(self, job_id: str) -> None:
        """Stop rendering a job that was cancelled; does nothing when it does not render here."""
        for slot in self._slots:
            if slot.job_id == job_id and slot.render:
                slot.render.cancel()

    async def run(self) -> None:
        """Take over what a predecessor left, start the pool and work until `stop`."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        for job in await self._as_soon_as_possible(self._take_over, self._queue_outage):
            log.warning("job %s: taken over from a process that is gone; it is %s", job.id, job.status)
            self._tell_released(job)
        await self._start_pool()
        self._slots = [_Slot(number) for number in range(self._pool.capacity)]
        async with asyncio.TaskGroup() as tasks:
            for slot in self._slots:
                tasks.create_task(self._serve(slot), name=f"render slot {slot.number}")

    async def stop(self, grace_seconds: float) -> None:
        """Claim nothing more, let running renders finish within the grace, give the rest back to the queue."""
        self._stopping.set()
        self._work.set()
        await self._until_free(grace_seconds)
        self._ending_renders = True
        for slot in self._slots:
            if slot.render:
                slot.render.cancel()
        await self._until_free(LET_GO_SECONDS)

    async def _until_free(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._free.wait(), seconds)

    async def _take_over(self) -> tuple[Job, ...]:
        return await self._store.jobs.release_others(self._owner, INTERRUPTED)

    async def _start_pool(self) -> None:
        outage = Outage("the render pool does not start", self._stopping)
        while not self._stopping.is_set():
            try:
                await self._pool.start()
                return
            except Exception as error:
                await outage.wait(str(error))

    async def _serve(self, slot: _Slot) -> None:
        while not self._stopping.is_set():
            try:
                if not await self._serve_one(slot):
                    await self._wait_for_work()
            except Exception as error:
                log.debug("what failed", exc_info=error)
                await self._queue_outage.wait(explain(error).cause)

    async def _wait_for_work(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._work.wait(), IDLE_SECONDS)
        if not self._stopping.is_set():
            self._work.clear()

    async def _serve_one(self, slot: _Slot) -> bool:
        # Busy before the claim is asked for: it is made even when nobody waits for it any more.
        slot.busy = True
        self._free.clear()
        try:
            job = await self._claim()
            if job is None:
                return False
            slot.job_id = job.id
            # Another slot may find work too: one wake-up can stand for many jobs.
            self._work.set()
            if self._stopping.is_set():
                await self._put_back(job)
            else:
                await self._attempt(slot, job)
            return True
        finally:
            slot.busy, slot.job_id = False, None
            if not any(other.busy for other in self._slots):
                self._free.set()

    async def _claim(self) -> Job | None:
        at_work = [slot.job_id for slot in self._slots if slot.job_id is not None]
        for exhausted in await self._store.jobs.fail_exhausted(at_work):
            self._tell_released(exhausted)
        job = await self._store.jobs.claim(self._owner, self._settings.lease_seconds, at_work)
        self._queue_outage.over()
        return job

    async def _attempt(self, slot: _Slot, job: Job) -> None:
        log.info("job %s: attempt %d starts", job.id, job.attempts)
        self._listener.job_started(job)
        folder = self._folder / f"{job.id}-{slot.number}"
        try:
            result = await self._render(slot, job, folder)
            await self._record(job, result)
        except _InterruptedError:
            await self._put_back(job)
        except LeaseLostError as error:
            log.warning("%s", error)
        except TimeoutError:
            await self._fail(job, TIMED_OUT, f"no result after {self._settings.render_timeout_seconds:.0f} s")
        except RenderError as error:
            await self._fail(job, str(error), "the renderer refused it")
        except ImageError as error:
            await self._fail(job, UNRENDERABLE, f"{type(error).__name__}: {error}")
        except Exception as error:
            await self._end_badly(job, error)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _end_badly(self, job: Job, error: Exception) -> None:
        """Give the job back: for nothing when this machine is in trouble, else for one of its attempts."""
        if await is_outage(error, self._folder):
            await self._put_back(job)
            await self._wait_out(f"{type(error).__name__}: {error}")
        elif isinstance(error, WorkerCrashedError):
            log.warning("job %s: the worker crashed (%s)", job.id, error)
            await self._release(job, CRASHED)
        else:
            log.error("job %s: an attempt ended in a way that nobody foresaw", job.id, exc_info=error)
            await self._release(job, UNRENDERABLE)

    async def _wait_out(self, cause: str) -> None:
        """Claim nothing until the disk takes pictures again."""
        fault: str | None = cause
        while fault is not None and not self._stopping.is_set():
            await self._keeping_outage.wait(fault)
            fault = await fault_of(self._folder)

    async def _render(self, slot: _Slot, job: Job, folder: Path) -> RenderResult:
        request = await render_request(job, self._store.images, folder, self._settings.render_size)
        if self._ending_renders:
            raise _InterruptedError
        report = partial(self._listener.job_progressed, job.id)
        limited = asyncio.wait_for(self._pool.render(request, report), self._settings.render_timeout_seconds)
        render = slot.render = asyncio.create_task(limited, name=f"render {job.id}")
        lease = asyncio.create_task(self._keep_lease(job, render), name=f"lease {job.id}")
        try:
            # Waiting instead of awaiting: a cancelled render must not look like this slot being cancelled.
            await asyncio.wait({render})
        finally:
            lease.cancel()
            render.cancel()
            slot.render = None
        if render.cancelled():
            raise _InterruptedError
        return render.result()

    async def _keep_lease(self, job: Job, render: asyncio.Task[RenderResult]) -> None:
        """Extend the lease while the render lasts; stop the render when the lease is lost, as by cancelling the job."""
        while True:
            await asyncio.sleep(self._settings.lease_seconds / 3)
            try:
                await self._store.jobs.extend_lease(job.id, self._owner, self._settings.lease_seconds)
            except LeaseLostError:
                render.cancel()
                return
            except StorageError as error:
                log.error("job %s: its lease cannot be extended (%s)", job.id, error)

    async def _record(self, job: Job, result: RenderResult) -> None:
        async def record() -> Render:
            render = await new_render(result, self._store.images)
            return await self._store.jobs.complete(job.id, self._owner, render)

        render = await self._as_soon_as_possible(record, self._keeping_outage)
        log.info("job %s: %d variants rendered in %.1f s", job.id, len(render.variants), render.seconds)
        self._listener.job_rendered(job.id)

    async def _release(self, job: Job, reason: str) -> None:
        release = partial(self._store.jobs.release, job.id, self._owner, reason)
        with suppress(LeaseLostError):
            self._tell_released(await self._as_soon_as_possible(release, self._queue_outage))

    async def _put_back(self, job: Job) -> None:
        put_back = partial(self._store.jobs.put_back, job.id, self._owner)
        with suppress(LeaseLostError):
            self._listener.job_requeued(await self._as_soon_as_possible(put_back, self._queue_outage))

    def _tell_released(self, job: Job) -> None:
        if job.status is JobStatus.FAILED:
            log.error("job %s: given up after %d attempts", job.id, job.attempts)
            self._listener.job_failed(job)
        else:
            self._listener.job_requeued(job)

    async def _fail(self, job: Job, sentence: str, cause: str) -> None:
        log.warning("job %s: failed (%s): %s", job.id, cause, sentence)
        fail = partial(self._store.jobs.fail, job.id, self._owner, sentence)
        with suppress(LeaseLostError):
            self._listener.job_failed(await self._as_soon_as_possible(fail, self._queue_outage))

    async def _as_soon_as_possible(self, write: Callable[[], Awaitable[Result]], outage: Outage) -> Result:
        """Write what the storage takes; while it takes nothing, wait instead of throwing the work away.

        Raises:
            StorageUnavailableError: it takes nothing, and the dispatcher stops.
        """
        while True:
            try:
                written = await write()
            except StorageUnavailableError as error:
                if self._stopping.is_set():
                    raise
                await outage.wait(str(error))
            else:
                outage.over()
                return written


class _InterruptedError(Exception):
    """The render was stopped from this side: its job was cancelled, its lease was lost, or the assistant stops."""
