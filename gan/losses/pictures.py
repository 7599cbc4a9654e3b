"""Terms of the picture as a whole: near the exact one where there is one, calm, and varied."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.losses.inputs import LossInputs
from gan.networks.perceptual import relative_error

CONTENT_LAYERS = ("relu3_3", "relu4_1")
PAIRED_LAYERS = ("relu1_2", "relu2_2", "relu3_3")
DIVERSITY_CAP = 0.05
LEAST_ERROR = 1e-4
"""Squared error below which a picture is right: 40 dB."""


def reconstruction(inputs: LossInputs) -> Tensor:
    """Masked L1 to the exact picture."""
    return paired_mean((inputs.picture - inputs.truth).abs(), inputs)


def log_error(inputs: LossInputs) -> Tensor:
    """Mean logarithm of each picture's masked squared error, PSNR up to a factor (Chen et al., NAFNet, 2022).

    A picture that is nearly right counts as much as a hard one, so that plain garments are not damaged for the sake
    of printed ones.
    """
    weights = inputs.mask.expand_as(inputs.picture)
    error = ((inputs.picture - inputs.truth).square() * weights).sum(dim=(1, 2, 3)).float()
    logarithms = torch.log(error / (weights.sum(dim=(1, 2, 3)).float() + 1.0) + LEAST_ERROR)
    return (logarithms * inputs.paired).sum() / inputs.paired.sum().clamp_min(1.0)


def paired_features(inputs: LossInputs) -> Tensor:
    """Relative perceptual error to the exact picture (Johnson et al. 2016)."""
    chosen = {name: inputs.features("picture")[name] for name in PAIRED_LAYERS}
    wanted = {name: inputs.features("truth")[name] for name in PAIRED_LAYERS}
    return relative_error(chosen, wanted, inputs.mask * inputs.paired.view(-1, 1, 1, 1))


def content(inputs: LossInputs) -> Tensor:
    """Instance-normalised deep features of the garment are kept (Huang and Belongie, AdaIN, 2017)."""
    errors = []
    for name in CONTENT_LAYERS:
        found, wanted = inputs.features("picture")[name].float(), inputs.features("garment")[name].float()
        weights = F.adaptive_avg_pool2d(inputs.mask, (found.shape[-2], found.shape[-1]))
        errors.append(((F.instance_norm(found) - F.instance_norm(wanted)).abs() * weights).mean() / weights.mean())
    return torch.stack(errors).mean()


def identity(inputs: LossInputs) -> Tensor:
    """Given its own cloth as style, the garment stays as it is."""
    chosen = (inputs.identity.view(-1, 1, 1, 1) * inputs.mask).expand_as(inputs.picture)
    return ((inputs.picture - inputs.garment).abs() * chosen).sum() / (chosen.sum() + 1.0)


def diversity(inputs: LossInputs) -> Tensor:
    """Different noise gives different pictures, up to a cap (Mao et al., "Mode Seeking GANs", 2019).

    They divide by the distance of the two noises; on average over a batch it is a constant, and left out.
    """
    if inputs.second_picture is None:
        return inputs.picture.new_zeros(())
    distance = (inputs.picture - inputs.second_picture).abs().mean()
    return (DIVERSITY_CAP - distance).clamp_min(0) / DIVERSITY_CAP


def variation(inputs: LossInputs) -> Tensor:
    """Total variation of the colour residual (Rudin et al. 1992), against blotches and sparkles."""
    return step_sizes(inputs.residual)


def residual_size(inputs: LossInputs) -> Tensor:
    """Mean absolute residual: colour is the guide's business."""
    return inputs.residual.abs().mean()


def paired_mean(error: Tensor, inputs: LossInputs) -> Tensor:
    """Return the mean of an error B×C×H×W inside the masks of the paired examples."""
    weights = (inputs.mask * inputs.paired.view(-1, 1, 1, 1)).expand_as(error)
    return (error * weights).sum() / (weights.sum() + 1.0)


def step_sizes(values: Tensor) -> Tensor:
    """Return the mean size of the steps between neighbours, across and along."""
    across, along = values[..., :, 1:] - values[..., :, :-1], values[..., 1:, :] - values[..., :-1, :]
    return across.abs().mean() + along.abs().mean()
