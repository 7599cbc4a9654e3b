import math

import pytest
import torch
from torch.nn import functional as F

from gan.losses import MIDDLE_LAYERS
from gan.networks.discriminators import (
    GAN_LOSSES,
    ClothDiscriminator,
    FoldDiscriminator,
    GarmentDiscriminator,
    accuracy,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
)
from gan.networks.perceptual import layer_sizes
from gan.shading import light_as_grey
from tests.gan.tiny_backbone import tiny_backbone

LAYERS = layer_sizes(tiny_backbone(), MIDDLE_LAYERS)


def features_of(picture):
    return tiny_backbone()(picture, MIDDLE_LAYERS)


def logits(value):
    return [torch.full((2, 1, 3, 3), float(value))]


@pytest.mark.parametrize("kind", GAN_LOSSES)
def test_discriminator_is_rewarded_for_telling_apart(kind):
    assert discriminator_loss(logits(2), logits(-2), kind) < discriminator_loss(logits(-2), logits(2), kind)


@pytest.mark.parametrize("kind", GAN_LOSSES)
def test_generator_is_rewarded_for_fooling(kind):
    assert generator_loss(logits(0), logits(2), kind) < generator_loss(logits(0), logits(-2), kind)


def test_textbook_loss_smooths_only_the_real_side():
    undecided = discriminator_loss(logits(0), logits(0), "bce").item()
    assert undecided == pytest.approx(2 * math.log(2), abs=1e-5)
    sure = discriminator_loss(logits(20), logits(-20), "bce").item()
    assert sure == pytest.approx(0.1 * 20, abs=1e-3)  # only the smoothed real label still costs


def test_relativistic_loss_sees_only_the_difference():
    assert discriminator_loss(logits(5), logits(4), "relativistic") == discriminator_loss(
        logits(1), logits(0), "relativistic"
    )


def test_accuracy_counts_both_sides():
    assert accuracy(logits(1), logits(-1), "bce") == 1
    assert accuracy(logits(1), logits(1), "bce") == 0.5


def test_accuracy_of_relativistic_logits_does_not_depend_on_their_level():
    real, fake = [torch.tensor([7.0, 8, 9, 5])], [torch.tensor([6.0, 5, 4, 8])]
    assert accuracy(real, fake, "relativistic") == 0.75
    assert accuracy(real, fake, "bce") == 0.5


def test_penalty_of_a_linear_discriminator_is_its_squared_slope():
    inputs = torch.rand(4, 3, 8, 8, requires_grad=True)
    slope = torch.randn(3, 8, 8)
    answer = [(inputs * slope).sum(dim=(1, 2, 3)).view(-1, 1, 1, 1)]
    assert gradient_penalty(answer, [inputs]).item() == pytest.approx(slope.square().sum().item(), rel=1e-4)


@pytest.mark.parametrize("spectral", [False, True])
def test_projected_discriminators_ignore_the_background(spectral):
    torch.manual_seed(0)
    discriminator = GarmentDiscriminator(LAYERS, width=4, spectral=spectral).eval()
    mask = torch.zeros(2, 1, 64, 48)
    mask[..., 16:48, 12:36] = 1
    features = features_of(torch.rand(2, 3, 64, 48))
    changed = {name: value.clone() for name, value in features.items()}
    for value in changed.values():
        outside = F.adaptive_avg_pool2d(mask, value.shape[-2:]) == 0
        value[outside.expand_as(value)] += 5
    first, second = (discriminator(discriminator.project(mask, seen))[0] for seen in (features, changed))
    assert len(first) == 2
    for one, two in zip(first, second, strict=True):
        assert 0 < one.numel() < 2 * 16 * 12
        assert torch.allclose(one, two, atol=1e-6)


def test_projected_discriminators_see_features_at_unit_size():
    backbone = tiny_backbone()
    sizes = layer_sizes(backbone, MIDDLE_LAYERS)
    assert sizes == layer_sizes(backbone, MIDDLE_LAYERS)
    noise = F.interpolate(torch.rand(4, 3, 8, 8), size=(64, 64), mode="bicubic").clamp(0, 1)
    seen = GarmentDiscriminator(sizes).project(torch.ones(4, 1, 64, 64), backbone(noise, MIDDLE_LAYERS))
    for values in seen:
        assert 0.5 < values[:, :-1].std() < 2


