"""Where renders run. The bot knows only `RenderPool`; a cluster back end can implement it without the bot noticing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gan.request import ProgressCallback, RenderRequest, RenderResult
from gan.serving.worker_process import WORKER_COMMAND, Patience, WorkerCrashedError, WorkerProcess

__all__ = ["Patience", "ProcessPool", "RenderPool", "WorkerCrashedError"]

logger = logging.getLogger(__name__)

BACK_OFF = (0.0, 1.0, 5.0, 15.0, 60.0)
"""Seconds to wait before a worker is started again, after each death in a row."""
STEADY_SECONDS = 60.0
"""A worker that lived this long died for a reason of its own: the next one need not wait."""
WORKER_NICENESS = 10
LOADING_SECONDS = 180.0
COMPILING_SECONDS = 900.0


class RenderPool(Protocol):
    """Renders requests outside the caller's process."""

    @property
    def capacity(self) -> int:
        """How many requests can render at the same time."""

    async def start(self) -> None:
        """Start the workers; returns once they can take requests."""

    async def render(self, request: RenderRequest, on_progress: ProgressCallback) -> RenderResult:
        """Render one request.

        Cancelling the awaiting task stops the render.

        Raises:
            RenderError: the request cannot be rendered; its message is for the person who asked.
            WorkerCrashedError: the worker died under it, none could be started, or the pool was closed.
        """

    async def close(self) -> None:
        """Stop the workers."""


class ProcessPool:
    """Worker processes on this machine: one for each GPU, or one on the CPU. A worker that dies is replaced."""

    def __init__(
        self,
        device: str = "auto",
        *,
        weights: Path | None = None,
        threads: int | None = None,
        niceness: int = WORKER_NICENESS,
        compiled: bool = False,
        command: Sequence[str] = WORKER_COMMAND,
        patience: Patience | None = None,
    ) -> None:
        """Describe the workers; `start` starts them.

        Args:
            device: "auto" for all GPUs or else the CPU, or one torch device's name.
            weights: the generator's; None takes the shipped ones.
            threads: of each worker; None takes all cores.
            compiled: compile the generator when a worker starts, which pays on a server.
            niceness: by how much the workers' priority is lowered, so that chat stays prompt on the same cores.
            command: how a worker is started.
            patience: when a worker counts as lost.
        """
        self._device, self._patience = (
            device,
            patience or Patience(start=COMPILING_SECONDS if compiled else LOADING_SECONDS),
        )
        self._command = [*command, "--nice", str(niceness)]
        self._command += ["--weights", str(weights)] if weights is not None else []
        self._command += ["--threads", str(threads)] if threads is not None else []
        self._command += ["--compile"] if compiled else []
        self._idle: asyncio.Queue[WorkerProcess | None] = asyncio.Queue()  # None stands for the pool's end
        self._workers: set[WorkerProcess] = set()
        self._last_death = 0.0
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def capacity(self) -> int:
        """How many requests can render at the same time."""
        return max(1, len(self._keepers))

    async def start(self) -> None:
        """Start the workers; the first one says how many this machine can feed.

        Raises:
            WorkerCrashedError: the first worker does not come up.
        """
        first = await self._start_worker(self._device)
        devices = first.devices if self._device == "auto" else [self._device]
        for device in devices:
            known = first if device == devices[0] else None
            self._keepers.append(asyncio.create_task(self._keep(device, known), name=f"render worker on {device}"))
        logger.info("rendering on %s", ", ".join(devices))

    async def render(self, request: RenderRequest, on_progress: ProgressCallback) -> RenderResult:
        """Render one request on the next idle worker; see `RenderPool.render`."""
        worker = await self._next_worker()
        try:
            return await worker.render(request, on_progress)
        finally:
            if worker.alive:
                self._idle.put_nowait(worker)

    async def close(self) -> None:
        """Stop the workers; renders under way, and those that wait for a worker, end with `WorkerCrashedError`."""
        self._idle.put_nowait(None)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers.clear()
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._workers.clear()

    async def _next_worker(self) -> WorkerProcess:
        """Wait while workers are busy; once the last one has died, for as long as a pause and a start may take."""
        loop = asyncio.get_running_loop()
        begun, revival = loop.time(), BACK_OFF[-1] + self._patience.start

        def deadline() -> float:
            alive = any(worker.alive for worker in self._workers)
            return (loop.time() if alive else max(begun, self._last_death)) + revival

        while True:
            try:
                async with asyncio.timeout_at(deadline()):
                    worker = await self._idle.get()
            except TimeoutError:
                if deadline() <= loop.time():
                    raise WorkerCrashedError("no worker could be started") from None
                continue
            if worker is None:
                self._idle.put_nowait(None)  # for the next one that waits
                raise WorkerCrashedError("the workers were stopped")
            if worker.alive:
                return worker

    async def _start_worker(self, device: str) -> WorkerProcess:
        worker = await WorkerProcess.start([*self._command, "--device", device], self._patience)
        logger.info("worker %d is ready on %s", worker.pid, device)
        self._workers.add(worker)
        return worker

    async def _keep(self, device: str, worker: WorkerProcess | None) -> None:
        """Keep one worker running on a device, slower and slower when it keeps dying."""
        loop = asyncio.get_running_loop()
        deaths = 0
        while True:
            lived = 0.0
            try:
                worker = worker or await self._start_worker(device)
                ready = loop.time()
                self._idle.put_nowait(worker)
                end = await worker.ended()
                self._workers.discard(worker)
                self._last_death = loop.time()
                lived = self._last_death - ready
            except WorkerCrashedError as error:
                end = error
            worker = None
            deaths = 1 if lived > STEADY_SECONDS else deaths + 1
            pause = BACK_OFF[min(deaths, len(BACK_OFF)) - 1]
            logger.error("no worker on %s (%d in a row); starting another in %g s: %s", device, deaths, pause, end)
            await asyncio.sleep(pause)
