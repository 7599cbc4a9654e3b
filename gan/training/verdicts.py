"""What the critics are shown, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


def exact_places(example: Example) -> Tensor:
    """Return which examples of the batch have an exact picture, and so an exact light."""
    return torch.nonzero(example.paired > 0)[:, 0]


def judge_reals(players: Players, example: Example, names: Iterable[str], places: Tensor) -> dict[str, Verdict]:
    """Return what the named critics say of exact pictures (photos where there are none), cloth and light.

    Args:
        players: whose critics.
        example: one batch.
        names: of critics.
        places: the examples whose exact light is shown, with repeats if wanted.
    """
    ask: dict[str, Callable[[], Verdict]] = {
        "garment": lambda: _places(players.garment, example, everyone(example), "truth"),
        "cloth": lambda: players.cloth(*_cloth_patches(example, None)),
        "folds": lambda: _places(players.folds, example, places, "true_light", "photo"),
    }
    return {name: ask[name]() for name in names}


def judge_fakes(players: Players, example: Example, names: Iterable[str], places: Tensor) -> dict[str, Verdict]:
    """Return what the named critics say of the generator's pictures and, at `places`, of its light."""
    ask: dict[str, Callable[[], Verdict]] = {
        "garment": lambda: _places(players.garment, example, everyone(example), "picture"),
        "cloth": lambda: players.cloth(*_cloth_patches(example, example.picture)),
        "folds": lambda: _places(players.folds, example, places, "light", "photo"),
    }
    return {name: ask[name]() for name in names}


def penalty_on_reals(players: Players, example: Example, names: Iterable[str]) -> Tensor:
    """Return the sum of the named critics' R1 penalties, in float32; where they see features, at these."""
    ask: dict[str, Callable[[], Tensor]] = {
        "garment": lambda: _projected_penalty(players.garment, example, everyone(example), "truth"),
        "cloth": lambda: _cloth_penalty(players, example),
        "folds": lambda: _projected_penalty(players.folds, example, exact_places(example), "true_light", "photo"),
    }
    return torch.stack([ask[name]() for name in names]).sum()


def everyone(example: Example) -> Tensor:
    """Return the number of every example of the batch."""
    return torch.arange(example.mask.shape[0], device=example.mask.device)


def _projected(critic: ProjectedCritic, example: Example, places: Tensor, *pictures: str) -> list[Tensor]:
    """Return chosen examples' pictures by attribute name as the critic sees them: their features, augmented."""
    features = [{name: value[places] for name, value in example.features(picture).items()} for picture in pictures]
    mask = example.window(example.mask) if GREY.issuperset(pictures) else example.mask
    return [augment(seen) for seen in critic.project(mask[places], *features)]


def _places(critic: ProjectedCritic, example: Example, places: Tensor, *pictures: str) -> Verdict:
    verdict: Verdict = critic(_projected(critic, example, places, *pictures))
    return verdict


def _projected_penalty(critic: ProjectedCritic, example: Example, places: Tensor, *pictures: str) -> Tensor:
    seen = [values.float().requires_grad_(True) for values in _projected(critic, example, places, *pictures)]
    return gradient_penalty(critic(seen)[0], seen)


def _cloth_penalty(players: Players, example: Example) -> Tensor:
    patches, references = _cloth_patches(example, None)
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
