"""Blur, mean and deviation inside a mask, where what lies outside must not count; values and masks are B×1×H×W."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def blur_inside(values: Tensor, mask: Tensor, box: int) -> Tensor:
    """Return values blurred inside the mask, twice by a box of so many pixels (odd)."""
    for _ in range(2):
        sums, weights = (F.avg_pool2d(seen, box, stride=1, padding=box // 2) for seen in (values * mask, mask))
        values = sums / weights.clamp_min(1e-3)
    return values


def centre_inside(values: Tensor, mask: Tensor) -> Tensor:
    """Return values less their mean inside the mask, zero outside."""
    area = mask.sum(dim=(2, 3), keepdim=True).clamp_min(1.0)
    return (values - (values * mask).sum(dim=(2, 3), keepdim=True) / area) * mask


def spread_inside(centred: Tensor, mask: Tensor) -> Tensor:
    """Return the standard deviation B×1×1×1 of centred values inside the mask."""
    area = mask.sum(dim=(2, 3), keepdim=True).clamp_min(1.0)
    return ((centred.square() * mask).sum(dim=(2, 3), keepdim=True) / area).sqrt()
