"""The generator's building blocks."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from gan.networks.layers import NarrowedConv, ResidualBlock, SkipMerge, evened, masked_norm, upsample


@pytest.mark.parametrize("dilation", [1, 2])
def test_a_narrowed_convolution_is_the_product_of_its_kernels(dilation):
    narrowed = NarrowedConv(12, 3, 8, dilation)
    features = torch.randn(2, 12, 10, 9)
    reduce, expand = narrowed.reduce.weight[:, :, 0, 0], narrowed.expand.conv
    whole = torch.einsum("onyx,ni->oiyx", expand.weight, reduce)
    expected = F.conv2d(F.pad(features, (dilation,) * 4, mode="reflect"), whole, expand.bias, dilation=dilation)
    assert torch.allclose(narrowed(features), expected, atol=1e-5)


def test_merging_before_upsampling_changes_nothing_but_the_work():
    merge = SkipMerge(deep=6, skip=4, narrow=3, outputs=5)
    deep, skip = torch.randn(1, 6, 5, 4), torch.randn(1, 4, 10, 7)
    narrow = torch.cat([merge.reduce_deep.weight, merge.reduce_skip.weight], dim=1)
    joined = torch.cat([upsample(deep, skip), skip], dim=1)
    assert torch.allclose(merge(deep, skip), F.silu(merge.expand(F.conv2d(joined, narrow))), atol=1e-5)


def test_a_residual_block_does_not_see_beyond_the_mask_to_normalise():
    block = ResidualBlock(8, narrow=4)
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., 6:] = 1
    calm = torch.randn(1, 8, 16, 16)
    busy = calm.clone()
    busy[..., :3] *= 3
    inside = (..., slice(10, None))
    assert torch.allclose(block(calm, mask)[inside], block(busy, mask)[inside], atol=0.02)
    assert not torch.allclose(block(calm, mask)[inside], block(busy, torch.ones_like(mask))[inside], atol=0.02)


def test_the_norm_is_of_the_mask():
    features = 3 * torch.randn(2, 5, 12, 10) + torch.arange(5).view(1, 5, 1, 1)
    mask = torch.zeros(2, 1, 12, 10)
    mask[..., 4:] = 1
    features[..., :4] += 20
    scale, shift = masked_norm(features, mask)
    inside = (features * scale + shift)[..., 4:]
    assert inside.mean(dim=(2, 3)).abs().max() < 0.1
    assert (inside.std(dim=(2, 3)) - 1).abs().max() < 0.1


def test_the_norm_keeps_its_digits_in_half_precision():
    """A mean of twenty deviations leaves nothing of a variance in bfloat16."""
    features, mask = torch.randn(1, 4, 24, 24) + 20, torch.ones(1, 1, 24, 24)
    wanted = masked_norm(features, mask)
    with torch.autocast("cpu", torch.bfloat16):
        scale, shift = masked_norm(features, mask)
    assert torch.allclose(scale, wanted[0]) and torch.allclose(shift, wanted[1])


def test_a_residual_block_normalises_before_it_convolves():
    block = ResidualBlock(8, narrow=4, dilation=2)
    features, mask = 2 * torch.randn(2, 8, 9, 7) + 1, torch.ones(2, 1, 9, 7)
    scale, shift = masked_norm(features, mask)
    wanted = features + block.second(F.silu(block.first(features * scale + shift)))
    assert torch.allclose(block(features, mask), wanted, atol=1e-5)


def test_no_chequerboard_survives_evening_and_slow_changes_do():
    rows, columns = torch.meshgrid(torch.arange(12.0), torch.arange(10.0), indexing="ij")
    ramp = (0.1 * rows + 0.2 * columns)[None, None]
    for pattern in ((-1) ** rows, (-1) ** columns, (-1) ** (rows + columns)):
        seen = evened(ramp + pattern)
        assert seen.shape == ramp.shape
        assert torch.allclose(seen[..., 1:-1, 1:-1], ramp[..., 1:-1, 1:-1], atol=1e-5)