def test_cloth_discriminator_compares_with_its_references():
    torch.manual_seed(0)
    discriminator = ClothDiscriminator(width=4)
    patches, references = torch.rand(4, 3, 32, 32), torch.rand(4, 3, 3, 32, 32)
    one, features = discriminator(patches, references)
    other, _ = discriminator(patches, 1 - references)
    assert one[0].shape == (4, 1, 1, 1)
    assert len(features) == 4
    assert not torch.allclose(one[0], other[0])


def test_cloth_discriminator_learns_to_tell_cloths_apart():
    torch.manual_seed(0)
    discriminator = ClothDiscriminator(width=4)
    optimizer = torch.optim.Adam(discriminator.parameters(), 5e-3)
    fine = (torch.arange(32) % 4 < 2).float().expand(8, 3, 32, 32)
    coarse = (torch.arange(32) % 16 < 8).float().expand(8, 3, 32, 32)
    references = fine[:, None].expand(8, 2, 3, 32, 32)
    for _ in range(30):
        optimizer.zero_grad()
        loss = discriminator_loss(discriminator(fine, references)[0], discriminator(coarse, references)[0], "bce")
        loss.backward()
        optimizer.step()
    assert accuracy(discriminator(fine, references)[0], discriminator(coarse, references)[0], "bce") == 1


def test_fold_discriminator_learns_that_an_old_print_is_no_fold():
    torch.manual_seed(0)
    backbone = tiny_backbone()
    discriminator = FoldDiscriminator(layer_sizes(backbone, MIDDLE_LAYERS), width=16)
    optimizer = torch.optim.Adam(discriminator.parameters(), 3e-3)
    mask = torch.ones(4, 1, 32, 32)

    def logits_of_a_batch():
        folds = F.interpolate(torch.randn(4, 1, 4, 4), size=32, mode="bicubic")
        stripes = (torch.arange(32) // 4 % 2).float().view(1, 1, 1, 32) - 0.5
        photo = torch.sigmoid(folds + 2 * stripes).expand(-1, 3, -1, -1)
        lights = light_as_grey(folds), light_as_grey(folds + 2 * stripes)
        seen = [backbone(picture, MIDDLE_LAYERS) for picture in lights]
        beside = backbone(photo, MIDDLE_LAYERS)
        return [discriminator(discriminator.project(mask, light, beside))[0] for light in seen]

    for _ in range(60):
        loss = discriminator_loss(*logits_of_a_batch(), "bce")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert accuracy(*logits_of_a_batch(), "bce") > 0.9


def test_fold_discriminator_sees_the_photo_too():
    discriminator = FoldDiscriminator(LAYERS, width=4).eval()
    mask, light, photo = torch.ones(1, 1, 32, 32), features_of(torch.rand(1, 3, 32, 32)), torch.rand(1, 3, 32, 32)
    one, other = (
        discriminator(discriminator.project(mask, light, features_of(seen)))[0] for seen in (photo, 1 - photo)
    )
    assert not torch.allclose(one[0], other[0])


def test_relativistic_loss_pairs_unequal_counts():
    few, many = [torch.zeros(3)], [torch.ones(5)]
    assert discriminator_loss(many, few, "relativistic") < discriminator_loss(few, many, "relativistic")


def test_a_narrow_garment_is_judged_beside_a_whole_one():
    torch.manual_seed(0)
    discriminator = GarmentDiscriminator(LAYERS, width=4).eval()
    masks = torch.zeros(2, 1, 64, 64)
    masks[0] = 1
    masks[1, :, 20:44, 31:33] = 1  # a tie
    features = features_of(torch.rand(2, 3, 64, 64))
    together = discriminator(discriminator.project(masks, features))[0]
    alone = [
        discriminator(
            discriminator.project(
                masks[index : index + 1], {name: x[index : index + 1] for name, x in features.items()}
            )
        )[0]
        for index in range(2)
    ]
    for both, whole, tie in zip(together, *alone, strict=True):
        assert tie.numel() > 0
        assert torch.allclose(both, torch.cat([whole, tie]), atol=1e-6)
