"""Wrong light to teach a discriminator with: exact folds, and some of the old print among them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.colour_tensors import luminance, srgb_to_linear
from gan.losses.masked_statistics import blur_inside, centre_inside, spread_inside

FLOOR = 0.02
RELIEF_SHARE = 0.4
RELIEF = 9
"""Pixels of the box against which relief stands out."""
NEGATIVE_SHARE = 0.25
SPREAD = (0.15, 1.2)
"""Smallest and largest spread of a leaking print, as parts of the light's own."""
LARGEST_LEAK = 0.7
CELLS = (2, 7)


def wrong_light(garment: Tensor, log_shading: Tensor, mask: Tensor) -> Tensor:
    """Return exact log-shading B×1×H×W with some of the old print in it, here and there; drawn anew at each call.

    A discriminator that compares exact light with a generator's learns what the generator lacks, the folds that the
    photo does not show, and so it asks for liveliness, wherever from. Of this light one thing alone is wrong, and the
    photo shows what: brightness that is the old cloth's own. Reed et al., "Generative Adversarial Text to Image
    Synthesis" (2016), show a discriminator real pictures with a wrong text likewise.

    Args:
        garment: the photo, sRGB B×3×H×W.
        log_shading: its exact light, B×1×H×W.
        mask: B×1×H×W.
    """
    count = (mask.shape[0], 1, 1, 1)
    cloth = centre_inside(torch.log(luminance(srgb_to_linear(garment)) + FLOOR) - log_shading, mask)
    relief = torch.rand(count, device=mask.device) < RELIEF_SHARE
    cloth = torch.where(relief, cloth - blur_inside(cloth, mask, RELIEF), cloth) * _smooth_random_weights(mask)
    low, high = SPREAD
    drawn = low * (high / low) ** torch.rand(count, device=mask.device)
    size = drawn * spread_inside(centre_inside(log_shading, mask), mask) / spread_inside(cloth, mask).clamp_min(1e-3)
    sign = torch.where(torch.rand(count, device=mask.device) < NEGATIVE_SHARE, -1.0, 1.0)
    return log_shading + sign * size.clamp_max(LARGEST_LEAK) * cloth


def _smooth_random_weights(mask: Tensor) -> Tensor:
    """Return smooth random weights B×1×H×W, for each example from 0 to 1."""
    low, high = CELLS
    cells = int(torch.randint(low, high + 1, ()))
    knots = torch.rand(mask.shape[0], 1, cells, cells, device=mask.device)
    field = F.interpolate(knots, size=(mask.shape[-2], mask.shape[-1]), mode="bicubic", align_corners=False)
    lowest, highest = field.amin(dim=(2, 3), keepdim=True), field.amax(dim=(2, 3), keepdim=True)
    return (3 * (field - lowest) / (highest - lowest) - 1).clamp(0, 1)
