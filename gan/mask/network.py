"""The small network that finds the garment."""

from __future__ import annotations

from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from gan.mask.inputs import INPUT_CHANNELS

Network = TypeVar("Network", bound=nn.Module)


class SeparableBlock(nn.Module):
    """Inverted residual (Sandler et al. 2018, "MobileNetV2"): widen, filter each channel, narrow."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, widening: int = 2, kernel: int = 3) -> None:
        super().__init__()
        wide = inputs * widening
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU6(inplace=True),
            nn.Conv2d(wide, wide, kernel, stride, kernel // 2, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU6(inplace=True),
            nn.Conv2d(wide, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """B×inputs×h×w to B×outputs×h/stride×w/stride."""
        filtered: torch.Tensor = self.layers(features)
        return features + filtered if self.residual else filtered


class GlobalContext(nn.Module):
    """Scale the channels by what the whole picture holds (Hu et al. 2018, "Squeeze-and-Excitation")."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weigh = nn.Sequential(
            nn.Linear(channels, channels // 4), nn.ReLU(inplace=True), nn.Linear(channels // 4, channels)
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """B×C×h×w to the same shape."""
        weights = torch.sigmoid(self.weigh(features.mean(dim=(2, 3))))
        return features * weights[:, :, None, None]


class UpBlock(nn.Module):
    """Double the resolution and merge what the encoder saw there (Ronneberger et al. 2015, "U-Net")."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.lateral = nn.Conv2d(skip, outputs, 1)
        self.merge = SeparableBlock(outputs, outputs)

    def forward(self, features: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """B×inputs×h×w and B×skip×2h×2w to B×outputs×2h×2w."""
        # Narrowing before enlarging gives the same numbers for a quarter of the work.
        enlarged = F.interpolate(self.narrow(features), size=skip.shape[2:], mode="bilinear", align_corners=False)
        merged: torch.Tensor = self.merge(enlarged + self.lateral(skip))
        return merged


class MaskNetwork(nn.Module):
    """Garment logits from a picture, its coordinates and what colours alone say."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(INPUT_CHANNELS, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6(inplace=True)
        )
        self.quarter = nn.Sequential(SeparableBlock(16, 32, stride=2), SeparableBlock(32, 32))
        self.eighth = nn.Sequential(SeparableBlock(32, 56, stride=2, widening=3), SeparableBlock(56, 56))
        self.sixteenth = nn.Sequential(
            SeparableBlock(56, 88, stride=2, widening=3), SeparableBlock(88, 88), SeparableBlock(88, 88, kernel=5)
        )
        self.deepest = nn.Sequential(
            SeparableBlock(88, 128, stride=2, widening=3),
            SeparableBlock(128, 128, kernel=5),
            GlobalContext(128),
            SeparableBlock(128, 128, kernel=5),
            SeparableBlock(128, 128, kernel=5),
        )
        self.up_sixteenth = UpBlock(128, 88, 64)
        self.up_eighth = UpBlock(64, 56, 48)
        self.up_quarter = UpBlock(48, 32, 32)
        self.up_half = UpBlock(32, 16, 16)
        self.head = nn.Conv2d(16, 1, 3, 1, 1)
        # Half the time of the default layout on CPUs.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return logits.

        Args:
            inputs: B×7×h×w as `network_inputs` makes them; h and w are even.

        Returns:
            B×1×h×w, positive on garment.
        """
        return self.look(inputs)[0]

    def look(self, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the logits as `forward` does, and the deepest features, B×128×h/32×w/32 rounded up."""
        half = self.stem(inputs)
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        deepest = self.deepest(sixteenth)
        features = self.up_sixteenth(deepest, sixteenth)
        features = self.up_eighth(features, eighth)
        features = self.up_quarter(features, quarter)
        features = self.up_half(features, half)
        return F.interpolate(self.head(features), scale_factor=2, mode="bilinear", align_corners=False), deepest


def fused(network: Network) -> Network:
    """Merge every batch normalisation into the convolution before it, in place: the same answers in less time.

    Args:
        network: in evaluation mode; it cannot be trained any more.
    """
    for layers in network.modules():
        if isinstance(layers, nn.Sequential):
            for index in reversed(range(len(layers) - 1)):
                convolution, norm = layers[index], layers[index + 1]
                if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                    layers[index] = fuse_conv_bn_eval(convolution, norm)
                    del layers[index + 1]
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
