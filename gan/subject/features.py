"""What the mask network and a picture's coarse colours tell of its subject."""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from gan.mask.find import expected_overlap
from gan.mask.inputs import network_inputs
from gan.mask.network import MaskNetwork
from gan.mask.predict import at_working_shape

LAYOUT_SIDE = 320
GRIDS = (2, 3, 5, 8, 16, 32)
"""Cells along a side over which colours are averaged: those of a scene still differ where those of cloth are alike."""
LEAST = 1e-3
"""Added to shares of variance before their logarithm is taken."""


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


def layout_features(picture: np.ndarray) -> torch.Tensor:
    """Return how much of a picture's variance its coarse colours have: over grids, rows, columns and halves.

    Args:
        picture: H×W×3 uint8 RGB.

    Returns:
        Vector of the logarithms of shares of the variance of its Lab colours.
    """
    small = cv2.resize(picture, (LAYOUT_SIDE, LAYOUT_SIDE), interpolation=cv2.INTER_AREA)
    planes = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    total = float(planes.var((0, 1)).sum()) + 1
    grids = [cv2.resize(planes, (cells, cells), interpolation=cv2.INTER_AREA).var((0, 1)).sum() for cells in GRIDS]
    lines = [planes.mean(axis).var(0).sum() for axis in (1, 0)]
    halves = [np.square(np.diff(_halves(planes, axis), axis=0)).sum() for axis in (0, 1)]
    return torch.tensor([*grids, *lines, *halves], dtype=torch.float32).div(total).add(LEAST).log()


def _halves(planes: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean colour of the upper and lower or the left and right half, 2×3."""
    return np.stack([half.mean((0, 1)) for half in np.array_split(planes, 2, axis)])
