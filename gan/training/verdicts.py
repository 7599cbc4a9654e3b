"""What the critics are shown, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from gan.augment import augment, random_patches
from gan.discriminators import gradient_penalty
from gan.losses import Example
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
        "garment": lambda: _garment(players, example, example.truth),
        "cloth": lambda: _cloth(players, example, None),
        "folds": lambda: _folds(players, example, example.log_shading, places),
    }
    return {name: ask[name]() for name in names}


def judge_fakes(players: Players, example: Example, names: Iterable[str], places: Tensor) -> dict[str, Verdict]:
    """Return what the named critics say of the generator's pictures and, at `places`, of its light."""
    ask: dict[str, Callable[[], Verdict]] = {
        "garment": lambda: _garment(players, example, example.picture),
        "cloth": lambda: _cloth(players, example, example.picture),
        "folds": lambda: _folds(players, example, example.exposure, places),
    }
    return {name: ask[name]() for name in names}


def penalty_on_reals(players: Players, example: Example) -> Tensor:
    """Return the sum of the critics' R1 penalties, in float32."""
    pictures = torch.cat([example.truth, example.mask], dim=1).float().requires_grad_(True)
    logits, _ = players.garment(pictures[:, :3], pictures[:, 3:])
    total = gradient_penalty(logits, pictures)
    patches, references = _cloth_patches(example, None)
    patches = patches.float().requires_grad_(True)
    logits, _ = players.cloth(patches, references)
    total = total + gradient_penalty(logits, patches)
    exact = exact_places(example)
    if not exact.numel():
        return total
    photo, mask, light = (part[exact].float() for part in (example.garment, example.mask, example.log_shading))
    logits, _ = players.folds(photo, mask, light.requires_grad_(True))
    return total + gradient_penalty(logits, light)


def _garment(players: Players, example: Example, picture: Tensor) -> Verdict:
    seen = augment(torch.cat([picture, example.mask], dim=1))
    verdict: Verdict = players.garment(seen[:, :3], seen[:, 3:])
    return verdict


def _cloth(players: Players, example: Example, picture: Tensor | None) -> Verdict:
    verdict: Verdict = players.cloth(*_cloth_patches(example, picture))
    return verdict


def _folds(players: Players, example: Example, light: Tensor, places: Tensor) -> Verdict:
    """Judge the light B×1×H×W of chosen examples beside their photos."""
    parts = [part[places].float() for part in (example.garment, example.mask, light)]
    seen = augment(torch.cat(parts, dim=1))
    verdict: Verdict = players.folds(seen[:, :3], seen[:, 3:4], seen[:, 4:])
    return verdict


def _cloth_patches(example: Example, picture: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return patches of a picture, or (None) of the worn style, and beside each reference patches of the worn style."""
    count = example.garment.shape[0]
    everywhere = torch.ones_like(example.mask)
    size = min(PATCH_SIZE, *example.mask.shape[-2:])
    source, mask = (example.reference, everywhere) if picture is None else (picture, example.mask)
    patches = random_patches(source, mask, PATCHES, size)
    references = random_patches(example.reference, everywhere, PATCHES * REFERENCES, size)
    return patches, references.view(count * PATCHES, REFERENCES, 3, size, size)
