"""How one worker answers and ends: what it says last must reach whoever reads the log."""

import asyncio
import io
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from gan.request import RenderRequest
from gan.serving.worker import Worker
from gan.serving.worker_process import Patience, WorkerCrashedError, WorkerProcess
from tests.gan.serving.fake_worker import ObedientRenderer

PATIENCE = Patience(start=30, exit=2)


def request(style: str) -> RenderRequest:
    return RenderRequest(Path("garment"), Path(style), Path("out"))


def test_what_no_request_may_hold_is_refused_not_failed():
    answers = io.BytesIO()
    values = {**request("work").to_json(), "variants": 7}
    Worker(io.BytesIO(), answers)._answer(ObedientRenderer(), 1, values)  # type: ignore[arg-type]
    answer = json.loads(answers.getvalue())
    assert answer == {"kind": "refused", "id": 1, "sentence": "A render has 1 to 4 variants, not 7."}


@pytest.mark.parametrize("ending", ["sys.exit(3)", "time.sleep(60)"], ids=["exits", "stays"])
async def test_a_worker_that_closes_its_output_keeps_its_status_and_last_words(ending):
    """Killed at once it would lose them; one that stays is killed all the same."""
    script = "import os, sys, time; os.close(1); time.sleep(0.3); print('last words', file=sys.stderr); " + ending
    status = 3 if "exit" in ending else -signal.SIGKILL
    with pytest.raises(WorkerCrashedError, match=f"status {status}: last words"):
        await WorkerProcess.start([sys.executable, "-S", "-c", script], PATIENCE)


async def test_a_process_that_a_worker_leaves_behind_holds_nothing_up(tmp_path):
    """It has inherited the worker's log, which so does not end with the worker."""
    script = f"""
import pathlib, subprocess, sys
from tests.gan.serving.fake_worker import main
left = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], stdout=sys.stderr)
pathlib.Path({str(tmp_path / "left")!r}).write_text(str(left.pid))
main()
"""
    worker = await WorkerProcess.start([sys.executable, "-c", script], PATIENCE)
    try:
        with pytest.raises(WorkerCrashedError, match="status -9"):
            await asyncio.wait_for(worker.render(request("crash"), lambda _: None), 5)
        await asyncio.wait_for(worker.stop(), 5)
    finally:
        os.kill(int((tmp_path / "left").read_text()), signal.SIGKILL)
        await asyncio.sleep(0.2)
