"""The term of a generator that learns from others."""

from __future__ import annotations

from torch import Tensor

from gan.losses.inputs import LossInputs
from gan.losses.pictures import step_sizes

PICTURE_WEIGHT = 3.0


def distillation(inputs: LossInputs) -> Tensor:
    """Masked L1 to the mean light and picture of the teachers, folds' edges included, on photos as well as on pairs.

    Hinton et al., "Distilling the Knowledge in a Neural Network" (2015): generators that began otherwise err otherwise,
    so their mean is nearer to the truth than each, and it can be asked about garments whose truth nobody knows.
    """
    if inputs.teacher is None:
        return inputs.picture.new_zeros(())
    weights = inputs.mask
    light = (inputs.exposure - inputs.teacher.exposure) * weights
    picture = (inputs.picture - inputs.teacher.picture).abs() * weights
    size = weights.mean() + 1e-4
    return (light.abs().mean() + step_sizes(light) + PICTURE_WEIGHT * picture.mean()) / size
