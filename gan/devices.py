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
        device: where the networks run.
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
    """Choose device, precision and threads.

    Args:
        device: "auto", "cpu", "cuda", "cuda:1", "mps" …
        threads: the most threads to use; None takes the cores this process may run on.

    Raises:
        RenderError: this machine has no such device.
    """
    chosen = torch.device(_best_device()) if device == AUTO else _checked(device)
    return Compute(chosen, _best_dtype(chosen), max(1, threads or min(available_cores(), MOST_THREADS)))


def available_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_devices() -> list[str]:
    """Return one device name for each worker that this machine can feed: its GPUs, else its CPU."""
    gpus = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    return gpus or [_best_device()]


def use_single_threaded_operators() -> None:
    """Let each operator run on one core in this thread.

    Variants are drawn side by side in threads, which uses the cores better than splitting small operators does, and
    makes the bytes of a picture independent of the number of cores.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
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


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda:0"
    if torch.backends.mps.is_available():
        return "mps"
    return CPU


def _checked(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        known = ", ".join([AUTO, CPU, *(found for found in available_devices() if found != CPU)])
        raise RenderError(f"This machine has no device “{name}”; it has {known}.") from error
    return device


def _best_dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    if device.type == CPU and _cpu_multiplies_bfloat16():
        return torch.bfloat16
    return torch.float32


def _cpu_multiplies_bfloat16() -> bool:
    """Whether the CPU has AVX512-BF16 or AMX; emulated bfloat16 is slower than float32."""
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, probe, lambda: False)() for probe in probes)
