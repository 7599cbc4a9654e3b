"""A moving average of the generator's weights, which renders better than any one step's weights."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

Network = TypeVar("Network", bound=nn.Module)


def averaged_copy(network: Network) -> Network:
    """Return a frozen copy to average into."""
    return copy.deepcopy(network).requires_grad_(False).eval()


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, images: int, half_life: float, seen: int) -> None:
    """Move the average towards the network.

    Karras et al., "Progressive Growing of GANs" (2018); the half-life is counted in images and ramps up with the
    images seen, so that the average does not keep the initialisation.

    Args:
        average: what `averaged_copy` returned.
        network: the network in training.
        images: images in this step.
        half_life: images after which an old weight counts half.
        seen: images seen in all.
    """
    effective = min(half_life, 0.1 * seen + 1)
    keep = 0.5 ** (images / effective)
    # One call for all: on a GPU a call for each costs as much time as a small network's layers.
    get_ema_multi_avg_fn(keep)(list(average.parameters()), list(network.parameters()), 0)
    for kept, current in zip(average.buffers(), network.buffers(), strict=True):
        kept.copy_(current)
