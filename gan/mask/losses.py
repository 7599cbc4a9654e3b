"""What the mask network is trained to make small."""

from __future__ import annotations

import torch
import torch.nn.functional as F

EDGE_WIDTH = 7
EDGE_WEIGHT = 3.0
SMOOTHING = 1.0


def mask_loss(logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Cross-entropy that counts edges more, plus soft Dice (Milletari et al. 2016, "V-Net").

    Args:
        logits: B×1×h×w.
        target: B×1×h×w in 0..1.
        weight: B×1×h×w in 0..1, how far the target is believed.

    Returns:
        A scalar.
    """
    emphasis = weight * (1 + EDGE_WEIGHT * edge_band(target))
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    cross_entropy = (entropy * emphasis).sum() / emphasis.sum().clamp_min(1.0)
    return cross_entropy + soft_dice_loss(torch.sigmoid(logits), target, weight)


def edge_band(target: torch.Tensor) -> torch.Tensor:
    """1 within a few pixels of the target's edge, else 0; same shape as the target."""
    widest = F.max_pool2d(target, EDGE_WIDTH, 1, EDGE_WIDTH // 2)
    narrowest = -F.max_pool2d(-target, EDGE_WIDTH, 1, EDGE_WIDTH // 2)
    return (widest - narrowest > 0.5).float()


def soft_dice_loss(probability: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """One minus the overlap of each picture, averaged over the batch."""
    overlap = (probability * target * weight).sum(dim=(1, 2, 3))
    sizes = ((probability + target) * weight).sum(dim=(1, 2, 3))
    return (1 - (2 * overlap + SMOOTHING) / (sizes + SMOOTHING)).mean()
