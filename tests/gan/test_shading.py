import pytest
import torch

from gan.colour_tensors import linear_to_srgb, soft_clip, srgb_to_linear
from gan.shading import Controls, apply_controls, garment_shading, log_exposure, log_shading, masked_median


def folded(height=96, width=72):
    """Linear luminance of cloth with one soft fold and one sharp seam."""
    rows = torch.linspace(0, 3.14 * 2, height).view(1, 1, -1, 1).expand(1, 1, height, width)
    light = 0.3 * torch.exp(0.3 * torch.sin(rows))
    light = light.clone()
    light[..., 40] *= 0.8
    return light


def test_srgb_there_and_back():
    values = torch.linspace(0, 1, 257).view(1, 1, 1, -1)
    assert torch.allclose(linear_to_srgb(srgb_to_linear(values)), values, atol=1e-5)


def test_srgb_knows_middle_grey():
    assert srgb_to_linear(torch.tensor(0.5)).item() == pytest.approx(0.2140, abs=1e-4)


def test_bands_add_up_to_the_log_of_the_light_over_its_median():
    light, mask = folded(), torch.ones(1, 1, 96, 72)
    shading = log_shading(light, mask)
    relative = torch.log(light + 0.004) - shading.level
    assert torch.allclose(shading.coarse + shading.fine, relative, atol=1e-4)


def test_the_bands_keep_their_digits_in_half_precision():
    light, mask = folded(), torch.ones(1, 1, 96, 72)
    wanted = log_shading(light, mask)
    with torch.autocast("cpu", torch.bfloat16):
        shading = log_shading(light, mask)
    assert torch.equal(shading.coarse, wanted.coarse) and torch.equal(shading.fine, wanted.fine)


def test_seam_is_fine_and_fold_is_coarse():
    shading = log_shading(folded(), torch.ones(1, 1, 96, 72))
    assert shading.fine[..., 40].mean() < -0.1
    assert shading.fine[..., 60].abs().mean() < 0.05
    assert shading.coarse.std() > 0.1


def test_background_does_not_leak_into_the_garment():
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 16:48, 16:48] = 1
    cloth = torch.full((1, 1, 64, 64), 0.2)
    dark, bright = cloth.clone(), cloth.clone()
    dark[mask == 0], bright[mask == 0] = 0.01, 0.9
    inside = mask.bool()
    first, second = log_shading(dark, mask), log_shading(bright, mask)
    assert torch.allclose(first.coarse[inside], second.coarse[inside], atol=0.02)
    assert first.coarse[inside].abs().max() < 0.05


def test_bands_stay_within_their_limits_in_black_and_white():
    light = torch.rand(1, 1, 40, 40).round()
    shading = log_shading(light, torch.ones_like(light))
    assert shading.coarse.min() >= -2.2
    assert shading.coarse.max() <= 1.4
    assert shading.fine.abs().max() <= 0.9


def test_median_looks_only_inside_the_mask():
    values = torch.arange(16.0).view(1, 1, 4, 4)
    mask = (values > 11).float()
    assert masked_median(values, mask).item() in (13.0, 14.0)


def test_median_of_an_empty_mask_is_of_everything():
    assert masked_median(torch.full((1, 1, 4, 4), 3.0), torch.zeros(1, 1, 4, 4)).item() == 3.0


def test_soft_clip_is_identity_below_the_knee_and_never_reaches_white():
    light = torch.tensor([0.0, 0.5, 0.8, 1.0, 5.0])
    clipped = soft_clip(light)
    assert torch.equal(clipped[:3], light[:3])
    assert (clipped <= 1).all()
    assert (clipped.diff() > 0).all()


def test_identity_controls_give_the_guide_in_the_garments_light():
    """A plain garment's picture with its own flat colour as guide is the garment again."""
    light = folded()
    garment = linear_to_srgb(light).expand(1, 3, -1, -1)
    shading = garment_shading(garment, torch.ones(1, 1, 96, 72))
    flat = linear_to_srgb(torch.exp(shading.level)).expand(1, 3, 96, 72)
    picture = apply_controls(flat, shading, Controls.identity(garment))
    assert torch.allclose(picture, garment, atol=0.02)


def test_controls_can_undo_the_shading_and_put_their_own():
    shading = log_shading(folded(), torch.ones(1, 1, 96, 72))
    like = torch.zeros(1, 3, 96, 72)
    nothing = torch.zeros(1, 1, 96, 72)
    controls = Controls(nothing, nothing, nothing + 0.5, like)
    assert torch.equal(log_exposure(shading, controls), nothing + 0.5)


def test_residual_keeps_pictures_within_range():
    guide = torch.rand(1, 3, 16, 16)
    shading = log_shading(torch.rand(1, 1, 16, 16), torch.ones(1, 1, 16, 16))
    for sign in (-1.0, 1.0):
        controls = Controls(*(torch.ones(1, 1, 16, 16) for _ in range(3)), torch.full((1, 3, 16, 16), sign))
        picture = apply_controls(guide, shading, controls)
        assert picture.min() >= 0
        assert picture.max() <= 1


def test_controls_resize_together():
    controls = Controls.identity(torch.zeros(2, 3, 8, 6)).resized((32, 24))
    assert controls.trust_fine.shape == (2, 1, 32, 24)
    assert controls.residual.shape == (2, 3, 32, 24)
    assert torch.allclose(controls.trust_coarse, torch.ones(2, 1, 32, 24), atol=1e-6)
