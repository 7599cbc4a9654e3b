"""One process or several: `torchrun --nproc-per-node N -m bot train …` sets the environment, this reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from gan.devices import AUTO

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The processes of a run.

    All must call `any_of`, `gather` and `barrier` in the same order: what depends on a process's own clock or files
    must not decide whether one of them is called.
    """

    rank: int = 0
    processes: int = 1
    local_rank: int = 0

    @property
    def is_main(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def wrap(self, network: nn.Module, device: torch.device) -> nn.Module:
        """Return the network, averaging gradients over the processes where there are several."""
        if self.processes == 1:
            return network
        devices = [device.index] if device.type == "cuda" else None
        # Early phases leave the guide branch's zero-initialised upstream without gradient.
        return DistributedDataParallel(network, device_ids=devices, find_unused_parameters=True)

    def average_gradients(self, network: nn.Module) -> None:
        """Average gradients of a network that is not wrapped (the discriminators, whose steps are several forwards)."""
        if self.processes == 1:
            return
        for parameter in network.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            distributed.all_reduce(parameter.grad)
            parameter.grad /= self.processes

    def any_of(self, *flags: bool) -> list[bool]:
        """Return for each flag whether it is set in any process, so that all act on it together."""
        values = torch.tensor(flags, dtype=torch.uint8)
        if self.processes > 1:
            distributed.all_reduce(values, op=distributed.ReduceOp.MAX)
        return [bool(value) for value in values]

    def gather(self, value: Value) -> list[Value]:
        """Return every process's value, in the order of ranks."""
        values = [value] * self.processes
        if self.processes > 1:
            distributed.all_gather_object(values, value)
        return values

    def barrier(self) -> None:
        """Wait for the other processes."""
        if self.processes > 1:
            distributed.barrier()


@contextmanager
def join_process_group() -> Iterator[ProcessGroup]:
    """Join the processes that torchrun started; alone, return a group of one.

    Tensors on GPUs travel by NCCL; flags and objects stay on the CPU and travel by gloo.
    """
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if processes == 1:
        yield ProcessGroup()
        return
    distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield ProcessGroup(distributed.get_rank(), processes, int(os.environ.get("LOCAL_RANK", "0")))
    finally:
        distributed.destroy_process_group()


def process_device(device: str, group: ProcessGroup) -> str:
    """Return which device a process is to ask `gan.devices.choose_compute` for: of several each takes a GPU of its own.

    Args:
        device: what the run is asked to use; the number of a GPU counts only where there is one process.
        group: the run's processes.
    """
    on_gpus = torch.cuda.is_available() if device == AUTO else device.split(":")[0] == "cuda"
    return f"cuda:{group.local_rank}" if on_gpus and group.processes > 1 else device
