"""The network that finds a garment's parts: the mask network's body with a head for every part."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from gan import shipped
from gan.mask.network import MaskNetwork
from gan.mask.weights import read_network

PARTS = ("left sleeve", "right sleeve", "left leg", "right leg", "left collar", "right collar", "hood")
"""Left and right as the picture shows them."""
MIRRORED = (1, 0, 3, 2, 5, 4, 6)
"""Where each part is in the mirrored picture."""
SHIPPED = shipped.PARTS


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


def load_network(path: Path = SHIPPED) -> PartNetwork:
    """Read the part network ready for use; errors as in `gan.mask.weights.read_network`."""
    return read_network(PartNetwork(), path)
