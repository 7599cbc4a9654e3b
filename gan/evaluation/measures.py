"""What a picture is judged by; none of these is a training loss. Pictures are sRGB B×3×H×W, masks B×1×H×W."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.colour_tensors import luminance, srgb_to_linear
from gan.networks.perceptual import PerceptualFeatures, relative_error

JUDGING_LAYERS = ("relu4_2", "relu4_3")
"""Deeper than any layer that training looks at."""
SSIM_WINDOW = 7
PATCH = 7
LEVELS = 3
DIRECTIONS = 128
PATCHES = 2048
FOLD_BLUR = 48
"""Folds are compared after averaging over the height divided by this."""
EXPOSURE_FLOOR = 0.02
DYE_STEP = 0.25
"""Change of log chroma over two pixels that only another dye makes."""
LEAST_DYED = 0.02
"""Share of a garment that must lie on such steps for its old print to be judged."""
EDGE_MARGIN = 13


def ssim(picture: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Return B structural similarities of the luminance inside the mask (Wang et al. 2004)."""
    one, other = (_grey(x) for x in (picture, truth))
    mean_one, mean_other = _window(one), _window(other)
    variance_one = _window(one * one) - mean_one**2
    variance_other = _window(other * other) - mean_other**2
    covariance = _window(one * other) - mean_one * mean_other
    first = (2 * mean_one * mean_other + 0.01**2) / (mean_one**2 + mean_other**2 + 0.01**2)
    second = (2 * covariance + 0.03**2) / (variance_one + variance_other + 0.03**2)
    return _masked_mean(first * second, mask)


