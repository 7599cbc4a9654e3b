"""One worker as the bot sees it: a child process that answers JSON lines and may die, hang or talk nonsense."""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gan.request import Progress, ProgressCallback, RenderError, RenderRequest, RenderResult
from gan.serving.messages import FINAL, LONGEST_LINE, Kind, decode, encode

logger = logging.getLogger(__name__)

WORKER_COMMAND = (sys.executable, "-m", "gan.serving.worker")
LAST_WORDS_SECONDS = 1.0
"""Until what an ended worker has written is read; a process that it started may hold its log open for longer."""


class WorkerCrashedError(Exception):
    """The process that rendered the request died; the request may be tried again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait before a worker counts as lost.

    Attributes:
        start: until it has loaded its networks.
        silence: between two signs of life; it gives one every two seconds.
        stall: between two steps of a render.
        cancel: until it has let go of a cancelled render.
        exit: until it has exited after its input was closed.
    """

    start: float = 180.0
    silence: float = 30.0
    stall: float = 180.0
    cancel: float = 5.0
    exit: float = 5.0


@dataclass(slots=True)
class _Task:
    """The render that a worker is busy with."""

    number: int
    on_progress: ProgressCallback
    answer: asyncio.Future[tuple[Kind, dict[str, Any]]]
    last_step: float


