"""The network that finds the garment."""

import torch

from gan.mask.network import MaskNetwork, fused


def test_a_fused_network_gives_the_same_answers():
    torch.manual_seed(0)
    network = MaskNetwork()
    inputs = torch.randn(4, 7, 64, 48)
    for _ in range(3):
        network(inputs)  # gives the normalisations statistics of their own
    network.eval()
    with torch.inference_mode():
        before = network(inputs)
        after = fused(network)(inputs)
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in network.modules())
    assert torch.allclose(before, after, atol=1e-4)
