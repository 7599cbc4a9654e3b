"""One process or several: `torchrun --nproc-per-node N -m bot train …` sets the environment, this reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True, slots=True)
class Team:
    """The processes of a run; `rank` 0 writes the files."""

    rank: int = 0
    processes: int = 1
    local_rank: int = 0

    @property
    def leads(self) -> bool:
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
        """Average gradients of a network that is not wrapped (the critics, whose steps are several forwards)."""
        if self.processes == 1:
            return
        for parameter in network.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            distributed.all_reduce(parameter.grad)
            parameter.grad /= self.processes

    def any_of(self, flag: bool, device: torch.device) -> bool:
        """Return whether the flag is set in any process, so that all stop, or roll back, together."""
        if self.processes == 1:
            return flag
        value: Tensor = torch.tensor(float(flag), device=device if device.type == "cuda" else "cpu")
        distributed.all_reduce(value, op=distributed.ReduceOp.MAX)
        return bool(value.item())

    def wait(self) -> None:
        """Wait for the other processes."""
        if self.processes > 1:
            distributed.barrier()


@contextmanager
def join_team() -> Iterator[Team]:
    """Join the processes that torchrun started (gloo on CPUs, NCCL on GPUs); alone, return a team of one."""
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if processes == 1:
        yield Team()
        return
    distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Team(distributed.get_rank(), processes, int(os.environ.get("LOCAL_RANK", "0")))
    finally:
        distributed.destroy_process_group()
