"""`torch.compile` for servers that render all day: minutes of start-up for fewer and larger kernels."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gan.devices import Compute
from gan.generator import Generator


def compile_generator(generator: Generator, compute: Compute) -> None:
    """Compile both networks of a generator in place, on a GPU into CUDA graphs.

    Only the networks: the arithmetic around them depends on each picture's size.
    """
    mode = "reduce-overhead" if compute.is_cuda else "default"
    for network in (generator.garment, generator.guide):
        _replace_forward(network, torch.compile(network.forward, mode=mode, dynamic=False))


def _replace_forward(network: nn.Module, compiled: Callable[..., Any]) -> None:
    @functools.wraps(network.forward)
    def forward(*inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        outputs = compiled(*inputs)
        # A CUDA graph writes its next outputs into the same memory; ours are kept for all variants.
        return outputs.clone() if isinstance(outputs, Tensor) else tuple(output.clone() for output in outputs)

    network.forward = forward
