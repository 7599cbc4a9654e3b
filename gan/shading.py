"""Light on cloth: the shading read off a photo, and the picture made from it.

Everything here is a pure function on tensors `B×C×H×W` with values 0 to 1, on any device.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan.colour_tensors import linear_to_srgb, luminance, soft_clip, srgb_to_linear
from gan.pictures import fit_size
from gan.precision import full_precision

LUMINANCE_FLOOR = 0.004
"""Added before the logarithm: about one grey level of an 8-bit black, so that sensor noise does not become folds."""
COARSE_LIMITS = (-2.2, 1.4)
FINE_LIMIT = 0.9
ANALYSIS_SIZE = 128
"""Long side, in pixels, at which the coarse part is computed."""
COARSE_SIGMA = ANALYSIS_SIZE / 40
GREY_CONTRAST = 0.25


@dataclass(frozen=True, slots=True)
class Shading:
    """A garment's log-luminance over its masked median, split in two bands.

    Attributes:
        coarse: B×1×H×W, large folds and the fall of light.
        fine: B×1×H×W, small folds, seams and weave.
        level: B×1×1×1, log of the masked median of the linear luminance.
    """

    coarse: Tensor
    fine: Tensor
    level: Tensor


@dataclass(frozen=True, slots=True)
class Controls:
    """What the generator says about a picture; all of them upsample smoothly to any size.

    Attributes:
        trust_coarse: B×1×h×w, factor on `Shading.coarse`; 1 believes the photo, 0 ignores it.
        trust_fine: B×1×h×w, factor on `Shading.fine`.
        gain: B×1×h×w, log-exposure added to the analytic shading.
        residual: B×3×h×w in −1 to 1, a colour step that is widest in mid-tones.
    """

    trust_coarse: Tensor
    trust_fine: Tensor
    gain: Tensor
    residual: Tensor

    @classmethod
    def identity(cls, like: Tensor) -> Controls:
        """Return controls that give the analytic picture, of the batch, size and device of `like`."""
        one = torch.ones_like(like[:, :1])
        zero = torch.zeros_like(one)
        return cls(one, one, zero, zero.expand(-1, 3, -1, -1))

    def deepened(self, factor: float) -> Controls:
        """Return the controls with `factor` times the log-exposure; the residual stays."""
        return Controls(factor * self.trust_coarse, factor * self.trust_fine, factor * self.gain, self.residual)

    def resized(self, size: tuple[int, int]) -> Controls:
        """Return the controls upsampled bicubically to `size` (height, width)."""
        stacked = torch.cat([getattr(self, field.name) for field in fields(self)], dim=1)
        resized = F.interpolate(stacked.float(), size=size, mode="bicubic", align_corners=False)
        return Controls(*resized.split((1, 1, 1, 3), dim=1))


def masked_median(values: Tensor, mask: Tensor) -> Tensor:
    """Return the median B×1×1×1 of `values` where `mask` is over one half (of everything if it nowhere is)."""
    inside = mask > 0.5
    inside = inside | ~inside.flatten(1).any(dim=1).view(-1, 1, 1, 1)
    chosen = values.masked_fill(~inside, torch.nan)
    return chosen.flatten(1).nanmedian(dim=1).values.view(-1, 1, 1, 1)


def log_shading(light: Tensor, mask: Tensor) -> Shading:
    """Split a garment's log-luminance into a coarse and a fine band around its masked median.

    The coarse band is a blur normalised by the mask (normalised convolution, Knutsson and Westin 1993), so that
    the background does not leak in. It is computed at 128 px whatever the photo's size.

    Args:
        light: linear luminance B×1×H×W.
        mask: B×1×H×W in 0 to 1.
    """
    small_size = fit_size(light.shape[-2:], ANALYSIS_SIZE)[::-1]
    small_light, small_mask = (F.adaptive_avg_pool2d(x.float(), small_size) for x in (light, mask))
    level = torch.log(masked_median(small_light, small_mask) + LUMINANCE_FLOOR)
    low, high = COARSE_LIMITS
    relative = (torch.log(light.float() + LUMINANCE_FLOOR) - level).clamp(low - FINE_LIMIT, high + FINE_LIMIT)
    coarse = _masked_blur(F.adaptive_avg_pool2d(relative, small_size), small_mask).clamp(low, high)
    coarse = F.interpolate(coarse, size=light.shape[-2:], mode="bilinear", align_corners=False)
    return Shading(coarse, (relative - coarse).clamp(-FINE_LIMIT, FINE_LIMIT), level)


def light_as_grey(light: Tensor) -> Tensor:
    """Show a log-exposure B×1×H×W as a picture B×3×H×W in 0 to 1, mid-grey where it is zero."""
    return (0.5 + GREY_CONTRAST * light).clamp(0, 1).expand(-1, 3, -1, -1)


def garment_shading(garment: Tensor, mask: Tensor) -> Shading:
    """Return `log_shading` of an sRGB garment B×3×H×W."""
    return log_shading(luminance(srgb_to_linear(garment.float())), mask)


def log_exposure(shading: Shading, controls: Controls) -> Tensor:
    """Return the log factor B×1×H×W by which the cloth's linear colour is multiplied."""
    return controls.trust_coarse * shading.coarse + controls.trust_fine * shading.fine + controls.gain


def apply_controls(guide: Tensor, shading: Shading, controls: Controls) -> Tensor:
    """Return the sRGB picture B×3×H×W: the guide in the garment's light, then the colour residual.

    The residual is the first-order step of an addition in logit space, p + r·p·(1 − p), which keeps the picture
    within 0 to 1 at the cost of two multiplications.

    Args:
        guide: sRGB cloth B×3×H×W.
        shading: the garment's, of the guide's size.
        controls: of the guide's size.
    """
    return lit_and_tinted(guide, log_exposure(shading, controls), controls.residual)


def lit_and_tinted(guide: Tensor, exposure: Tensor, residual: Tensor) -> Tensor:
    """Return `apply_controls` where the log factor B×1×H×W is known: the sRGB picture B×3×H×W."""
    picture = linear_to_srgb(soft_clip(srgb_to_linear(guide) * torch.exp(exposure)))
    return picture + residual * picture * (1 - picture)


def _masked_blur(values: Tensor, mask: Tensor) -> Tensor:
    """Blur where the mask is; outside, the nearest garment's light fades to 0."""
    weights = mask + 1e-4
    return _blur(values * mask) / _blur(weights)


def _blur(values: Tensor) -> Tensor:
    """Blur by a Gaussian that repeats the border: for small planes two matrix products are faster than convolutions."""
    down, across = (
        torch.as_tensor(_blur_matrix(side), device=values.device, dtype=values.dtype) for side in values.shape[-2:]
    )
    with full_precision(values.device):
        return down @ values @ across.T


@functools.lru_cache(maxsize=2 * ANALYSIS_SIZE)
def _blur_matrix(side: int) -> np.ndarray:
    """Return side×side weights; row i holds what each of the `side` places gives to place i."""
    radius = round(2.5 * COARSE_SIGMA)
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / COARSE_SIGMA) ** 2)
    places = np.clip(np.arange(side)[:, None] + offsets, 0, side - 1)
    matrix = np.zeros((side, side))
    np.add.at(matrix, (np.arange(side)[:, None], places), kernel / kernel.sum())
    return matrix.astype(np.float32)
