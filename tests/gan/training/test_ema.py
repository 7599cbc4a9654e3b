import torch
from torch import nn

from gan.training.ema import averaged_copy, update_average


def test_average_starts_equal_and_frozen():
    network = nn.Linear(3, 2)
    average = averaged_copy(network)
    assert torch.equal(average.weight, network.weight)
    assert not average.weight.requires_grad


def test_old_weights_count_half_after_the_half_life():
    network = nn.Linear(1, 1, bias=False)
    network.weight.data.fill_(0.0)
    average = averaged_copy(network)
    network.weight.data.fill_(1.0)
    for _ in range(10):
        update_average(average, network, images=10, half_life=100, seen=1_000_000)
    assert abs(average.weight.item() - 0.5) < 1e-5


def test_average_follows_quickly_at_the_start():
    network = nn.Linear(1, 1, bias=False)
    network.weight.data.fill_(0.0)
    average = averaged_copy(network)
    network.weight.data.fill_(1.0)
    update_average(average, network, images=8, half_life=10_000, seen=8)
    assert average.weight.item() > 0.9