class WorkerProcess:
    """A running worker. Make one with `start`; it renders one request at a time."""

    def __init__(self, process: Process, patience: Patience) -> None:
        self._process, self._patience = process, patience
        self._numbers = itertools.count(1)
        self._task: _Task | None = None
        self._ready: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self._last_sign = asyncio.get_running_loop().time()
        self._last_words = ""
        self._ended: asyncio.Future[WorkerCrashedError] = asyncio.get_running_loop().create_future()
        self._log = asyncio.create_task(self._forward_log())
        self._watchers = [self._log, *(asyncio.create_task(work) for work in (self._listen(), self._watch()))]

    @classmethod
    async def start(cls, command: Sequence[str], patience: Patience) -> WorkerProcess:
        """Start a worker and wait until it has loaded its networks.

        Raises:
            WorkerCrashedError: it did not come up; the message holds its last words.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LONGEST_LINE
            )
        except OSError as error:
            raise WorkerCrashedError(f"the worker could not be started: {error}") from error
        worker = cls(process, patience)
        try:
            async with asyncio.timeout(patience.start):
                await asyncio.shield(worker._ready)
        except TimeoutError:
            await worker.kill()
            raise WorkerCrashedError(f"the worker was not ready after {patience.start:g} s") from None
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can take a request."""
        return not self._ended.done()

    @property
    def devices(self) -> list[str]:
        """The devices of this machine that could each feed a worker, once it is ready."""
        return self._ready.result()

    async def ended(self) -> WorkerCrashedError:
        """Wait until the process has ended; return its status and last words."""
        return await asyncio.shield(self._ended)

    async def render(self, request: RenderRequest, on_progress: ProgressCallback) -> RenderResult:
        """Render one request; cancelling this call stops the render, if need be by killing the process.

        Raises:
            RenderError: the request cannot be rendered.
            WorkerCrashedError: the process died or hung.
        """
        loop = asyncio.get_running_loop()
        task = self._task = _Task(next(self._numbers), on_progress, loop.create_future(), loop.time())
        try:
            await self._send(Kind.RENDER, id=task.number, request=request.to_json())
            kind, values = await asyncio.shield(task.answer)
        except asyncio.CancelledError:
            # In a task of its own: inside a cancelled task, time limits do not end before Python 3.11.3.
            await asyncio.create_task(self._abandon(task))
            raise
        finally:
            self._task = None
        return _result(kind, values)

    async def stop(self) -> None:
        """Let the process exit by closing its input; kill it when it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(self._patience.exit):
                await self.ended()
        except TimeoutError:
            await self.kill()
        for watcher in self._watchers:
            watcher.cancel()  # one would read on for as long as a process that the worker started holds its log open
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def kill(self) -> None:
        """End the process at once."""
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def _send(self, kind: Kind, **values: Any) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(encode(kind, **values))
            await self._process.stdin.drain()
        except (ConnectionError, RuntimeError) as error:
            await self.kill()
            raise WorkerCrashedError("the worker closed its input") from error

    async def _abandon(self, task: _Task) -> None:
        """Ask the worker to drop a render, and kill it when it does not listen."""
        try:
            async with asyncio.timeout(self._patience.cancel):
                await self._send(Kind.CANCEL, id=task.number)
                await asyncio.wait([task.answer])
        except (TimeoutError, WorkerCrashedError, asyncio.CancelledError):
            # Cancelled once more means: at once. A worker still busy with a dropped render must not get another.
            logger.warning("worker %d did not let go of a cancelled render and is killed", self.pid)
            await self.kill()
        finally:
            if not task.answer.done():
                task.answer.cancel()
            elif not task.answer.cancelled():
                task.answer.exception()  # it was of interest to nobody but must not be reported as forgotten

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._last_sign = asyncio.get_running_loop().time()
                self._take(line)
            # Left to end by itself: to kill a process that has just ended takes its status from asyncio.
            async with asyncio.timeout(self._patience.exit):
                await self._process.wait()
        except ValueError:
            logger.error("worker %d wrote a line of more than %d bytes and is killed", self.pid, LONGEST_LINE)
        except TimeoutError:
            logger.error("worker %d closed its output but did not end and is killed", self.pid)
        finally:
            if self._process.returncode is None:
                self._process.kill()
            status = await self._process.wait()
            await asyncio.wait([self._log], timeout=LAST_WORDS_SECONDS)
            self._end(status)

    def _take(self, line: bytes) -> None:
        match decode(line):
            case (Kind.ALIVE, _):
                pass
            case (Kind.READY, {"devices": list(devices)}) if not self._ready.done():
                self._ready.set_result(devices)
            case (Kind.PROGRESS, {"id": number, "done": int(done), "total": int(total), "stage": str(stage)}):
                self._report(number, Progress(done, total, stage))
            case (kind, {"id": number, **values}) if kind in FINAL:
                self._finish(number, kind, values)
            case _:
                logger.warning("worker %d wrote something that is no message: %.200r", self.pid, line)

    def _report(self, number: int, progress: Progress) -> None:
        task = self._task
        if task is None or task.number != number:
            return
        task.last_step = asyncio.get_running_loop().time()
        try:
            task.on_progress(progress)
        except Exception:
            logger.exception("the progress of render %d could not be shown", number)

    def _finish(self, number: int, kind: Kind, values: dict[str, Any]) -> None:
        task = self._task
        if task is not None and task.number == number and not task.answer.done():
            task.answer.set_result((kind, values))

    async def _forward_log(self) -> None:
        """Repeat what the worker logs, at its own level where the line names one."""
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:  # a line longer than the buffer: what was read so far is dropped
                continue
            if not line:
                return
            self._last_words = text = line.decode(errors="replace").rstrip()
            level, _, message = text.partition(" ")
            number = logging.getLevelNamesMapping().get(level)
            logger.log(number or logging.INFO, "worker %d: %s", self.pid, message if number else text)

    async def _watch(self) -> None:
        """Kill the process when it gives no sign of life, or a render no step, for too long."""
        loop = asyncio.get_running_loop()
        pause = min(1.0, self._patience.silence / 4, self._patience.stall / 4)
        while self.alive:
            slept = loop.time()
            await asyncio.sleep(pause)
            if loop.time() - slept > pause + 1:
                continue  # our own loop was held up: hear first what the worker said meanwhile
            silence = loop.time() - self._last_sign
            stall = loop.time() - self._task.last_step if self._task is not None else 0.0
            if silence > self._patience.silence or stall > self._patience.stall:
                logger.error("worker %d hangs (silent %.0f s, no step %.0f s) and is killed", self.pid, silence, stall)
                self._process.kill()
                return

    def _end(self, status: int) -> None:
        error = WorkerCrashedError(f"the worker ended with status {status}: {self._last_words or 'no last words'}")
        self._ended.set_result(error)
        if not self._ready.done():
            self._ready.set_exception(error)
            self._ready.exception()  # counts as seen: whoever started the worker may have been cancelled
        if self._task is not None and not self._task.answer.done():
            self._task.answer.set_exception(error)


def _result(kind: Kind, values: dict[str, Any]) -> RenderResult:
    if kind is Kind.REFUSED:
        raise RenderError(str(values.get("sentence")))
    if kind is not Kind.RESULT:
        raise WorkerCrashedError(str(values.get("cause", kind)))
    try:
        return RenderResult.from_json(values["result"])
    except (KeyError, TypeError, ValueError) as error:
        raise WorkerCrashedError("the worker's result could not be read") from error
