"""Windows of pictures: random ones inside a mask, and the mean of every one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def random_patches(picture: Tensor, mask: Tensor, count: int, size: int) -> Tensor:
    """Cut square patches that lie mostly inside the mask.

    Args:
        picture: B×3×H×W.
        mask: B×1×H×W.
        count: patches a picture.
        size: side in pixels, at most the picture's short side.

    Returns:
        (B·count)×3×size×size; all patches of the first picture first. Differentiable in the picture.
    """
    return cut_patches(picture, random_corners(mask, count, size), size)


def random_corners(mask: Tensor, count: int, size: int) -> Tensor:
    """Return the rows and columns B×count×2 of the upper left corners of windows that lie mostly inside the mask."""
    weights = window_means(mask, size)
    places = torch.multinomial(weights.flatten(1).square() + 1e-8, count, replacement=True)
    across = weights.shape[-1]
    return torch.stack([places // across, places % across], dim=-1)


def cut_patches(picture: Tensor, corners: Tensor, size: int) -> Tensor:
    """Return windows (B·count)×C×size×size of B×C×H×W at corners B×count×2."""
    repeated = picture.repeat_interleave(corners.shape[1], dim=0) if corners.shape[1] > 1 else picture
    return cut_windows(repeated, corners.flatten(0, 1), (size, size))


def cut_windows(pictures: Tensor, corners: Tensor, size: tuple[int, int]) -> Tensor:
    """Return one window N×C×h×w of each picture N×C×H×W, at corners N×2: without a loop, which would wait on a GPU."""
    (height, width), (count, channels) = size, pictures.shape[:2]
    rows, columns = (
        corners[:, axis, None] + torch.arange(side, device=corners.device) for axis, side in enumerate(size)
    )
    strips = pictures.gather(2, rows[:, None, :, None].expand(-1, channels, -1, pictures.shape[-1]))
    return strips.gather(3, columns[:, None, None, :].expand(count, channels, height, width))


def window_means(values: Tensor, size: int) -> Tensor:
    """Return the mean of every size×size window of B×C×H×W: `avg_pool2d` with stride 1 without its cost per pixel."""
    sums = F.pad(values.double().cumsum(-1).cumsum(-2), (1, 0, 1, 0))
    rows = sums[..., size:, :] - sums[..., :-size, :]
    return ((rows[..., size:] - rows[..., :-size]) / size**2).clamp_min(0).to(values.dtype)
