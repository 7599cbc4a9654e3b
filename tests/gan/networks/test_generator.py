import pytest
import torch
from safetensors.torch import save_file

from gan.networks.generator import NOISE_SIZE, Generator, Widths, load_generator
from gan.shading import Controls, apply_controls, garment_shading

TINY = Widths(half=6, half_narrow=4, quarter=8, eighth=12, guide=8, dilations=(1, 2))


def inputs(height=48, width=40, guides=1):
    torch.manual_seed(3)
    mask = torch.zeros(1, 1, height, width)
    mask[..., 6:-6, 6:-6] = 1
    return torch.rand(1, 3, height, width), mask, torch.rand(guides, 3, height, width)


def trained():
    """A tiny generator whose zero heads have been given weights."""
    torch.manual_seed(1)
    generator = Generator(TINY).eval()
    for head in (generator.garment.head, generator.guide.head):
        torch.nn.init.normal_(head.conv.weight, std=0.3)
    return generator


def controls_of(generator, garment, mask, guide, seed=0, strength=1.0):
    count = guide.shape[0]
    noise = torch.randn(count, NOISE_SIZE, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return generator.controls(generator.encode(garment, mask), guide, noise, torch.full((count,), strength))


def test_untrained_it_gives_the_analytic_picture():
    garment, mask, guide = inputs()
    generator = Generator(TINY)
    with torch.no_grad():
        picture, _, _ = generator(garment, mask, guide, torch.randn(1, NOISE_SIZE), torch.ones(1))
    analytic = apply_controls(guide, garment_shading(garment, mask), Controls.identity(garment))
    assert torch.equal(picture, analytic)


def test_size_is_as_designed():
    parameters = sum(parameter.numel() for parameter in Generator().parameters())
    assert 0.6e6 < parameters < 0.9e6


@pytest.mark.parametrize("size", [(48, 40), (50, 37), (33, 65)])
def test_controls_have_the_garments_size_whatever_it_is(size):
    garment, mask, guide = inputs(*size)
    controls = controls_of(trained(), garment, mask, guide)
    assert controls.gain.shape == (1, 1, *size)
    assert controls.residual.shape == (1, 3, *size)
    assert controls.residual.abs().max() <= 1


def test_one_encoded_garment_serves_many_guides():
    garment, mask, guides = inputs(guides=3)
    generator = trained()
    together = controls_of(generator, garment, mask, guides)
    noise = torch.randn(3, NOISE_SIZE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        alone = generator.controls(generator.encode(garment, mask), guides[1:2], noise[1:2], torch.ones(1))
    assert torch.allclose(together.gain[1:2], alone.gain, atol=1e-5)
    assert not torch.allclose(together.gain[0], together.gain[1])


def test_noise_changes_the_picture():
    garment, mask, guide = inputs()
    generator = trained()
    first, second = (controls_of(generator, garment, mask, guide, seed).residual for seed in (1, 2))
    assert (first - second).abs().max() > 1e-4


def test_no_strength_leaves_only_what_the_garment_says():
    garment, mask, guides = inputs(guides=2)
    controls = controls_of(trained(), garment, mask, guides, strength=0.0)
    assert controls.residual.abs().max() == 0
    assert torch.equal(controls.gain[0], controls.gain[1])
    assert controls.gain.abs().max() > 0


def test_background_outside_the_mask_hardly_matters_to_the_normalisation():
    garment, mask, guide = inputs()
    other = torch.where(mask > 0, garment, 1 - garment)
    generator = trained()
    middle = (..., slice(20, 28), slice(16, 24))
    one, two = (controls_of(generator, g, mask, guide).gain[middle] for g in (garment, other))
    assert (one - two).abs().mean() < 0.5 * one.abs().mean() + 0.05


def test_every_weight_learns_once_the_heads_are_not_zero():
    garment, mask, guide = inputs()
    generator = trained()
    picture, exposure, residual = generator(garment, mask, guide, torch.randn(1, NOISE_SIZE), torch.ones(1))
    (picture.square().mean() + exposure.mean() + residual.mean()).backward()
    still = [name for name, value in generator.named_parameters() if value.grad is None or not value.grad.any()]
    # A constant shift before the masked normalisation cancels; its bias cannot learn.
    assert [name for name in still if not name.endswith("bias")] == []


def test_bfloat16_weights_give_nearly_the_same_controls():
    garment, mask, guide = inputs()
    exact, rough = trained(), trained().bfloat16()
    difference = controls_of(exact, garment, mask, guide).gain - controls_of(rough, garment, mask, guide).gain
    assert difference.abs().mean() < 0.05


def test_weights_travel_through_a_file(tmp_path):
    generator = Generator()
    torch.nn.init.normal_(generator.garment.head.conv.weight)
    file = tmp_path / "weights.safetensors"
    save_file({name: value.half().contiguous() for name, value in generator.state_dict().items()}, file)
    loaded = load_generator(file)
    assert not loaded.training
    assert torch.allclose(loaded.garment.head.conv.weight, generator.garment.head.conv.weight, atol=1e-2)


def test_weights_of_another_network_are_refused(tmp_path):
    file = tmp_path / "weights.safetensors"
    save_file({"something": torch.zeros(2)}, file)
    with pytest.raises(RuntimeError):
        load_generator(file)
