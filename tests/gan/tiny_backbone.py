"""Random perceptual features that cost nothing."""

import torch
from torch import nn

from gan.perceptual import LAYERS, PerceptualFeatures


def tiny_backbone():
    """Return a backbone of a few random channels with the layers of the real ones."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stages, channels = {}, 3
        for name in LAYERS:
            pooling = [nn.MaxPool2d(2)] if stages else []
            stages[name] = nn.Sequential(*pooling, nn.Conv2d(channels, 8, 3, padding=1), nn.ReLU())
            channels = 8
        return PerceptualFeatures(stages, torch.full((3,), 2.0), -torch.ones(3), swap=False)
