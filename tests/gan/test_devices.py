import os
import subprocess
import sys

import pytest
import torch

import gan.devices
from gan.devices import available_cores, available_devices, choose_compute, device_answers
from gan.request import RenderError

THREADS_OF_A_RENDERER = """
from threadpoolctl import threadpool_info
from gan.rendering.renderer import Renderer

renderer = Renderer("cpu")
print(max((it["num_threads"] for it in threadpool_info() if it["user_api"] == "blas"), default=1))
renderer.close()
"""


def test_numpy_multiplies_on_one_core_where_variants_are_drawn():
    """In a process of its own: another test may have limited this one's threads already."""
    run = subprocess.run(
        [sys.executable, "-c", THREADS_OF_A_RENDERER],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "1"


def test_threads_are_the_cores_unless_told_otherwise():
    assert choose_compute("cpu").threads == min(available_cores(), 8)
    assert choose_compute("cpu", 3).threads == 3


@pytest.mark.parametrize("name", ["cuda:77", "toaster"])
def test_a_device_that_is_missing_is_named_beside_those_there_are(name):
    with pytest.raises(RenderError, match=f"no device “{name}” that works; it has .*cpu"):
        choose_compute(name)


class TwoGpus:
    """A machine with two GPUs of which only the second multiplies bfloat16."""

    def __init__(self, monkeypatch):
        self.current = 0
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
        monkeypatch.setattr(torch.cuda, "current_device", lambda: self.current)
        monkeypatch.setattr(torch.cuda, "set_device", self.set_current)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: self.current == 1)
        monkeypatch.setattr(gan.devices, "_compute_on", lambda device: None)

    def set_current(self, device):
        self.current = torch.device(device).index


@pytest.mark.parametrize(
    ("name", "index", "dtype"),
    [("cuda:0", 0, torch.float32), ("cuda:1", 1, torch.bfloat16), ("auto", 0, torch.float32)],
)
def test_the_gpu_that_is_chosen_is_the_one_that_is_used_and_asked(monkeypatch, name, index, dtype):
    gpus = TwoGpus(monkeypatch)
    compute = choose_compute(name)
    assert (compute.device, compute.dtype, gpus.current) == (torch.device("cuda", index), dtype, index)


def test_a_gpu_without_a_number_gets_the_current_ones(monkeypatch):
    TwoGpus(monkeypatch).current = 1
    assert choose_compute("cuda").device == torch.device("cuda", 1)


def test_mps_is_never_chosen_unasked(monkeypatch):
    """Parts of rendering need float64, which it lacks."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_compute().device == torch.device("cpu")
    assert available_devices() == ["cpu"]


@pytest.mark.parametrize(
    ("error", "answers"),
    [
        (torch.AcceleratorError("CUDA error: an illegal memory access was encountered"), False),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), False),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
    ],
)
def test_a_full_device_answers_and_a_lost_one_does_not(monkeypatch, error, answers):
    assert device_answers(torch.device("cpu"))

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(torch, "ones", fail)
    assert device_answers(torch.device("cpu")) is answers
