"""Building blocks of the generator: padded convolutions, masked statistics, modulated residual blocks."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan.precision import full_precision


class PaddedConv(nn.Module):
    """A convolution with reflection padding, so that borders carry no dark frame."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.pad = dilation * (size // 2)
        self.conv = nn.Conv2d(inputs, outputs, size, stride, dilation=dilation)

    def forward(self, features: Tensor) -> Tensor:
        """Return B×outputs×H/stride×W/stride."""
        if self.pad == 0:
            return self.conv(features)
        mode = "reflect" if self.pad < min(features.shape[-2:]) else "replicate"
        return self.conv(F.pad(features, (self.pad,) * 4, mode=mode))


class NarrowedConv(nn.Module):
    """A 3×3 convolution that reads its inputs through fewer channels, which is most of its work saved.

    After Zhang et al., "Accelerating Very Deep Convolutional Networks for Classification and Detection" (2015): what
    trained 3×3 kernels respond to lies in a small subspace of their input channels.
    """

    def __init__(self, inputs: int, narrow: int, outputs: int, dilation: int = 1) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(inputs, narrow, 1, bias=False)
        self.expand = PaddedConv(narrow, outputs, dilation=dilation)

    def forward(self, features: Tensor) -> Tensor:
        """Return B×outputs×H×W."""
        return self.expand(self.reduce(features))


class SkipMerge(nn.Module):
    """Joins deep features with the skip connection of twice their size (Ronneberger et al., "U-Net", 2015).

    Both are narrowed to the same few channels and added, the deep ones before they are upsampled.
    """

    def __init__(self, deep: int, skip: int, narrow: int, outputs: int) -> None:
        super().__init__()
        self.reduce_deep = nn.Conv2d(deep, narrow, 1, bias=False)
        self.reduce_skip = nn.Conv2d(skip, narrow, 1, bias=False)
        self.expand = PaddedConv(narrow, outputs)

    def forward(self, deep: Tensor, skip: Tensor) -> Tensor:
        """Return B×outputs of the size of `skip`."""
        return silu(self.expand(upsample(self.reduce_deep(deep), skip) + self.reduce_skip(skip)))


class ResidualBlock(nn.Module):
    """Two convolutions around the identity (He et al., "Deep Residual Learning", 2016), normalised in the mask."""

    def __init__(self, channels: int, narrow: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = NarrowedConv(channels, narrow, channels, dilation)
        self.second = NarrowedConv(channels, narrow, channels)

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        """Return B×C×H×W."""
        scale, shift = masked_norm(features, mask)
        return features + self.second(silu(self.first(torch.addcmul(shift, features, scale))))


class ModulatedBlock(nn.Module):
    """A residual block scaled and shifted, place by place, by the guide and, everywhere alike, by the noise.

    Park et al., "Semantic Image Synthesis with Spatially-Adaptive Normalization" (2019).
    """

    def __init__(self, channels: int, condition_channels: int, code_size: int) -> None:
        super().__init__()
        self.spatial = PaddedConv(condition_channels, 2 * channels, size=1)
        self.code = nn.Linear(code_size, 2 * channels)
        self.first = PaddedConv(channels, channels)
        self.second = PaddedConv(channels, channels)

    def forward(self, features: Tensor, condition: Tensor, code: Tensor, mask: Tensor) -> Tensor:
        """Modulate features B×C×H×W by a condition B×K×H×W and a code B×Z."""
        style_scale, style_shift = (self.spatial(condition) + self.code(code)[:, :, None, None]).chunk(2, dim=1)
        scale, shift = masked_norm(features, mask)
        inner = torch.addcmul(style_shift, torch.addcmul(shift, features, scale), 1 + style_scale)
        return features + self.second(silu(self.first(silu(inner))))


def masked_norm(features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the scale and shift, B×C×1×1, that normalise features B×C×H×W, by a mask B×1×H×W.

    After Ulyanov et al., "Instance Normalization" (2016). Statistics are taken inside the mask only, which keeps a busy
    background from setting the garment's contrast.
    """
    with full_precision(features.device):  # else autocast takes the products, and with them the variance, to bfloat16
        values = features.permute(0, 2, 3, 1).flatten(1, 2).float()  # no copy, in the layout that networks use
        weights = mask.float().flatten(2) + 1e-3
        weights = weights / weights.sum(dim=2, keepdim=True)
        mean = (weights @ values)[:, 0]
        variance = ((weights @ values.square())[:, 0] - mean.square()).clamp_min(0)
    scale = torch.rsqrt(variance + 1e-4)
    return scale[:, :, None, None].to(features.dtype), (-mean * scale)[:, :, None, None].to(features.dtype)


def silu(features: Tensor) -> Tensor:
    """Return x·sigmoid(x), in the memory of `features` if it may.

    Elfwing et al., "Sigmoid-weighted Linear Units" (2017). Without gradients nobody needs the input again, and fresh
    memory takes as long to write as the values to compute.
    """
    return F.silu(features, inplace=not torch.is_grad_enabled())


def evened(planes: Tensor) -> Tensor:
    """Blur planes B×C×H×W of squares of pixels by (1 2 1)/4 across and down, which no chequerboard survives.

    Sugawara et al., "Super-Resolution Using Convolutional Neural Networks without Any Checkerboard Artifacts" (2018):
    the pixels of a square come from different kernels and can differ on average; a mean over neighbours cannot.
    Returns float32: half precision would leave steps where the planes rise gently.
    """
    padded = F.pad(planes.float().contiguous(), (1, 1, 1, 1), mode="replicate")  # sums take a tenth of pooling's time
    across = torch.add(padded[..., :-2] + padded[..., 2:], padded[..., 1:-1], alpha=2)
    return torch.add(across[..., :-2, :] + across[..., 2:, :], across[..., 1:-1, :], alpha=2) / 16


def upsample(features: Tensor, like: Tensor) -> Tensor:
    """Resize bilinearly to the height and width of `like` (no transposed convolutions: no checkerboards)."""
    return F.interpolate(features, size=like.shape[-2:], mode="bilinear", align_corners=False)
