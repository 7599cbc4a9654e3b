"""Is a picture the photo of a garment, or is it cloth, a pattern, a painting?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from gan.mask.find import expected_overlap
from gan.mask.inputs import network_inputs
from gan.mask.network import MaskNetwork
from gan.mask.predict import at_working_shape
from gan.mask.weights import SHIPPED as NETWORK_FILE
from gan.mask.weights import shipped_network
from gan.tensor_files import write_tensors

SHIPPED = Path(__file__).parent.parent / "weights" / "subject.safetensors"
SURE = 4.0
"""Log-odds from which a picture is taken for the photo of a garment: a painting that is, is worse than one missed."""


@dataclass(frozen=True, slots=True)
class SubjectHead:
    """A linear judge of `subject_features`: its weight and bias give the log-odds that a garment's photo is seen."""

    weight: torch.Tensor
    bias: torch.Tensor

    def log_odds(self, features: torch.Tensor) -> torch.Tensor:
        """N×D or D features to N or one log-odds."""
        return features @ self.weight + self.bias

    def save(self, path: Path) -> None:
        """Write it, all at once or not at all."""
        write_tensors({"weight": self.weight, "bias": self.bias}, path)


@cache
def _shipped_head() -> SubjectHead:
    return SubjectHead(**load_file(SHIPPED))


def shows_garment(picture: np.ndarray) -> bool:
    """Say whether a picture surely is the photo of a garment; without the shipped weights it never is.

    Args:
        picture: H×W×3 uint8 RGB.
    """
    if not (SHIPPED.exists() and NETWORK_FILE.exists()):
        return False
    return bool(_shipped_head().log_odds(subject_features(shipped_network(), picture)) > SURE)


@torch.inference_mode()
def subject_features(network: MaskNetwork, picture: np.ndarray) -> torch.Tensor:
    """Return what the mask network knows of a picture's subject.

    Args:
        network: in evaluation mode.
        picture: H×W×3 uint8 RGB.

    Returns:
        Vector of its deepest features' means and maxima, their means inside and outside what it takes for a garment,
        and how large, sure and near to the border that is.
    """
    inputs = torch.from_numpy(network_inputs(at_working_shape(picture)))[None]
    logits, deepest = network.look(inputs)
    probability, features = torch.sigmoid(logits), deepest[0]
    inside = F.interpolate(probability, size=features.shape[1:], mode="area")[0]
    shares = [(features * part).sum((1, 2)) / (part.sum() + 1e-3) for part in (inside, 1 - inside)]
    seen = probability[0, 0]
    border = torch.cat([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    figures = [seen.mean(), border.mean(), (border > 0.5).float().mean(), (2 * seen - 1).abs().mean()]
    overlap = seen.new_tensor(expected_overlap(seen.numpy()))
    return torch.cat([features.mean((1, 2)), features.amax((1, 2)), *shares, torch.stack([*figures, overlap])])
