"""Linear judges of a style's subject, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from gan.mask.weights import SHIPPED as NETWORK_FILE
from gan.mask.weights import shipped_network
from gan.shipped import GARMENT_JUDGE, SCENE_JUDGE
from gan.subject.features import layout_features, subject_features
from gan.tensor_files import write_tensors

SURE = 4.0
"""Log-odds from which a picture is taken for the photo of a garment.

High, as it is worse to cut a painting than to miss a garment; `SUBJECT_MODEL_CARD.md` has the figures at this value.
"""
LIKELY = 0.3
"""Log-odds from which what shows no garment is taken for a scene.

Above zero, as a pattern laid as one huge picture is worse than a painting that repeats.
"""


@dataclass(frozen=True, slots=True)
class LinearJudge:
    """A logistic regression on features: its weight and bias give the log-odds of yes."""

    weight: torch.Tensor
    bias: torch.Tensor

    def log_odds(self, features: torch.Tensor) -> torch.Tensor:
        """Return N log-odds of N×D features, or one of D."""
        return features @ self.weight + self.bias

    def save(self, path: Path) -> None:
        """Write it, all at once or not at all."""
        write_tensors({"weight": self.weight, "bias": self.bias}, path)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture shows; cloth, where it is neither.

    Attributes:
        is_garment: it surely is the photo of a garment.
        is_scene: its parts differ, so that their layout matters.
    """

    is_garment: bool
    is_scene: bool


def look_at(picture: np.ndarray) -> Subject | None:
    """Say what a picture shows; None without the shipped weights.

    Args:
        picture: H×W×3 uint8 RGB.
    """
    if not (GARMENT_JUDGE.exists() and SCENE_JUDGE.exists() and NETWORK_FILE.exists()):
        return None
    features = subject_features(shipped_network(), picture)
    is_garment = bool(_shipped(GARMENT_JUDGE).log_odds(features) > SURE)
    scene = _shipped(SCENE_JUDGE).log_odds(torch.cat([features, layout_features(picture)]))
    return Subject(is_garment, not is_garment and bool(scene > LIKELY))


@cache
def _shipped(file: Path) -> LinearJudge:
    return LinearJudge(**load_file(file))
