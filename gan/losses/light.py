"""Terms of the light on the cloth: the exact folds, as many of them, and none of the old print."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.colour_tensors import luminance, srgb_to_linear
from gan.losses.inputs import EXPOSURE_LIMITS, LossInputs
from gan.losses.pictures import paired_mean, step_sizes

ENERGY_WINDOW = 8
ENERGY_SCALES = 3


def exposure(inputs: LossInputs) -> Tensor:
    """Masked L1 between the log factor on the guide and the exact log-shading."""
    return paired_mean(_exposure_error(inputs).abs(), inputs)


def folds(inputs: LossInputs) -> Tensor:
    """Masked L1 between gradients of predicted and exact log-shading: sharp folds, no ghost of an old print."""
    chosen = inputs.mask * inputs.paired.view(-1, 1, 1, 1)
    return step_sizes(_exposure_error(inputs) * chosen) / (chosen.mean() + 1e-4)


def fold_energy(inputs: LossInputs) -> Tensor:
    """L1 between local means of gradient size of predicted and exact log-shading, at three scales.

    Where folds are uncertain, a pointwise error is least for no folds at all; their amount is known all the same.
    """
    chosen = inputs.mask * inputs.paired.view(-1, 1, 1, 1)
    found, wanted = inputs.exposure.clamp(*EXPOSURE_LIMITS), inputs.log_shading.clamp(*EXPOSURE_LIMITS)
    errors = []
    for _ in range(ENERGY_SCALES):
        window = min(ENERGY_WINDOW, *chosen.shape[-2:])
        weights = F.avg_pool2d(chosen, window)
        sizes = [F.avg_pool2d(_slope(light) * chosen, window) for light in (found, wanted)]
        errors.append((sizes[0] - sizes[1]).abs().sum() / (weights.sum() + 1e-2))
        found, wanted, chosen = (F.avg_pool2d(x, 2) for x in (found, wanted, chosen))
    return torch.stack(errors).mean()


def forgetting(inputs: LossInputs) -> Tensor:
    """Change of the light since before the discriminators' phase, on photos of garments without a pattern.

    Li and Hoiem, "Learning without Forgetting" (2016). Discriminators know old prints, but on plain photos they iron
    folds out; there the pairs have taught the light already.
    """
    if inputs.earlier_exposure is None:
        return inputs.picture.new_zeros(())
    chosen = inputs.mask * (1 - inputs.paired).view(-1, 1, 1, 1) * (1 - inputs.patterned).view(-1, 1, 1, 1)
    error = (inputs.exposure - inputs.earlier_exposure) * chosen
    return (error.abs().mean() + step_sizes(error)) / (chosen.mean() + 1e-4)


def shading(inputs: LossInputs) -> Tensor:
    """One minus the correlation of the light that was put on the guide with the garment's own, blurred."""
    own = torch.log(luminance(srgb_to_linear(inputs.garment)) + 0.02)
    put, own = F.avg_pool2d(inputs.exposure, 4), F.avg_pool2d(own, 4)
    weights = F.avg_pool2d(inputs.mask, 4) + 1e-4
    put, own = _centred(put, weights), _centred(own, weights)
    products = (put * own * weights).sum(dim=(1, 2, 3))
    sizes = (put.square() * weights).sum(dim=(1, 2, 3)) * (own.square() * weights).sum(dim=(1, 2, 3))
    return (1 - products * torch.rsqrt(sizes + 1e-6)).mean()


def _exposure_error(inputs: LossInputs) -> Tensor:
    wanted = inputs.log_shading.clamp(*EXPOSURE_LIMITS)
    return inputs.exposure.clamp(EXPOSURE_LIMITS[0] - 0.5, EXPOSURE_LIMITS[1] + 0.5) - wanted


def _slope(light: Tensor) -> Tensor:
    """Return B×1×H×W gradient sizes; zero at the right and lower border."""
    across = F.pad(light[..., :, 1:] - light[..., :, :-1], (0, 1, 0, 0))
    along = F.pad(light[..., 1:, :] - light[..., :-1, :], (0, 0, 0, 1))
    return (across.square() + along.square() + 1e-6).sqrt()


def _centred(values: Tensor, weights: Tensor) -> Tensor:
    mean = (values * weights).sum(dim=(2, 3), keepdim=True) / weights.sum(dim=(2, 3), keepdim=True)
    return values - mean
