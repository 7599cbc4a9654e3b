"""The term of generators that learn from others."""

from __future__ import annotations

from torch import Tensor

from gan.losses.example import Example
from gan.losses.light import step_sizes

PICTURE_WEIGHT = 3.0


def taught(example: Example) -> Tensor:
    """Masked L1 to the mean light and picture of the teachers, folds' edges included, on photos as well as on pairs.

    Hinton et al., "Distilling the Knowledge in a Neural Network" (2015): generators that began otherwise err otherwise,
    so their mean is nearer to the truth than each, and it can be asked about garments whose truth nobody knows.
    """
    if example.lesson is None:
        return example.picture.new_zeros(())
    weights = example.mask
    light = (example.exposure - example.lesson.exposure) * weights
    picture = (example.picture - example.lesson.picture).abs() * weights
    size = weights.mean() + 1e-4
    return (light.abs().mean() + step_sizes(light) + PICTURE_WEIGHT * picture.mean()) / size
