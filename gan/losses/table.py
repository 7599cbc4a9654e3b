"""All terms by name, and their weighted sum."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from gan.losses.adversarial import adversarial, feature_matching
from gan.losses.distillation import distillation
from gan.losses.inputs import LossInputs, Term
from gan.losses.light import exposure, fold_energy, folds, forgetting, shading
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

LOSS_TABLE: dict[str, Term] = {
    "reconstruction": reconstruction,
    "log_error": log_error,
    "exposure": exposure,
    "folds": folds,
    "fold_energy": fold_energy,
    "unforgotten": forgetting,
    "taught": distillation,
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
    "adversarial_cloth": adversarial("cloth"),
    "adversarial_garment": adversarial("garment"),
    "adversarial_folds": adversarial("folds"),
}
PERCEPTUAL_TERMS = frozenset(
    {"paired_features", "content", "style", "sliced_wasserstein", "adversarial_garment", "adversarial_folds"}
)


def total_loss(inputs: LossInputs, weights: Mapping[str, float]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the weighted sum and each term's own value, detached.

    Raises:
        KeyError: a weight names no term.
    """
    total = inputs.picture.new_zeros((), dtype=torch.float32)
    values: dict[str, Tensor] = {}
    for name, weight in weights.items():
        term = LOSS_TABLE[name]
        if weight == 0:
            continue
        value = term(inputs).float()
        values[name] = value.detach()
        total = total + weight * value
    return total, values
