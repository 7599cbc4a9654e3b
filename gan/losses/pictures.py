"""Terms of the picture as a whole: near the exact one where there is one, calm, and varied."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.losses.example import Example
from gan.perceptual import relative_error

CONTENT_LAYERS = ("relu3_3", "relu4_1")
PAIRED_LAYERS = ("relu1_2", "relu2_2", "relu3_3")
DIVERSITY_CAP = 0.05
LEAST_ERROR = 1e-4
"""Squared error below which a picture is right: 40 dB."""


def reconstruction(example: Example) -> Tensor:
    """Masked L1 to the exact picture."""
    return paired_mean((example.picture - example.truth).abs(), example)


def log_error(example: Example) -> Tensor:
    """Mean logarithm of each picture's masked squared error, PSNR up to a factor (Chen et al., NAFNet, 2022).

    A picture that is nearly right counts as much as a hard one, so that plain garments are not damaged for the sake
    of printed ones.
    """
    weights = example.mask.expand_as(example.picture)
    error = ((example.picture - example.truth).square() * weights).sum(dim=(1, 2, 3)).float()
    logarithms = torch.log(error / (weights.sum(dim=(1, 2, 3)).float() + 1.0) + LEAST_ERROR)
    return (logarithms * example.paired).sum() / example.paired.sum().clamp_min(1.0)


def paired_features(example: Example) -> Tensor:
    """Relative perceptual error to the exact picture (Johnson et al. 2016)."""
    chosen = {name: example.features("picture")[name] for name in PAIRED_LAYERS}
    wanted = {name: example.features("truth")[name] for name in PAIRED_LAYERS}
    return relative_error(chosen, wanted, example.mask * example.paired.view(-1, 1, 1, 1))


def content(example: Example) -> Tensor:
    """Instance-normalised deep features of the garment are kept (Huang and Belongie, AdaIN, 2017)."""
    errors = []
    for name in CONTENT_LAYERS:
        found, wanted = example.features("picture")[name].float(), example.features("garment")[name].float()
        weights = F.adaptive_avg_pool2d(example.mask, (found.shape[-2], found.shape[-1]))
        errors.append(((F.instance_norm(found) - F.instance_norm(wanted)).abs() * weights).mean() / weights.mean())
    return torch.stack(errors).mean()


def identity(example: Example) -> Tensor:
    """Given its own cloth as style, the garment stays as it is."""
    chosen = (example.identity.view(-1, 1, 1, 1) * example.mask).expand_as(example.picture)
    return ((example.picture - example.garment).abs() * chosen).sum() / (chosen.sum() + 1.0)


def diversity(example: Example) -> Tensor:
    """Different noise gives different pictures, up to a cap (Mao et al., "Mode Seeking GANs", 2019)."""
    if example.second is None:
        return example.picture.new_zeros(())
    distance = (example.picture - example.second).abs().mean() / example.noise_distance
    return (DIVERSITY_CAP - distance).clamp_min(0) / DIVERSITY_CAP


def variation(example: Example) -> Tensor:
    """Total variation of the colour residual (Rudin et al. 1992), against blotches and sparkles."""
    field_ = example.residual
    return (field_[..., 1:] - field_[..., :-1]).abs().mean() + (field_[..., 1:, :] - field_[..., :-1, :]).abs().mean()


def residual_size(example: Example) -> Tensor:
    """Mean absolute residual: colour is the guide's business."""
    return example.residual.abs().mean()


def paired_mean(error: Tensor, example: Example) -> Tensor:
    """Return the mean of an error B×C×H×W inside the masks of the paired examples."""
    weights = (example.mask * example.paired.view(-1, 1, 1, 1)).expand_as(error)
    return (error * weights).sum() / (weights.sum() + 1.0)
