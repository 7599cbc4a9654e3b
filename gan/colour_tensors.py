"""The sRGB curve, luminance and the soft clip of `gan.colour` on tensors of any device, with gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from gan.colour import LINEAR_STRAIGHT, LUMINANCE_WEIGHTS, SOFT_CLIP_KNEE, SRGB_STRAIGHT


def srgb_to_linear(picture: Tensor) -> Tensor:
    """Decode sRGB (IEC 61966-2-1) to linear light, both 0 to 1."""
    curved = ((picture.clamp_min(SRGB_STRAIGHT) + 0.055) / 1.055) ** 2.4
    return torch.where(picture <= SRGB_STRAIGHT, picture / 12.92, curved)


def linear_to_srgb(light: Tensor) -> Tensor:
    """Encode linear light as sRGB (IEC 61966-2-1), both 0 to 1."""
    curved = 1.055 * light.clamp_min(LINEAR_STRAIGHT) ** (1 / 2.4) - 0.055
    return torch.where(light <= LINEAR_STRAIGHT, light * 12.92, curved)


def luminance(light: Tensor) -> Tensor:
    """Return the Rec. 709 luminance B×1×H×W of linear light B×3×H×W."""
    weights = light.new_tensor(LUMINANCE_WEIGHTS).view(1, 3, 1, 1)
    return (light * weights).sum(dim=1, keepdim=True)


def soft_clip(light: Tensor) -> Tensor:
    """Compress highlights smoothly below 1; identity up to the knee."""
    room = 1 - SOFT_CLIP_KNEE
    over = (light - SOFT_CLIP_KNEE).clamp_min(0)
    return light.clamp_max(SOFT_CLIP_KNEE) + room * (1 - torch.exp(-over / room))
