"""The random numbers of a run's processes: other ones in each, and the same again after a resume."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

RandomState = dict[str, Tensor]
"""Of torch's generators: "cpu", and "cuda" where the process computes on a GPU."""


def seed_process(seed: int, rank: int) -> None:
    """Seed torch's generators for one process; networks that all processes share are to be initialised before."""
    torch.manual_seed(int(np.random.SeedSequence([seed, rank]).generate_state(1)[0]))


def random_state(device: torch.device) -> RandomState:
    """Return the state of the generators that this process draws from."""
    state = {"cpu": torch.get_rng_state()}
    return state | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def set_random_state(state: RandomState, device: torch.device) -> None:
    """Go back to what `random_state` returned, as far as it knows this process's device."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
