"""The mask network's file of weights."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file, save_file

from gan.mask.network import MaskNetwork

SHIPPED = Path(__file__).parent.parent / "weights" / "mask.safetensors"
FORMAT = {"network": "gan.mask.network.MaskNetwork", "format": "1"}


def save_network(network: MaskNetwork, path: Path) -> None:
    """Write the weights as half floats, all at once or not at all."""
    tensors = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, metadata=FORMAT)
    unfinished.replace(path)


def load_network(path: Path = SHIPPED) -> MaskNetwork:
    """Read a network ready for use.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the weights are of another network.
    """
    network = MaskNetwork()
    network.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return network.eval()
