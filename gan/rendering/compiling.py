"""`torch.compile` for servers that render all day: minutes of start-up for fewer and larger kernels."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gan.devices import Compute
from gan.networks.generator import Generator


def compile_generator(generator: Generator, compute: Compute, shapes: int) -> None:
    """Compile both networks of a generator in place, on a GPU into CUDA graphs.

    Only the networks: the arithmetic around them depends on each picture's size.

    Args:
        generator: what is compiled; each shape of its inputs is when it first comes.
        compute: its device.
        shapes: how many shapes will come. More are run uncompiled, and so would be the later ones of these where
            PyTorch's own limit is lower.
    """
    mode = "reduce-overhead" if compute.is_cuda else "default"
    for network in (generator.garment, generator.guide):
        compiled = torch.compile(  # type: ignore[call-overload]  # its overloads know neither limit nor isolation
            network.forward, mode=mode, dynamic=False, recompile_limit=shapes, isolate_recompiles=True
        )
        _replace_forward(network, compiled)


def _replace_forward(network: nn.Module, compiled: Callable[..., Any]) -> None:
    @functools.wraps(network.forward)
    def forward(*inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        outputs = compiled(*inputs)
        # A CUDA graph writes its next outputs into the same memory; ours are kept for all variants.
        return outputs.clone() if isinstance(outputs, Tensor) else tuple(output.clone() for output in outputs)

    network.forward = forward
