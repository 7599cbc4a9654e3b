"""Claims jobs, hands them to the render pool, records what comes back. Knows neither Discord nor tensors."""

from __future__ import annotations

import asyncio
import logging
import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.errors import CRASHED, explain
from bot.rendering import new_render, render_request
from bot.settings import Settings
from gan.pool import RenderPool, WorkerCrashedError
from gan.request import Progress, RenderError, RenderResult
from storage import ImageError, LeaseLostError, StorageError, Store
from storage.models import Job, JobStatus

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0
"""How often the queue is looked at without being told, for leases that ran out and jobs of another process."""
TROUBLE_SECONDS = 5.0
TIMED_OUT = "The render took too long and was stopped; please try fewer variants or a smaller picture."
UNRENDERABLE = "The picture could not be rendered for a reason that is not yours; it is logged for the operator."
INTERRUPTED = "The assistant was stopped while it rendered."


class JobListener(Protocol):
    """Who wants to know how jobs go. Every method returns at once."""

    def job_started(self, job: Job) -> None:
        """The job was claimed and renders."""

    def job_progressed(self, job_id: str, progress: Progress) -> None:
        """The render took a step."""

    def job_requeued(self, job: Job) -> None:
        """The render was interrupted and the job waits again."""

    def job_rendered(self, job_id: str) -> None:
        """The render is recorded and wants to be delivered."""

    def job_failed(self, job: Job) -> None:
        """No further attempt will be made and the member wants to be told."""


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
        self._stopping = False
        self._renders: dict[str, asyncio.Task[RenderResult]] = {}
        self._folder = settings.data_dir / "rendering"

    def wake(self) -> None:
        """Look at the queue now: a job was submitted."""
        self._work.set()

    def interrupt(self, job_id: str) -> None:
        """Stop rendering a job that was cancelled; does nothing when it does not render here."""
        if task := self._renders.get(job_id):
            task.cancel()

    async def run(self) -> None:
        """Take over what a predecessor left, start the pool and work until `stop`."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for job in await self._store.jobs.release_others(self._owner, INTERRUPTED):
            log.warning("job %s: taken over from a process that is gone; it is %s", job.id, job.status)
            self._tell_released(job)
        await self._start_pool()
        async with asyncio.TaskGroup() as slots:
            for _ in range(self._pool.capacity):
                slots.create_task(self._serve())

    async def stop(self, grace_seconds: float) -> None:
        """Claim nothing more, let running renders finish within the grace, give the rest back to the queue."""
        self._stopping = True
        self._work.set()
        running = list(self._renders.values())
        if running:
            await asyncio.wait(running, timeout=grace_seconds)
        for task in running:
            task.cancel()

    async def _start_pool(self) -> None:
        while not self._stopping:
            try:
                await self._pool.start()
                return
            except Exception as error:
                log.error("the render pool does not start (%s); next try in %d s", error, TROUBLE_SECONDS)
                await asyncio.sleep(TROUBLE_SECONDS)

    async def _serve(self) -> None:
        while not self._stopping:
            try:
                if not await self._serve_one():
                    await self._wait_for_work()
            except Exception as error:
                log.error("the queue cannot be served (%s); next try in %d s", explain(error).cause, TROUBLE_SECONDS)
                log.debug("what failed", exc_info=error)
                await asyncio.sleep(TROUBLE_SECONDS)

    async def _wait_for_work(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._work.wait(), IDLE_SECONDS)
        if not self._stopping:
            self._work.clear()

    async def _serve_one(self) -> bool:
        job = await self._store.jobs.claim(self._owner, self._settings.lease_seconds)
        if job is None:
            for exhausted in await self._store.jobs.fail_exhausted():
                self._listener.job_failed(exhausted)
            return False
        # Another slot may find work too: one wake-up can stand for many jobs.
        self._work.set()
        await self._attempt(job)
        return True

    async def _attempt(self, job: Job) -> None:
        log.info("job %s: attempt %d starts", job.id, job.attempts)
        self._listener.job_started(job)
        folder = self._folder / job.id
        try:
            result = await self._render(job, folder)
            await self._record(job, result)
        except _InterruptedError:
            await self._put_back(job)
        except LeaseLostError as error:
            log.warning("%s", error)
        except WorkerCrashedError as error:
            log.warning("job %s: the worker crashed (%s)", job.id, error)
            await self._release(job, CRASHED)
        except TimeoutError:
            await self._fail(job, TIMED_OUT, f"no result after {self._settings.render_timeout_seconds:.0f} s")
        except RenderError as error:
            await self._fail(job, str(error), "the renderer refused it")
        except (ImageError, OSError) as error:
            await self._fail(job, UNRENDERABLE, f"{type(error).__name__}: {error}")
        except Exception:
            log.exception("job %s: an attempt ended in a way that nobody foresaw", job.id)
            await self._release(job, UNRENDERABLE)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _render(self, job: Job, folder: Path) -> RenderResult:
        request = await render_request(job, self._store.images, folder, self._settings.render_size)
        report = partial(self._listener.job_progressed, job.id)
        limited = asyncio.wait_for(self._pool.render(request, report), self._settings.render_timeout_seconds)
        render = self._renders[job.id] = asyncio.create_task(limited, name=f"render {job.id}")
        lease = asyncio.create_task(self._keep_lease(job, render), name=f"lease {job.id}")
        try:
            # Waiting instead of awaiting: a cancelled render must not look like this slot being cancelled.
            await asyncio.wait({render})
        finally:
            lease.cancel()
            render.cancel()
            del self._renders[job.id]
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
        render = await new_render(result, self._store.images)
        await self._store.jobs.complete(job.id, self._owner, render)
        log.info("job %s: %d variants rendered in %.1f s", job.id, len(render.variants), render.seconds)
        self._listener.job_rendered(job.id)

    async def _release(self, job: Job, reason: str) -> None:
        with suppress(LeaseLostError):
            self._tell_released(await self._store.jobs.release(job.id, self._owner, reason))

    async def _put_back(self, job: Job) -> None:
        with suppress(LeaseLostError):
            self._listener.job_requeued(await self._store.jobs.put_back(job.id, self._owner))

    def _tell_released(self, job: Job) -> None:
        if job.status is JobStatus.FAILED:
            log.error("job %s: given up after %d attempts", job.id, job.attempts)
            self._listener.job_failed(job)
        else:
            self._listener.job_requeued(job)

    async def _fail(self, job: Job, sentence: str, cause: str) -> None:
        log.warning("job %s: failed (%s): %s", job.id, cause, sentence)
        with suppress(LeaseLostError):
            self._listener.job_failed(await self._store.jobs.fail(job.id, self._owner, sentence))


class _InterruptedError(Exception):
    """The render was stopped from this side: its job was cancelled, its lease was lost, or the assistant stops."""