def perceptual_distance(backbone: PerceptualFeatures, picture: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Return B relative errors of deep features inside the mask."""
    found, wanted = backbone(picture, JUDGING_LAYERS), backbone(truth, JUDGING_LAYERS)
    return torch.stack(
        [
            relative_error(
                {name: value[index : index + 1] for name, value in found.items()},
                {name: value[index : index + 1] for name, value in wanted.items()},
                mask[index : index + 1],
            )
            for index in range(picture.shape[0])
        ]
    )


def fold_correlation(picture: Tensor, log_light: Tensor, guide: Tensor, mask: Tensor) -> Tensor:
    """Return B partial correlations of the picture's blurred log-luminance with the garment's light, given the guide.

    The cloth's own lights and darks are controlled for, or a bold pattern would hide well-kept folds. A method that
    does not use the guide loses nothing by it.
    """
    size = max(2, picture.shape[-2] // FOLD_BLUR)
    fields = (log_luminance(picture), log_light, log_luminance(guide), mask)
    one, other, given, weights = (F.avg_pool2d(field, size) for field in fields)
    return _partial_correlation(one, other, given, weights)


def edge_agreement(picture: Tensor, log_light: Tensor, guide: Tensor, mask: Tensor) -> Tensor:
    """Return B partial correlations of luminance gradients with those of the garment's light, given the guide's."""
    inside = -F.max_pool2d(-mask, 5, stride=1, padding=2)
    fields = (log_luminance(picture), log_light, log_luminance(guide))
    # Both directions side by side, as one field.
    one, other, given = (torch.cat(_gradient(field), dim=-1) for field in fields)
    return _partial_correlation(one, other, given, torch.cat([inside, inside], dim=-1))


def texture_distance(picture: Tensor, reference: Tensor, mask: Tensor, reference_mask: Tensor) -> Tensor:
    """Return B sliced Wasserstein distances of small patches on a Laplacian pyramid (Karras et al. 2018).

    Patches are 7 px of colour at three scales; directions are fixed by a seed, so that figures can be compared.
    """
    generator = torch.Generator().manual_seed(0)
    distances = []
    for one, other, inside, other_inside in zip(picture, reference, mask, reference_mask, strict=True):
        levels = []
        pyramids = (_pyramid(one[None], inside[None]), _pyramid(other[None], other_inside[None]))
        for (mine, my_mask), (theirs, their_mask) in zip(*pyramids, strict=True):
            directions = F.normalize(torch.randn(3 * PATCH * PATCH, DIRECTIONS, generator=generator), dim=0)
            mine_sorted = _projected(mine, my_mask, directions, generator)
            theirs_sorted = _projected(theirs, their_mask, directions, generator)
            levels.append((mine_sorted - theirs_sorted).abs().mean())
        distances.append(torch.stack(levels).mean())
    return torch.stack(distances)


def pattern_fidelity(picture: Tensor, guide: Tensor, mask: Tensor) -> Tensor:
    """Return B correlations of amplitude spectra: are the pattern's frequencies still there, and no others?"""
    spectra = [_spectrum(x, mask) for x in (picture, guide)]
    ones = torch.ones_like(spectra[0])
    return _correlation(spectra[0], spectra[1], ones)


def old_print_left(picture: Tensor, garment: Tensor, guide: Tensor, mask: Tensor) -> Tensor:
    """Return B shares of the old print that still show: 0 where none does, 1 where the light holds all of it.

    A fold darkens all channels alike, so where the photo's chroma steps, a print does. There the steps of the light on
    the cloth (the picture over its guide) are set against the photo's own, by least squares. Not a number for a garment
    with hardly any such place.
    """
    logs = torch.log(srgb_to_linear(garment.clamp(0, 1)) + EXPOSURE_FLOOR)
    logs = F.avg_pool2d(F.pad(logs, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    tone = logs.mean(dim=1, keepdim=True)
    inside = -F.max_pool2d(-mask, EDGE_MARGIN, stride=1, padding=EDGE_MARGIN // 2)
    # Both directions side by side; a fold may cross a print's edge, so only steps in the print's direction count.
    dye, own, put = (
        torch.cat(_gradient(field), dim=-1)
        for field in (logs - tone, tone, log_luminance(picture) - log_luminance(guide))
    )
    chosen = (dye.square().sum(dim=1, keepdim=True).sqrt() > DYE_STEP) * (torch.cat([inside, inside], dim=-1) > 0.99)
    left = (put * own * chosen).sum(dim=(1, 2, 3)) / (own.square() * chosen).sum(dim=(1, 2, 3)).clamp_min(1e-6)
    enough = chosen.sum(dim=(1, 2, 3)) > LEAST_DYED * mask.sum(dim=(1, 2, 3))
    return torch.where(enough, left, torch.full_like(left, float("nan")))


def background_difference(picture: Tensor, garment: Tensor, mask: Tensor) -> Tensor:
    """Return B largest differences, in 8-bit steps, where the mask is exactly zero."""
    changed = ((picture - garment).abs() * 255).round() * (mask == 0)
    return changed.amax(dim=(1, 2, 3))


def log_luminance(picture: Tensor) -> Tensor:
    """Return B×1×H×W log of the linear luminance, with a floor that keeps black cloth from exploding."""
    return torch.log(luminance(srgb_to_linear(picture.clamp(0, 1))) + EXPOSURE_FLOOR)


def style_descriptor(backbone: PerceptualFeatures, picture: Tensor, mask: Tensor) -> Tensor:
    """Return B×K means and deviations of deep features inside the mask, normalised, for retrieval."""
    parts = []
    for features in backbone(picture, JUDGING_LAYERS[:1]).values():
        weights = F.adaptive_avg_pool2d(mask, (features.shape[-2], features.shape[-1]))
        weights = weights / weights.sum(dim=(2, 3), keepdim=True).clamp_min(1e-4)
        mean = (features * weights).sum(dim=(2, 3))
        deviation = ((features - mean[:, :, None, None]).square() * weights).sum(dim=(2, 3)).sqrt()
        parts += [mean, deviation]
    return F.normalize(torch.cat(parts, dim=1), dim=1)


def _grey(picture: Tensor) -> Tensor:
    return picture.mean(dim=1, keepdim=True)


def _window(values: Tensor) -> Tensor:
    padded = F.pad(values, (SSIM_WINDOW // 2,) * 4, mode="replicate")
    return F.avg_pool2d(padded, SSIM_WINDOW, stride=1)


def _masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum(dim=(1, 2, 3)) / mask.sum(dim=(1, 2, 3)).clamp_min(1e-4)


def _correlation(one: Tensor, other: Tensor, weights: Tensor) -> Tensor:
    weights = weights + 1e-8
    centred = []
    for values in (one, other):
        mean = (values * weights).sum(dim=(1, 2, 3), keepdim=True) / weights.sum(dim=(1, 2, 3), keepdim=True)
        centred.append(values - mean)
    product = (centred[0] * centred[1] * weights).sum(dim=(1, 2, 3))
    sizes = [(values.square() * weights).sum(dim=(1, 2, 3)) for values in centred]
    return product / (sizes[0] * sizes[1]).sqrt().clamp_min(1e-8)


def _partial_correlation(one: Tensor, other: Tensor, given: Tensor, weights: Tensor) -> Tensor:
    """Return the correlation of two fields after what a third explains linearly has been taken off both."""
    direct = _correlation(one, other, weights)
    through, onward = _correlation(one, given, weights), _correlation(other, given, weights)
    left = ((1 - through.square()) * (1 - onward.square())).sqrt()
    return torch.where(left > 1e-3, (direct - through * onward) / left.clamp_min(1e-3), torch.zeros_like(direct))


def _gradient(values: Tensor) -> tuple[Tensor, Tensor]:
    across = F.pad(values[..., :, 2:] - values[..., :, :-2], (1, 1, 0, 0))
    along = F.pad(values[..., 2:, :] - values[..., :-2, :], (0, 0, 1, 1))
    return across, along


def _pyramid(picture: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return band-passed levels, fine to coarse (the coarsest keeps its mean: colour counts), with masks."""
    levels = []
    for level in range(LEVELS):
        smaller, smaller_mask = F.avg_pool2d(picture, 2), F.avg_pool2d(mask, 2)
        if level == LEVELS - 1:
            levels.append((picture, mask))
        else:
            upsampled = F.interpolate(smaller, size=picture.shape[-2:], mode="bilinear", align_corners=False)
            levels.append((picture - upsampled, mask))
        picture, mask = smaller, smaller_mask
    return levels


def _projected(level: Tensor, mask: Tensor, directions: Tensor, generator: torch.Generator) -> Tensor:
    """Return sorted projections of patches drawn inside the mask, PATCHES×DIRECTIONS."""
    patches = F.unfold(level, PATCH)[0].T
    inside = F.unfold(mask, PATCH)[0].mean(dim=0)
    places = torch.multinomial((inside > 0.95).float() + 1e-7, PATCHES, replacement=True, generator=generator)
    return (patches[places] @ directions).sort(dim=0).values


def _spectrum(picture: Tensor, mask: Tensor) -> Tensor:
    """Return the log amplitude spectrum of the luminance, its slow part taken off, tapered by the mask."""
    grey = log_luminance(picture)
    size = max(3, picture.shape[-2] // 16 | 1)
    slow = F.avg_pool2d(F.pad(grey, (size // 2,) * 4, mode="replicate"), size, stride=1)
    taper = F.avg_pool2d(F.pad(mask, (4, 4, 4, 4)), 9, stride=1)
    return torch.log(torch.fft.rfft2((grey - slow) * taper).abs() + 0.1)
