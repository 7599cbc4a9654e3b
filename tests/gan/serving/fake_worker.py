"""The real worker around a renderer that obeys the request's style name: `python -m tests.gan.serving.fake_worker`."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

from gan.request import Mode, Progress, ProgressCallback, RenderError, RenderRequest, RenderResult, StyleUse, Variant
from gan.serving.worker import Worker, claim_standard_output


class ObedientRenderer:
    """Crashes, hangs, talks or works, as the name of the style says."""

    compute = SimpleNamespace(device="cpu")
    lost = False

    def answers(self) -> bool:
        return not self.lost

    def render(self, request: RenderRequest, on_progress: ProgressCallback) -> RenderResult:
        on_progress(Progress(0, 2, "begun"))
        getattr(self, request.style.name)(on_progress)
        on_progress(Progress(2, 2, "done"))
        variant = Variant(request.output / "one.png", Mode.PRINT, 1.5, 45.0, request.seed, 30, 40)
        return RenderResult((variant,), request.output / "mask.png", StyleUse.CLOTH, "Not sure.", 0.25)

    def work(self, on_progress: ProgressCallback) -> None:
        on_progress(Progress(1, 2, "half"))

    def crash(self, _: ProgressCallback) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def freeze(self, _: ProgressCallback) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def hang(self, on_progress: ProgressCallback) -> None:
        # A cancel that comes while this very step is reported must not be heard either.
        with contextlib.suppress(BaseException):
            on_progress(Progress(1, 2, "hanging"))
        time.sleep(600)

    def slow(self, on_progress: ProgressCallback) -> None:
        while True:
            time.sleep(0.02)
            on_progress(Progress(1, 2, "slow"))

    def refuse(self, _: ProgressCallback) -> None:
        raise RenderError("That is no garment.")

    def fail(self, _: ProgressCallback) -> None:
        raise ValueError("a fault of ours")

    def lose_device(self, _: ProgressCallback) -> None:
        self.lost = True
        raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with advice.")

    def talk(self, _: ProgressCallback) -> None:
        print("{'kind': 'result'}", flush=True)
        os.write(1, b'{"kind":"result","id":1}\n' + b"\xff\xfe" * 9000 + b"\n")
        subprocess.run(["echo", '{"kind":"ready","devices":[]}'], check=True)
        logging.getLogger("native.library").error("something native")


def main() -> None:
    """Serve like `gan.serving.worker.main`, without loading anything."""
    worker = Worker(sys.stdin.buffer, claim_standard_output())
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.listen()
    worker.serve(ObedientRenderer(), ["cpu"])  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
