"""Terms of the critics, as `gan.training.steps` has asked them."""

from __future__ import annotations

import torch
from torch import Tensor

from gan.losses.example import Example


def feature_matching(example: Example) -> Tensor:
    """The critics' mean features of fakes and reals agree (Salimans et al., "Improved Techniques", 2016)."""
    errors = [
        (fake.mean(dim=(0, 2, 3)) - real.mean(dim=(0, 2, 3))).abs().mean() / (real.abs().mean() + 1e-4)
        for judgement in example.critics.values()
        for fake, real in zip(judgement.fake, judgement.real, strict=True)
    ]
    return torch.stack(errors).mean() if errors else example.picture.new_zeros(())


def adversarial_cloth(example: Example) -> Tensor:
    """Patches pass for the style's cloth (see `gan.discriminators.ClothCritic`)."""
    return example.critics["cloth"].loss if "cloth" in example.critics else example.picture.new_zeros(())


def adversarial_garment(example: Example) -> Tensor:
    """The picture passes for a photo of a real garment (see `gan.discriminators.GarmentCritic`)."""
    return example.critics["garment"].loss if "garment" in example.critics else example.picture.new_zeros(())


def adversarial_folds(example: Example) -> Tensor:
    """The light passes for the photo's own (see `gan.discriminators.FoldCritic`)."""
    return example.critics["folds"].loss if "folds" in example.critics else example.picture.new_zeros(())
