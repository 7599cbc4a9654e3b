"""Gatys's optimisation, the slow classic, as a baseline on a few pairs."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.networks.perceptual import PerceptualFeatures

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CONTENT_LAYER = "relu4_1"
STYLE_WEIGHT = 40.0
"""Of all layers together, against a content error of one; much less leaves noise, not strokes."""
RATE = 0.02


def optimise(backbone: PerceptualFeatures, content: Tensor, style: Tensor, steps: int = 300) -> Tensor:
    """Return the picture 1×3×H×W with the content's features and the style's Gram matrices.

    Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style" (2015), with Adam.

    Args:
        backbone: perceptual features.
        content: 1×3×H×W.
        style: 1×3×h×w.
        steps: of the optimisation.
    """
    with torch.no_grad():
        wanted_content = backbone(content, (CONTENT_LAYER,))[CONTENT_LAYER]
        wanted_style = {name: _gram(value) for name, value in backbone(style, STYLE_LAYERS).items()}
    picture = content.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([picture], RATE)
    for _ in range(steps):
        optimizer.zero_grad()
        found = backbone(picture, (*STYLE_LAYERS, CONTENT_LAYER))
        size = wanted_content.square().mean()
        loss = F.mse_loss(found[CONTENT_LAYER], wanted_content) / size
        for name, gram in wanted_style.items():
            error = F.mse_loss(_gram(found[name]), gram) / gram.square().mean()
            loss = loss + STYLE_WEIGHT / len(wanted_style) * error
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            picture.clamp_(0, 1)
    return picture.detach()


def _gram(features: Tensor) -> Tensor:
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[-1]
