"""Random perceptual features that cost nothing."""

import torch
from torch import nn

from gan.networks.perceptual import LAYERS, PerceptualFeatures

VGG_LAYERS = tuple(
    f"relu{block}_{layer}" for block, count in enumerate((2, 2, 3, 3), 1) for layer in range(1, count + 1)
)


def tiny_backbone():
    """Return a backbone of a few random channels with the layers that training looks at."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stages, channels = {}, 3
        for name in LAYERS:
            pooling = [nn.MaxPool2d(2)] if stages else []
            stages[name] = nn.Sequential(*pooling, nn.Conv2d(channels, 8, 3, padding=1), nn.ReLU())
            channels = 8
        return PerceptualFeatures(stages, torch.full((3,), 2.0), -torch.ones(3), swap=False)


def tiny_vgg():
    """Return one with every layer of VGG16 that evaluation may look at, whose deep layers still tell pictures apart."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stages, channels = {}, 3
        for name in VGG_LAYERS:
            look = nn.Conv2d(channels, 16, 3, padding=1, bias=False)
            nn.init.kaiming_normal_(look.weight)
            pooling = [nn.MaxPool2d(2)] if stages and name.endswith("_1") else []
            stages[name] = nn.Sequential(*pooling, look, nn.ReLU())
            channels = 16
        return PerceptualFeatures(stages, torch.full((3,), 2.0), -torch.ones(3), swap=False)
