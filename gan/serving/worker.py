"""The render process: `python -m gan.serving.worker` reads requests from standard input and answers on standard output.

See `gan.serving.messages` for what is said. Everything else that is printed, also by native libraries, goes to
standard error.
"""

from __future__ import annotations

import argparse
import logging
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gan.request import Progress, RenderError, RenderRequest
from gan.serving.messages import HEARTBEAT_SECONDS, Kind, decode, encode

if TYPE_CHECKING:
    from gan.rendering.renderer import Renderer

DEVICE_LOST = 70
"""Exit status of a worker whose device no longer computes; `sysexits.h` calls it an internal error."""

logger = logging.getLogger("gan.serving.worker")


class RenderCancelledError(Exception):
    """The bot no longer wants the render."""


class Worker:
    """Answers requests one after the other; cancels and the end of input are heard in between."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests, self._answers = requests, answers
        self._writing = threading.Lock()
        self._waiting: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def listen(self) -> None:
        """Start to listen and to give signs of life, in threads of their own."""
        threading.Thread(target=self._hear, name="requests", daemon=True).start()
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def serve(self, renderer: Renderer, devices: list[str]) -> None:
        """Render whatever is asked for, until the process is told to exit."""
        self._say(Kind.READY, device=str(renderer.compute.device), devices=devices)
        while True:
            self._answer(renderer, *self._waiting.get())

    def _answer(self, renderer: Renderer, number: int, request: dict[str, Any]) -> None:
        def report(progress: Progress) -> None:
            if number in self._cancelled:
                raise RenderCancelledError
            self._say(Kind.PROGRESS, id=number, done=progress.done, total=progress.total, stage=progress.stage)

        try:
            result = renderer.render(RenderRequest.from_json(request), report)
            self._say(Kind.RESULT, id=number, result=result.to_json())
        except RenderCancelledError:
            self._say(Kind.CANCELLED, id=number)
        except RenderError as error:
            logger.warning("render %d refused: %s", number, error, exc_info=error.__cause__)
            self._say(Kind.REFUSED, id=number, sentence=str(error))
        except Exception as error:
            logger.exception("render %d failed", number)
            if not renderer.answers():
                # Without an answer: after one the bot would ask this worker for the next render before it has ended.
                device = renderer.compute.device
                logger.critical("%s is lost (%s): this worker ends, for another to start", device, _in_one_line(error))
                os._exit(DEVICE_LOST)
            self._say(Kind.FAILED, id=number, cause=_in_one_line(error))
        finally:
            self._cancelled.discard(number)

    def _hear(self) -> None:
        for line in self._requests:
            match decode(line):
                case (Kind.RENDER, {"id": int(number), "request": dict(request)}):
                    self._waiting.put((number, request))
                case (Kind.CANCEL, {"id": int(number)}):
                    self._cancelled.add(number)
                case _:
                    logger.warning("not a message: %.200r", line)
        # Input ends when the bot closes it or dies: nobody waits for an answer, so a running render is left too.
        os._exit(0)

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(HEARTBEAT_SECONDS):
            self._say(Kind.ALIVE)

    def _say(self, kind: Kind, **values: Any) -> None:
        try:
            with self._writing:
                self._answers.write(encode(kind, **values))
                self._answers.flush()
        except OSError:
            os._exit(0)


def _in_one_line(error: Exception) -> str:
    """Return an error's kind and first line; CUDA's go on for several with advice."""
    first, _, _ = str(error).partition("\n")
    return f"{type(error).__name__}: {first}"


def claim_standard_output() -> BinaryIO:
    """Return a private stream to standard output, and let everything that is printed go to standard error."""
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return private


def main(arguments: list[str] | None = None) -> None:
    """Run a worker until its standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m gan.serving.worker", description=main.__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--nice", type=int, default=0, help="lower the priority by this much")
    parser.add_argument("--compile", action="store_true", help="compile the generator (for servers)")
    options = parser.parse_args(arguments)

    answers = claim_standard_output()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # Ctrl-C in a terminal reaches the whole group; the bot decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if options.nice and hasattr(os, "nice"):
        os.nice(options.nice)
    worker = Worker(sys.stdin.buffer, answers)
    worker.listen()
    renderer, devices = _load(options)
    worker.serve(renderer, devices)


def _load(options: argparse.Namespace) -> tuple[Renderer, list[str]]:
    """Load the networks after the first sign of life: importing torch takes seconds."""
    from gan.devices import available_devices
    from gan.rendering.renderer import Renderer
    from gan.shipped import GENERATOR

    renderer = Renderer(options.device, options.weights or GENERATOR, options.threads, compiled=options.compile)
    renderer.warm_up()
    return renderer, available_devices()


if __name__ == "__main__":
    main()
