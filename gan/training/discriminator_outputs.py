"""What the discriminators are shown, and their outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from gan.losses import WINDOWED, LossInputs
from gan.losses.patches import random_patches
from gan.networks.discriminators import ProjectedDiscriminator, gradient_penalty
from gan.training.augment import augment
from gan.training.train_state import TrainState

PATCHES = 2
REFERENCES = 3
PATCH_SIZE = 48


class DiscriminatorOutput(NamedTuple):
    """A discriminator's logits and features, one tensor a scale or layer."""

    logits: list[Tensor]
    features: list[Tensor]


@dataclass(frozen=True, slots=True)
class Indices:
    """Which examples of a batch a discriminator is shown: the real pictures of `real` and the generated ones of `fake`.

    A relativistic loss compares the first of `real` with the first of `fake` and so on. An example that is in both
    stands at the same place in both.
    """

    real: Tensor
    fake: Tensor


def exact_indices(inputs: LossInputs) -> Indices:
    """Return the examples that have an exact picture, and so an exact light: what a discriminator can learn from."""
    exact = torch.nonzero(inputs.paired > 0)[:, 0]
    return Indices(exact, exact)


def photo_indices(inputs: LossInputs) -> Indices:
    """Return the photos of patterned garments, beside other garments' exact light.

    Where there is an exact picture, the generator has it to learn from, and a discriminator can only spread what a mean
    error leaves undecided. On photos of real prints a discriminator that has seen prints taken for folds says what
    nothing else can.
    """
    exact, photos = (torch.nonzero(chosen > 0)[:, 0] for chosen in (inputs.paired, inputs.patterned))
    borrowed = exact[torch.arange(len(photos), device=exact.device) % len(exact)] if len(exact) else exact
    return Indices(borrowed, photos)


def all_indices(inputs: LossInputs) -> Indices:
    """Return every example of the batch."""
    every = torch.arange(inputs.mask.shape[0], device=inputs.mask.device)
    return Indices(every, every)


def discriminator_outputs(
    state: TrainState, inputs: LossInputs, names: Iterable[str], indices: Indices, light: str = "light"
) -> dict[str, tuple[DiscriminatorOutput, DiscriminatorOutput]]:
    """Return the named discriminators' outputs for real pictures and for generated ones.

    The garment discriminator is shown exact pictures (photos where there are none), the cloth discriminator patches,
    the fold discriminator light. A real picture and the generated one beside it are augmented alike, so that a
    relativistic loss compares the same fold of the same garment. Measured against a frozen generator, discriminators
    taught so rank more pairs rightly after 100 steps than discriminators taught on independent augmentations do after
    300.

    Args:
        state: holds the discriminators.
        inputs: one batch.
        names: of discriminators.
        indices: what the fold discriminator is shown.
        light: attribute of the inputs that the fold discriminator sees as generated light.
    """
    outputs: dict[str, Callable[[], tuple[DiscriminatorOutput, DiscriminatorOutput]]] = {
        "garment": lambda: _side_by_side(state.garment, inputs, all_indices(inputs), "truth", "picture"),
        "cloth": lambda: (
            DiscriminatorOutput(*state.cloth(*_cloth_patches(inputs, None))),
            DiscriminatorOutput(*state.cloth(*_cloth_patches(inputs, inputs.picture))),
        ),
        "folds": lambda: _side_by_side(state.folds, inputs, indices, "true_light", light, "photo"),
    }
    return {name: outputs[name]() for name in names}


def gradient_penalties(
    state: TrainState, inputs: LossInputs, names: Iterable[str], indices: Indices, fake: bool
) -> Tensor:
    """Return the sum of the named discriminators' gradient penalties, in float32; where they see features, at these.

    Args:
        state: holds the discriminators.
        inputs: one batch.
        names: of discriminators.
        indices: what the fold discriminator is shown.
        fake: R2, the penalty at the generator's pictures, instead of R1, at the real ones.
    """
    garment, light = ("picture", "light") if fake else ("truth", "true_light")
    patches = inputs.picture if fake else None
    penalties: dict[str, Callable[[], Tensor]] = {
        "garment": lambda: _projected_penalty(state.garment, inputs, all_indices(inputs).real, garment),
        "cloth": lambda: _cloth_penalty(state, inputs, patches),
        "folds": lambda: _projected_penalty(
            state.folds, inputs, indices.fake if fake else indices.real, light, "photo"
        ),
    }
    return torch.stack([penalties[name]() for name in names]).sum()


def _projected(
    discriminator: ProjectedDiscriminator, inputs: LossInputs, indices: Tensor, *pictures: str
) -> list[Tensor]:
    """Return chosen examples' pictures by attribute name as the discriminator sees them: their features."""
    features = [{name: value[indices] for name, value in inputs.features(picture).items()} for picture in pictures]
    mask = inputs.window(inputs.mask) if WINDOWED.issuperset(pictures) else inputs.mask
    return discriminator.project(mask[indices], *features)


def _side_by_side(
    discriminator: ProjectedDiscriminator, inputs: LossInputs, indices: Indices, real: str, fake: str, *beside: str
) -> tuple[DiscriminatorOutput, DiscriminatorOutput]:
    sides = (
        _projected(discriminator, inputs, indices.real, real, *beside),
        _projected(discriminator, inputs, indices.fake, fake, *beside),
    )
    # Augmentation is the same for all channels, so one picture's follow the other's.
    both = [augment(torch.cat(pair, dim=1)).chunk(2, dim=1) for pair in zip(*sides, strict=True)]
    first, second = (DiscriminatorOutput(*discriminator([seen[side] for seen in both])) for side in (0, 1))
    return first, second


def _projected_penalty(
    discriminator: ProjectedDiscriminator, inputs: LossInputs, indices: Tensor, *pictures: str
) -> Tensor:
    projected = _projected(discriminator, inputs, indices, *pictures)
    seen = [augment(values).float().requires_grad_(True) for values in projected]
    return gradient_penalty(discriminator(seen)[0], seen)


def _cloth_penalty(state: TrainState, inputs: LossInputs, picture: Tensor | None) -> Tensor:
    patches, references = _cloth_patches(inputs, picture)
    patches = patches.float().requires_grad_(True)
    return gradient_penalty(state.cloth(patches, references)[0], [patches])


def _cloth_patches(inputs: LossInputs, picture: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return patches of a picture, or (None) of the shaded reference, and for each patch others of the reference."""
    count = inputs.garment.shape[0]
    everywhere = torch.ones_like(inputs.mask)
    size = min(PATCH_SIZE, *inputs.mask.shape[-2:])
    source, mask = (inputs.reference, everywhere) if picture is None else (picture, inputs.mask)
    patches = random_patches(source, mask, PATCHES, size)
    references = random_patches(inputs.reference, everywhere, PATCHES * REFERENCES, size)
    return patches, references.view(count * PATCHES, REFERENCES, 3, size, size)
