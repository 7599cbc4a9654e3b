"""What the critics are shown, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from gan.augment import augment, random_patches
from gan.discriminators import ProjectedCritic, gradient_penalty
from gan.losses import GREY, Example
from gan.training.players import Players

CRITICS = ("garment", "cloth", "folds")
PATCHES = 2
REFERENCES = 3
PATCH_SIZE = 48

Verdict = tuple[list[Tensor], list[Tensor]]
"""Logits and features."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which examples of a batch the fold critic is shown: the exact light of `real` beside the generated one of `fake`.

    Number by number they are compared, so where an example has both, it stands at the same place in either.
    """

    real: Tensor
    fake: Tensor


def exact_places(example: Example) -> Places:
    """Return the examples that have an exact picture, and so an exact light: what a critic can learn from."""
    exact = torch.nonzero(example.paired > 0)[:, 0]
    return Places(exact, exact)


def photo_places(example: Example) -> Places:
    """Return the photos of patterned garments, beside other garments' exact light.

    Where there is an exact picture, the generator has it to learn from, and a critic can only spread what a mean error
    leaves undecided. On photos of real prints a critic that has seen prints taken for folds says what nothing else can.
    """
    exact, photos = (torch.nonzero(chosen > 0)[:, 0] for chosen in (example.paired, example.patterned))
    borrowed = exact[torch.arange(len(photos), device=exact.device) % len(exact)] if len(exact) else exact
    return Places(borrowed, photos)


def judge(
    players: Players, example: Example, names: Iterable[str], places: Places, light: str = "light"
) -> dict[str, tuple[Verdict, Verdict]]:
    """Return what the named critics say of exact pictures (photos where there are none), cloth and light, and of ours.

    `light` names the example's attribute that the fold critic is shown beside the exact light.

    A real one and a fake are augmented alike, so that a relativistic loss compares the same fold of the same garment:
    of frozen generators, critics so taught rank more pairs rightly after a hundred steps than others after three
    hundred.
    """
    ask: dict[str, Callable[[], tuple[Verdict, Verdict]]] = {
        "garment": lambda: _side_by_side(players.garment, example, everyone(example), "truth", "picture"),
        "cloth": lambda: (
            players.cloth(*_cloth_patches(example, None)),
            players.cloth(*_cloth_patches(example, example.picture)),
        ),
        "folds": lambda: _side_by_side(players.folds, example, places, "true_light", light, "photo"),
    }
    return {name: ask[name]() for name in names}


def penalty(players: Players, example: Example, names: Iterable[str], places: Places, fake: bool) -> Tensor:
    """Return the sum of the named critics' gradient penalties, in float32; where they see features, at these.

    Args:
        players: whose critics.
        example: one batch.
        names: of critics.
        places: what the fold critic is shown.
        fake: R2, the penalty at the generator's pictures, instead of R1, at the real ones.
    """
    garment, light = ("picture", "light") if fake else ("truth", "true_light")
    patches = example.picture if fake else None
    ask: dict[str, Callable[[], Tensor]] = {
        "garment": lambda: _projected_penalty(players.garment, example, everyone(example).real, garment),
        "cloth": lambda: _cloth_penalty(players, example, patches),
        "folds": lambda: _projected_penalty(
            players.folds, example, places.fake if fake else places.real, light, "photo"
        ),
    }
    return torch.stack([ask[name]() for name in names]).sum()


def everyone(example: Example) -> Places:
    """Return the number of every example of the batch."""
    numbers = torch.arange(example.mask.shape[0], device=example.mask.device)
    return Places(numbers, numbers)


def _projected(critic: ProjectedCritic, example: Example, places: Tensor, *pictures: str) -> list[Tensor]:
    """Return chosen examples' pictures by attribute name as the critic sees them: their features."""
    features = [{name: value[places] for name, value in example.features(picture).items()} for picture in pictures]
    mask = example.window(example.mask) if GREY.issuperset(pictures) else example.mask
    return critic.project(mask[places], *features)


def _side_by_side(
    critic: ProjectedCritic, example: Example, places: Places, real: str, fake: str, *beside: str
) -> tuple[Verdict, Verdict]:
    sides = (
        _projected(critic, example, places.real, real, *beside),
        _projected(critic, example, places.fake, fake, *beside),
    )
    # Augmentation is the same for all channels, so one picture's follow the other's.
    both = [augment(torch.cat(pair, dim=1)).chunk(2, dim=1) for pair in zip(*sides, strict=True)]
    first, second = (critic([seen[side] for seen in both]) for side in (0, 1))
    return first, second


def _projected_penalty(critic: ProjectedCritic, example: Example, places: Tensor, *pictures: str) -> Tensor:
    projected = _projected(critic, example, places, *pictures)
    seen = [augment(values).float().requires_grad_(True) for values in projected]
    return gradient_penalty(critic(seen)[0], seen)


def _cloth_penalty(players: Players, example: Example, picture: Tensor | None) -> Tensor:
    patches, references = _cloth_patches(example, picture)
    patches = patches.float().requires_grad_(True)
    return gradient_penalty(players.cloth(patches, references)[0], [patches])


def _cloth_patches(example: Example, picture: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return patches of a picture, or (None) of the worn style, and beside each reference patches of the worn style."""
    count = example.garment.shape[0]
    everywhere = torch.ones_like(example.mask)
    size = min(PATCH_SIZE, *example.mask.shape[-2:])
    source, mask = (example.reference, everywhere) if picture is None else (picture, example.mask)
    patches = random_patches(source, mask, PATCHES, size)
    references = random_patches(example.reference, everywhere, PATCHES * REFERENCES, size)
    return patches, references.view(count * PATCHES, REFERENCES, 3, size, size)
