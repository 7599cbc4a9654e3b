from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gan.colour_tensors import linear_to_srgb
from gan.losses import LossInputs
from gan.training import steps
from gan.training.discriminator_outputs import discriminator_outputs, exact_indices, photo_indices
from gan.training.distributed import ProcessGroup
from gan.training.options import TrainingOptions
from gan.training.steps import StepContext, discriminator_step
from gan.training.train_state import make_train_state
from tests.gan.tiny_backbone import tiny_backbone

FOLDS_ALONE = {"adversarial_folds": 1.0}


def fresh_state():
    nowhere = Path()
    return make_train_state(TrainingOptions(nowhere, nowhere, nowhere), torch.device("cpu"), None, tiny_backbone())


def step_context(state, gan_loss, penalty=1.0):
    group = ProcessGroup()
    return StepContext(state, state.generator, tiny_backbone(), gan_loss, torch.float32, 1.0, penalty, group)


@pytest.fixture
def state():
    return fresh_state()


def loss_inputs(paired=(1, 1, 1, 1), seed=0):
    """Inputs whose picture and light are the exact ones wherever there are exact ones."""
    torch.manual_seed(seed)
    count = len(paired)
    picture, light = torch.rand(count, 3, 64, 48), torch.randn(count, 1, 64, 48)
    one = torch.ones(count, 1, 64, 48)
    flat = torch.zeros_like(picture)
    exact = torch.tensor(paired, dtype=torch.float32)
    values = (flat, one, picture, picture, picture, light, flat, exact, torch.zeros(count), picture, light, 1 - exact)
    return LossInputs(*values, backbone=tiny_backbone())


@pytest.mark.parametrize("name", ["garment", "folds"])
def test_a_perfect_picture_is_judged_like_the_exact_one_place_by_place(state, name):
    shown = loss_inputs()
    real, fake = discriminator_outputs(state, shown, [name], exact_indices(shown))[name]
    for one, other in zip(real.logits, fake.logits, strict=True):
        assert one.numel() > 4
        assert torch.equal(one, other)
        assert one.std() > 0


def test_photos_without_exact_light_stand_beside_somebody_elses():
    shown = loss_inputs(paired=(0, 1, 0, 0, 1, 0))
    indices = photo_indices(replace(shown, patterned=torch.tensor([1.0, 0, 1, 1, 0, 0])))
    assert indices.fake.tolist() == [0, 2, 3]
    assert indices.real.tolist() == [1, 4, 1]
    assert exact_indices(loss_inputs(paired=(0, 1, 0))).fake.tolist() == [1]


def test_without_any_exact_light_there_is_nothing_to_compare(state):
    context = step_context(state, "bce")
    assert photo_indices(loss_inputs(paired=(0, 0))).real.numel() == 0
    assert photo_indices(loss_inputs(paired=(1, 1))).real.numel() == 0
    assert discriminator_step(context, loss_inputs(paired=(0, 0)), FOLDS_ALONE, penalise=True) == {}


@pytest.mark.parametrize(("kind", "sides"), [("bce", [False]), ("hinge", [False]), ("relativistic", [False, True])])
def test_a_relativistic_discriminator_is_held_at_both_sides(state, monkeypatch, kind, sides):
    asked, penalties = [], steps.gradient_penalties

    def noted(*rest, **named):
        asked.append(rest[-1])
        return penalties(*rest, **named)

    monkeypatch.setattr(steps, "gradient_penalties", noted)
    context = step_context(state, kind)
    exact = loss_inputs()
    values = discriminator_step(context, replace(exact, exposure=exact.exposure * 0.5), FOLDS_ALONE, penalise=True)
    assert asked == sides
    assert values["penalty"] > 0


def printed(shown, left):
    """Garments with folds across and the stripes of a print along, of which some is left in the generated light."""
    rows, columns = torch.arange(64.0).view(-1, 1), torch.arange(48.0)
    folds = 0.3 * torch.sin(rows / 3).expand(shown.exposure.shape) + 0.02 * shown.exposure
    stripes = torch.sign(torch.sin(columns / 2)).expand(folds.shape)
    garment = linear_to_srgb((0.3 * torch.exp(folds + 0.8 * stripes)).clamp(0, 1)).expand(-1, 3, -1, -1)
    return replace(shown, garment=garment, log_shading=folds, exposure=folds + left * stripes)


def test_discriminators_of_every_loss_learn_that_a_print_is_no_light_though_the_generator_makes_no_mistake():
    fresh = printed(loss_inputs(seed=1000), left=0.2)
    for kind in ("bce", "hinge", "relativistic"):
        learning = fresh_state()
        context = step_context(learning, kind, penalty=0.1)
        for step in range(60):
            discriminator_step(context, printed(loss_inputs(seed=step), left=0), FOLDS_ALONE, penalise=step % 8 == 0)
        with torch.no_grad():
            real, fake = discriminator_outputs(learning, fresh, ["folds"], exact_indices(fresh))["folds"]
        # Place by place, whatever the loss: where a discriminator's zero lies still swings after so few steps.
        right = torch.cat([one > other for one, other in zip(real.logits, fake.logits, strict=True)])
        assert right.float().mean() > 0.8, kind
