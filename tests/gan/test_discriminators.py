import math

import pytest
import torch
from torch.nn import functional as F

from gan.discriminators import (
    GAN_LOSSES,
    ClothCritic,
    FoldCritic,
    GarmentCritic,
    accuracy,
    critic_loss,
    generator_loss,
    gradient_penalty,
)


def logits(value):
    return [torch.full((2, 1, 3, 3), float(value))]


@pytest.mark.parametrize("kind", GAN_LOSSES)
def test_critic_is_rewarded_for_telling_apart(kind):
    assert critic_loss(logits(2), logits(-2), kind) < critic_loss(logits(-2), logits(2), kind)


@pytest.mark.parametrize("kind", GAN_LOSSES)
def test_generator_is_rewarded_for_fooling(kind):
    assert generator_loss(logits(0), logits(2), kind) < generator_loss(logits(0), logits(-2), kind)


def test_textbook_loss_smooths_only_the_real_side():
    undecided = critic_loss(logits(0), logits(0), "bce").item()
    assert undecided == pytest.approx(2 * math.log(2), abs=1e-5)
    sure = critic_loss(logits(20), logits(-20), "bce").item()
    assert sure == pytest.approx(0.1 * 20, abs=1e-3)  # only the smoothed real label still costs


def test_relativistic_loss_sees_only_the_difference():
    assert critic_loss(logits(5), logits(4), "relativistic") == critic_loss(logits(1), logits(0), "relativistic")


def test_accuracy_counts_both_sides():
    assert accuracy(logits(1), logits(-1)) == 1
    assert accuracy(logits(1), logits(1)) == 0.5


def test_penalty_of_a_linear_critic_is_its_squared_slope():
    inputs = torch.rand(4, 3, 8, 8, requires_grad=True)
    slope = torch.randn(3, 8, 8)
    answer = [(inputs * slope).sum(dim=(1, 2, 3)).view(-1, 1, 1, 1)]
    assert gradient_penalty(answer, inputs).item() == pytest.approx(slope.square().sum().item(), rel=1e-4)


@pytest.mark.parametrize("spectral", [False, True])
def test_garment_critic_ignores_the_background(spectral):
    torch.manual_seed(0)
    critic = GarmentCritic(width=4, spectral=spectral).eval()
    picture, mask = torch.rand(2, 3, 64, 48), torch.zeros(2, 1, 64, 48)
    mask[..., 16:48, 12:36] = 1
    changed = torch.where(mask > 0, picture, 1 - picture)
    first, second = critic(picture, mask)[0], critic(changed, mask)[0]
    assert len(first) == 2
    assert all(torch.allclose(one, two, atol=1e-6) for one, two in zip(first, second, strict=True))


def test_cloth_critic_compares_with_its_references():
    torch.manual_seed(0)
    critic = ClothCritic(width=4)
    patches, references = torch.rand(4, 3, 32, 32), torch.rand(4, 3, 3, 32, 32)
    one, features = critic(patches, references)
    other, _ = critic(patches, 1 - references)
    assert one[0].shape == (4, 1, 1, 1)
    assert len(features) == 4
    assert not torch.allclose(one[0], other[0])


def test_cloth_critic_learns_to_tell_cloths_apart():
    torch.manual_seed(0)
    critic = ClothCritic(width=4)
    optimizer = torch.optim.Adam(critic.parameters(), 5e-3)
    fine = (torch.arange(32) % 4 < 2).float().expand(8, 3, 32, 32)
    coarse = (torch.arange(32) % 16 < 8).float().expand(8, 3, 32, 32)
    references = fine[:, None].expand(8, 2, 3, 32, 32)
    for _ in range(30):
        optimizer.zero_grad()
        loss = critic_loss(critic(fine, references)[0], critic(coarse, references)[0], "bce")
        loss.backward()
        optimizer.step()
    assert accuracy(critic(fine, references)[0], critic(coarse, references)[0]) == 1


def test_fold_critic_learns_that_an_old_print_is_no_fold():
    torch.manual_seed(0)
    critic = FoldCritic(width=8)
    optimizer = torch.optim.Adam(critic.parameters(), 3e-3)
    mask = torch.ones(4, 1, 32, 32)

    def lesson():
        folds = F.interpolate(torch.randn(4, 1, 4, 4), size=32, mode="bicubic")
        stripes = (torch.arange(32) // 4 % 2).float().view(1, 1, 1, 32) - 0.5
        photo = torch.sigmoid(folds + 2 * stripes).expand(-1, 3, -1, -1)
        return photo, folds, folds + 2 * stripes

    for _ in range(60):
        photo, real, fake = lesson()
        loss = critic_loss(critic(photo, mask, real)[0], critic(photo, mask, fake)[0], "bce")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    photo, real, fake = lesson()
    assert accuracy(critic(photo, mask, real)[0], critic(photo, mask, fake)[0]) > 0.9


def test_fold_critic_ignores_the_background():
    critic = FoldCritic(width=4).eval()
    photo, light, mask = torch.rand(2, 3, 32, 32), torch.randn(2, 1, 32, 32), torch.zeros(2, 1, 32, 32)
    mask[..., 8:24, 8:24] = 1
    other_photo = photo * mask + torch.rand_like(photo) * (1 - mask)
    other_light = light * mask + torch.randn_like(light) * (1 - mask)
    for one, other in zip(critic(photo, mask, light)[0], critic(other_photo, mask, other_light)[0], strict=True):
        assert torch.allclose(one, other, atol=1e-6)
