"""What cloth of a style looks like when it is worn, as a reference for discriminators and style statistics."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.colour_tensors import linear_to_srgb, soft_clip, srgb_to_linear

FOLD_GRID = (3, 9)


def shaded_reference(batch: dict[str, Tensor]) -> Tensor:
    """Return the guides under the folds of the batch's other garments and smooth random light, B×3×H×W."""
    guide, lit = batch["guide"], batch["log_shading"] * batch["mask"]
    light = lit.roll(1, dims=0) + fold_light(guide.shape[0], guide.shape[2], guide.shape[3], guide.device)
    return linear_to_srgb(soft_clip(srgb_to_linear(guide) * torch.exp(light.clamp(-3, 1))))


def fold_light(count: int, height: int, width: int, device: torch.device) -> Tensor:
    """Return smooth random log-shading count×1×H×W: without it a discriminator learns that folds are fake."""
    light = torch.zeros(count, 1, height, width, device=device)
    for cells in FOLD_GRID:
        knots = torch.randn(count, 1, cells, cells, device=device)
        light = light + F.interpolate(knots, size=(height, width), mode="bicubic", align_corners=False)
    return light * 0.25 * torch.rand(count, 1, 1, 1, device=device)
