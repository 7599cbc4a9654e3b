import numpy as np
import torch

from gan.training.steps import discriminator_step, generator_step
from tests.gan.training.runs import fresh_loop, options


def test_the_generator_can_learn_a_batch_by_heart(wardrobe, tmp_path):
    run = fresh_loop(wardrobe, options(wardrobe, tmp_path, generator_rate=5e-3))
    batch = next(run._batches(run.plan[0]))
    losses = [generator_step(run.context, batch, {"exposure": 1.0})[1]["exposure"] for _ in range(40)]
    assert losses[-1] < 0.6 * losses[0]


def test_the_generators_step_leaves_no_gradient_in_the_discriminators(wardrobe, tmp_path):
    run = fresh_loop(wardrobe, options(wardrobe, tmp_path, warm_start=False))
    batch = next(run._batches(run.plan[-1]))
    weights = {"adversarial_cloth": 1.0, "adversarial_garment": 1.0, "adversarial_folds": 1.0, "feature_matching": 1.0}
    inputs, values = generator_step(run.context, batch, weights)
    assert all(parameter.grad is None for parameter in run.state.discriminators.parameters())
    assert run.state.generator.guide.head.conv.weight.grad.any()
    assert np.isfinite(values["loss"])
    before = [parameter.detach().clone() for parameter in run.state.generator.parameters()]
    discriminator_step(run.context, inputs, weights, penalise=True)
    for discriminator in run.state.discriminators:
        assert all(parameter.grad.any() for name, parameter in discriminator.named_parameters() if "weight" in name)
    assert all(torch.equal(a, b) for a, b in zip(before, run.state.generator.parameters(), strict=True))


def test_the_second_picture_differs_in_noise_alone(wardrobe, tmp_path):
    loop = fresh_loop(wardrobe, options(wardrobe, tmp_path, warm_start=False))
    batch = next(loop._batches(loop.plan[-1]))
    generator, given = loop.context.generator, []

    def noted(*inputs):
        given.append(inputs)
        return generator(*inputs)

    loop.context.generator = noted
    torch.manual_seed(1)
    for _ in range(4):
        inputs, values = generator_step(loop.context, batch, {"reconstruction": 1.0, "diversity": 1.0})
        assert "diversity" in values
        assert inputs.second_picture.shape == inputs.picture.shape
    for first, second in zip(given[::2], given[1::2], strict=True):
        same = [torch.equal(one, other) for one, other in zip(first, second, strict=True)]
        assert same == [True, True, True, False, True], "noise is the fourth"
    assert len({float(value) for *_, strength in given for value in strength}) > 1, "strength is drawn anew each step"
