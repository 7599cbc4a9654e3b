"""All terms by name, and their weighted sum."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from gan.losses.adversarial import adversarial_cloth, adversarial_folds, adversarial_garment, feature_matching
from gan.losses.example import Example, Term
from gan.losses.light import exposure, fold_energy, folds, shading, unforgotten
from gan.losses.pictures import (
    content,
    diversity,
    identity,
    log_error,
    paired_features,
    reconstruction,
    residual_size,
    variation,
)
from gan.losses.styles import colour, sliced_wasserstein, style
from gan.losses.teaching import taught

LOSS_TABLE: dict[str, Term] = {
    "reconstruction": reconstruction,
    "log_error": log_error,
    "exposure": exposure,
    "folds": folds,
    "fold_energy": fold_energy,
    "unforgotten": unforgotten,
    "taught": taught,
    "paired_features": paired_features,
    "content": content,
    "style": style,
    "sliced_wasserstein": sliced_wasserstein,
    "colour": colour,
    "shading": shading,
    "identity": identity,
    "feature_matching": feature_matching,
    "diversity": diversity,
    "variation": variation,
    "residual_size": residual_size,
    "adversarial_cloth": adversarial_cloth,
    "adversarial_garment": adversarial_garment,
    "adversarial_folds": adversarial_folds,
}
PERCEPTUAL_TERMS = frozenset(
    {"paired_features", "content", "style", "sliced_wasserstein", "adversarial_garment", "adversarial_folds"}
)


def total_loss(example: Example, weights: Mapping[str, float]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the weighted sum and each term's own value, detached.

    Raises:
        KeyError: a weight names no term.
    """
    total = example.picture.new_zeros((), dtype=torch.float32)
    values: dict[str, Tensor] = {}
    for name, weight in weights.items():
        term = LOSS_TABLE[name]
        if weight == 0:
            continue
        value = term(example).float()
        values[name] = value.detach()
        total = total + weight * value
    return total, values
