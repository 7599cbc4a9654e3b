"""Terms of the style: statistics of colours and features like those of the cloth, worn."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.losses.inputs import MIDDLE_LAYERS, LossInputs
from gan.networks.perceptual import LAYERS
from gan.precision import full_precision

DIRECTIONS = 32
PROJECTED_PIXELS = 1024


def style(inputs: LossInputs) -> Tensor:
    """Means and deviations of features inside the mask match the worn cloth's (Huang and Belongie 2017)."""
    errors = []
    for name in LAYERS:
        found, wanted = inputs.features("picture")[name], inputs.features("reference")[name]
        weights = F.adaptive_avg_pool2d(inputs.mask, (found.shape[-2], found.shape[-1]))
        (mean, deviation), (true_mean, true_deviation) = _statistics(found, weights), _statistics(wanted, weights)
        size = true_mean.abs().mean(dim=1, keepdim=True) + 1e-4
        errors.append((((mean - true_mean) / size).abs() + ((deviation - true_deviation) / size).abs()).mean())
    return torch.stack(errors).mean()


def sliced_wasserstein(inputs: LossInputs) -> Tensor:
    """Sliced Wasserstein distance of features to the worn cloth's (Heitz et al. 2021)."""
    distances = []
    for name in MIDDLE_LAYERS:
        found, wanted = inputs.features("picture")[name], inputs.features("reference")[name]
        weights = F.adaptive_avg_pool2d(inputs.mask, (found.shape[-2], found.shape[-1]))
        size = wanted.abs().float().mean() + 1e-4
        distances.append(_sliced_distance(found.float() / size, wanted.float() / size, weights))
    return torch.stack(distances).mean()


def colour(inputs: LossInputs) -> Tensor:
    """Sliced Wasserstein distance of RGB to the worn cloth's: the backbone alone is blind to some colours."""
    return _sliced_distance(inputs.picture, inputs.reference, inputs.mask)


def _statistics(features: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation B×C of features under weights B×1×h×w."""
    share = weights / (weights.sum(dim=(2, 3), keepdim=True) + 1e-4)
    values = features.float()
    mean = (values * share).sum(dim=(2, 3))
    variance = ((values - mean[:, :, None, None]).square() * share).sum(dim=(2, 3))
    return mean, torch.sqrt(variance + 1e-4)


def _sliced_distance(found: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    """Mean absolute difference of sorted projections, in float32, on pixels drawn inside the mask."""
    directions = F.normalize(torch.randn(found.shape[1], DIRECTIONS, device=found.device), dim=0)
    distances = []
    for one, other, weight in zip(found, wanted, weights, strict=True):
        places = torch.multinomial(weight.flatten() + 1e-6, PROJECTED_PIXELS, replacement=True)
        with full_precision(found.device):
            mine, theirs = (
                (values.float().flatten(1)[:, places].T @ directions).sort(dim=0).values for values in (one, other)
            )
        distances.append((mine - theirs).abs().mean())
    return torch.stack(distances).mean()
