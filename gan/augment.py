"""What the critics see: augmented pictures, and patches cut out of cloth. Colour is style and is left alone."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

SHIFT = 0.1
CUTOUT = 0.3
PATCH = 48
FOLD_GRID = (3, 9)


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


def random_patches(picture: Tensor, mask: Tensor, count: int, size: int = PATCH) -> Tensor:
    """Cut square patches whose centres lie inside the mask.

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
    return _windows(repeated, corners.flatten(0, 1), (size, size))


def window_means(values: Tensor, size: int) -> Tensor:
    """Return the mean of every size×size window of B×C×H×W: `avg_pool2d` with stride 1 without its cost per pixel."""
    sums = F.pad(values.double().cumsum(-1).cumsum(-2), (1, 0, 1, 0))
    rows = sums[..., size:, :] - sums[..., :-size, :]
    return ((rows[..., size:] - rows[..., :-size]) / size**2).clamp_min(0).to(values.dtype)


def fold_light(count: int, height: int, width: int, device: torch.device) -> Tensor:
    """Return smooth random log-shading count×1×H×W: without it a critic learns that folds are fake."""
    light = torch.zeros(count, 1, height, width, device=device)
    for cells in FOLD_GRID:
        knots = torch.randn(count, 1, cells, cells, device=device)
        light = light + F.interpolate(knots, size=(height, width), mode="bicubic", align_corners=False)
    return light * 0.25 * torch.rand(count, 1, 1, 1, device=device)


def blur_inside(values: Tensor, mask: Tensor, box: int) -> Tensor:
    """Return values B×1×H×W blurred inside the mask, twice by a box of so many pixels (odd)."""
    for _ in range(2):
        sums, weights = (F.avg_pool2d(seen, box, stride=1, padding=box // 2) for seen in (values * mask, mask))
        values = sums / weights.clamp_min(1e-3)
    return values


def centre_inside(values: Tensor, mask: Tensor) -> Tensor:
    """Return values B×1×H×W less their mean inside the mask, zero outside."""
    area = mask.sum(dim=(2, 3), keepdim=True).clamp_min(1.0)
    return (values - (values * mask).sum(dim=(2, 3), keepdim=True) / area) * mask


def spread_inside(centred: Tensor, mask: Tensor) -> Tensor:
    """Return the standard deviation B×1×1×1 of centred values B×1×H×W inside the mask."""
    area = mask.sum(dim=(2, 3), keepdim=True).clamp_min(1.0)
    return ((centred.square() * mask).sum(dim=(2, 3), keepdim=True) / area).sqrt()


def _shifted(picture: Tensor, rows: int, columns: int) -> Tensor:
    padded = F.pad(picture, (columns, columns, rows, rows), mode="replicate")
    return _windows(
        padded, _random_offsets(picture, 2 * rows + 1, 2 * columns + 1), (picture.shape[-2], picture.shape[-1])
    )


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


def _windows(pictures: Tensor, corners: Tensor, size: tuple[int, int]) -> Tensor:
    """Return one window N×C×h×w of each picture N×C×H×W, at corners N×2: without a loop, which would wait on a GPU."""
    (height, width), (count, channels) = size, pictures.shape[:2]
    rows, columns = (
        corners[:, axis, None] + torch.arange(side, device=corners.device) for axis, side in enumerate(size)
    )
    strips = pictures.gather(2, rows[:, None, :, None].expand(-1, channels, -1, pictures.shape[-1]))
    return strips.gather(3, columns[:, None, None, :].expand(count, channels, height, width))
