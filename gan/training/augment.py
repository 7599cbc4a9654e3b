"""Augmentation of what the discriminators see. Colour is style and is left alone."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.losses.patches import cut_windows

SHIFT = 0.1
CUTOUT = 0.3


def augment(picture: Tensor) -> Tensor:
    """Flip, shift and cut out, differentiably and the same for all channels.

    Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training" (2020), without its colour changes.

    Args:
        picture: B×C×H×W; a mask may be one of the channels.
    """
    count, _, height, width = picture.shape
    flips = (torch.rand(count, 1, 1, 1, device=picture.device) < 0.5).to(picture.dtype)
    picture = flips * picture.flip(-1) + (1 - flips) * picture
    return _cut_out(_shifted(picture, round(SHIFT * height), round(SHIFT * width)))


def _shifted(picture: Tensor, rows: int, columns: int) -> Tensor:
    padded = F.pad(picture, (columns, columns, rows, rows), mode="replicate")
    offsets = _random_offsets(picture, 2 * rows + 1, 2 * columns + 1)
    return cut_windows(padded, offsets, (picture.shape[-2], picture.shape[-1]))


def _cut_out(picture: Tensor) -> Tensor:
    height, width = picture.shape[-2:]
    tops, lefts = _random_offsets(picture, height, width)[..., None].unbind(dim=1)
    rows, columns = (torch.arange(side, device=picture.device) for side in (height, width))
    across = (columns >= lefts) & (columns < lefts + round(CUTOUT * width))
    down = (rows >= tops) & (rows < tops + round(CUTOUT * height))
    return picture.masked_fill((down[:, None, :, None] & across[:, None, None, :]), 0.0)


def _random_offsets(picture: Tensor, rows: int, columns: int) -> Tensor:
    """Return B×2 rows and columns below the given ones."""
    corners = [torch.randint(0, side, (picture.shape[0],), device=picture.device) for side in (rows, columns)]
    return torch.stack(corners, dim=1)
