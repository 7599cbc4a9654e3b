"""Where and how the networks run: device, precision and threads, chosen once for a process."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from functools import cache

import cv2
import torch

from gan.request import RenderError

CPU = "cpu"
AUTO = "auto"
MOST_THREADS = 8
MALLOC_TRIM_THRESHOLD, MALLOC_MMAP_THRESHOLD = -1, -3
"""glibc's names for two of its settings (malloc.h)."""
KEPT_BYTES = 256 << 20
LARGEST_REUSED_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Compute:
    """A process's means of computing.

    Attributes:
        device: where the networks run; a GPU always with its number.
        dtype: the networks' precision; bfloat16 only where the hardware multiplies it natively.
        threads: how many variants may be drawn at the same time.
    """

    device: torch.device
    dtype: torch.dtype
    threads: int

    @property
    def is_cuda(self) -> bool:
        """Whether the networks run on an NVIDIA or ROCm GPU."""
        return self.device.type == "cuda"


def choose_compute(device: str = AUTO, threads: int | None = None) -> Compute:
    """Choose device, precision and threads; a GPU also becomes the calling thread's current one.

    Args:
        device: "auto", "cpu", "cuda", "cuda:1" … Apple's "mps" is taken only when it is named: nobody has tried it.
        threads: the most threads to use; None takes the cores this process may run on.

    Raises:
        RenderError: this machine has no such device, or nothing can be computed on it.
    """
    chosen = _checked(available_devices()[0] if device == AUTO else device)
    make_current(chosen)
    return Compute(chosen, _best_dtype(chosen), max(1, threads or min(available_cores(), MOST_THREADS)))


def make_current(device: torch.device) -> None:
    """Let a GPU be the calling thread's current one; each thread begins with the first, whatever the others use.

    What names no device, pinned memory for one, else goes by the first GPU, and takes memory there in every process.
    """
    if device.type == "cuda":
        torch.cuda.set_device(device)


def device_answers(device: torch.device) -> bool:
    """Say whether a device still computes.

    After an illegal access, a failed assertion or a memory fault on a GPU nothing works on it again in this process,
    and the error may have come out of any call.
    """
    try:
        _compute_on(device)
    except torch.OutOfMemoryError:
        return True  # full, but alive
    except RuntimeError:
        return False
    return True


def available_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_devices() -> list[str]:
    """Return one device name for each worker that this machine can feed: its GPUs, else its CPU."""
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [f"cuda:{index}" for index in range(gpus)] or [CPU]


def work_on_one_core() -> None:
    """Let PyTorch and OpenCV work on one core: for a process beside others that work on theirs."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def use_single_threaded_operators() -> None:
    """Let each operator run on one core in this thread.

    Variants are drawn side by side in threads, which uses the cores better than splitting small operators does, and
    makes the bytes of a picture independent of the number of cores.
    """
    work_on_one_core()
    _use_single_threaded_blas()


@cache
def _use_single_threaded_blas() -> None:
    """Let NumPy multiply on the calling core in this process, for good.

    OpenBLAS's threads go on spinning for a while after each product, on cores that other variants are drawn on: a
    painting's four variants took a quarter longer.
    """
    from threadpoolctl import threadpool_limits  # only rendering needs it; training runs where few packages are

    threadpool_limits(1, "blas")


def keep_freed_memory() -> None:
    """Let this process reuse the memory of freed pictures and features instead of returning it to the system.

    By default glibc gives every large block back and asks for it anew; clearing those pages again takes a sixth of the
    networks' time. Elsewhere this does nothing.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(MALLOC_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(MALLOC_MMAP_THRESHOLD, LARGEST_REUSED_BYTES)


def _checked(name: str) -> torch.device:
    try:
        device = torch.device(name)
        _compute_on(device)
    except (RuntimeError, AssertionError) as error:
        others = [known for known in dict.fromkeys([AUTO, CPU, *available_devices()]) if known != name]
        raise RenderError(f"This machine has no device “{name}” that works; it has {', '.join(others)}.") from error
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def _compute_on(device: torch.device) -> None:
    """Run a kernel and wait for its result, which also brings up errors of work that was under way."""
    torch.ones(1, device=device).add_(1).item()


def _best_dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)  # asks the current one
    else:
        native = device.type == CPU and _cpu_multiplies_bfloat16()
    return torch.bfloat16 if native else torch.float32


def _cpu_multiplies_bfloat16() -> bool:
    """Whether the CPU has AVX512-BF16 or AMX; emulated bfloat16 is slower than float32."""
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, probe, lambda: False)() for probe in probes)
