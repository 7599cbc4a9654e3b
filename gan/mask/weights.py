"""Files of weights of the mask network, and of networks that share its body."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

from safetensors.torch import load_file

from gan import shipped
from gan.mask.network import MaskNetwork, fused
from gan.tensor_files import write_tensors

SHIPPED = shipped.MASK
FORMAT = "1"

Network = TypeVar("Network", bound=MaskNetwork)


def save_network(network: MaskNetwork, path: Path) -> None:
    """Write the weights as half floats, all at once or not at all."""
    tensors = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    kind = type(network)
    write_tensors(tensors, path, {"network": f"{kind.__module__}.{kind.__name__}", "format": FORMAT})


def load_network(path: Path = SHIPPED) -> MaskNetwork:
    """Read the mask network ready for use; errors as in `read_network`."""
    return read_network(MaskNetwork(), path)


@cache
def shipped_network() -> MaskNetwork:
    """Return the shipped mask network as renders use it, read once and fused."""
    return fused(load_network())


def read_network(network: Network, path: Path) -> Network:
    """Give a network the weights of a file and return it ready for use.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the weights are of another network.
    """
    network.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return network.eval()
