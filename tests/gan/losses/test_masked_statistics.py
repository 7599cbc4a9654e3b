import pytest
import torch

from gan.losses.masked_statistics import blur_inside, centre_inside, spread_inside


def left_half():
    mask = torch.zeros(2, 1, 16, 16)
    mask[..., :8] = 1
    return mask


def test_what_lies_outside_does_not_count():
    torch.manual_seed(0)
    mask = left_half()
    values = torch.randn(2, 1, 16, 16)
    changed = torch.where(mask > 0, values, values + 100)
    for statistic in (lambda x: centre_inside(x, mask), lambda x: blur_inside(x, mask, 5) * mask):
        assert torch.allclose(statistic(values), statistic(changed), atol=1e-5)


def test_mean_and_deviation_are_those_of_the_inside():
    torch.manual_seed(0)
    mask, values = left_half(), 3 + 2 * torch.randn(2, 1, 16, 16)
    inside = values[..., :8]
    centred = centre_inside(values, mask)
    assert torch.allclose(centred[..., :8], inside - inside.mean(dim=(2, 3), keepdim=True), atol=1e-5)
    assert centred[..., 8:].abs().max() == 0
    spread = spread_inside(centred, mask)
    assert spread.shape == (2, 1, 1, 1)
    assert spread[0].item() == pytest.approx(inside[0].std(correction=0).item(), rel=1e-4)


def test_blur_keeps_a_flat_inside_flat_up_to_its_edge():
    mask = left_half()
    assert torch.allclose(blur_inside(mask * 0.7, mask, 5)[..., :8], torch.full((2, 1, 16, 8), 0.7), atol=1e-6)
