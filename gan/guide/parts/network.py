"""The network that finds a garment's parts: the mask network's body with a head for every part."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from gan.mask.network import MaskNetwork

PARTS = ("left sleeve", "right sleeve", "left leg", "right leg", "left collar", "right collar", "hood")
"""Left and right as the picture shows them."""
MIRRORED = (1, 0, 3, 2, 5, 4, 6)
"""Where each part is in the mirrored picture."""
SHIPPED = Path(__file__).parents[2] / "weights" / "parts.safetensors"
FORMAT = {"network": "gan.guide.parts.network.PartNetwork", "format": "1"}


class PartNetwork(MaskNetwork):
    """Logits of every part, B×7×h×w, from B×7×h×w as `view_inputs` makes them.

    A pixel may belong to no part (the body) but only to one of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(self.head.in_channels, len(PARTS), 3, 1, 1)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def start_from(self, finder: MaskNetwork) -> None:
        """Take over what the mask network knows of garments, all but its head."""
        known = {name: tensor for name, tensor in finder.state_dict().items() if not name.startswith("head.")}
        self.load_state_dict(known, strict=False)

    def hold_first_layers(self) -> None:
        """Keep the layers that see edges and colours as they are: a third of the training's time less."""
        for layers in (self.stem, self.quarter):
            layers.requires_grad_(False)


def save_network(network: PartNetwork, path: Path) -> None:
    """Write the weights as half floats, all at once or not at all."""
    tensors = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, metadata=FORMAT)
    unfinished.replace(path)


def load_network(path: Path = SHIPPED) -> PartNetwork:
    """Read a network ready for use.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the weights are of another network.
    """
    network = PartNetwork()
    network.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return network.eval()
