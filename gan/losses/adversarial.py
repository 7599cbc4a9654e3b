"""Terms of the discriminators, from the feedback that `gan.training.steps` has asked them for."""

from __future__ import annotations

import torch
from torch import Tensor

from gan.losses.inputs import LossInputs, Term


def feature_matching(inputs: LossInputs) -> Tensor:
    """The discriminators' mean features of fakes and reals agree (Salimans et al., "Improved Techniques", 2016)."""
    errors = [
        (fake.mean(dim=(0, 2, 3)) - real.mean(dim=(0, 2, 3))).abs().mean() / (real.abs().mean() + 1e-4)
        for feedback in inputs.discriminators.values()
        for fake, real in zip(feedback.fake, feedback.real, strict=True)
    ]
    return torch.stack(errors).mean() if errors else inputs.picture.new_zeros(())


def adversarial(discriminator: str) -> Term:
    """Return the term of one of `gan.networks.discriminators`: the generator's loss against it."""

    def term(inputs: LossInputs) -> Tensor:
        feedback = inputs.discriminators.get(discriminator)
        return inputs.picture.new_zeros(()) if feedback is None else feedback.loss

    return term
