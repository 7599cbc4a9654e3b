"""The garment's light on full-size pictures.

`gan.shading` defines the arithmetic on tensors; this is the same arithmetic on 8-bit pictures of any size, with
tables for the sRGB curve and in strips that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from torch import Tensor

from gan.colour import LUMINANCE, linear_to_srgb, soft_clip, srgb_to_linear
from gan.shading import COARSE_LIMITS, FINE_LIMIT, LUMINANCE_FLOOR, Controls, Shading

LIGHT_UNIT = 32768
"""White in 16-bit linear light; the room above it lets highlights be clipped softly."""
STRIP_ROWS = 16
BORDER = 0.004
"""Width, as a part of the long side, of the border where the mask may be off and the background may shine in."""
BORDER_FINE_LIMIT = 0.1
BORDER_ALPHA = 0.98
GLARE = 0.2
"""Log-exposure of small folds from which dark cloth's are told from what is bright on it."""
MATT = 0.25
"""Luminance of cloth whose highlights are its own: darker cloth hardly has any, and what is bright on it is something
else, such as lettering, a zip's teeth or a shine on top of the dye."""
FIT_SIDE = 5
FIT_NOISE = 0.003
"""Variance of the log-luminance below which a neighbourhood counts as flat."""

Plane = TypeVar("Plane", np.ndarray, Tensor)

DECODE = (LIGHT_UNIT * srgb_to_linear(np.arange(256) / 255)).astype(np.float32)
"""sRGB byte → linear light in `LIGHT_UNIT`."""
ENCODE = (255 * linear_to_srgb(soft_clip(np.arange(65536) / LIGHT_UNIT))).astype(np.float32)
"""16-bit linear light, highlights softly clipped → sRGB 0 to 255."""
ENCODE_BYTE = np.rint(ENCODE).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class GarmentLight:
    """The garment's shading, ready to be laid on pictures of its full size.

    Attributes:
        coarse: h×w float32, large folds at the network's working size.
        small_fine: h×w float32, small folds, seams and weave at the working size.
        fine: H×W float32, the same at full size.
        glare_kept: 0 to 1, how much is kept of what glares (see `without_glare`); 1 on cloth that is not dark.
    """

    coarse: np.ndarray
    small_fine: np.ndarray
    fine: np.ndarray
    glare_kept: float

    @classmethod
    def read(cls, garment: np.ndarray, alpha: np.ndarray, shading: Shading) -> GarmentLight:
        """Read the fine band off the full-size garment, around the coarse band of the working size.

        A bright background that shows between a dark garment and its mask's edge would read as a glaring fold, so
        the band is kept from brightening the border.

        Args:
            garment: H×W×3 uint8 RGB, best with the background taken out of its edge pixels.
            alpha: H×W float32 in 0 to 1.
            shading: of the garment at the working size.
        """
        coarse, small_fine = (band[0, 0].float().cpu().numpy() for band in (shading.coarse, shading.fine))
        relative = _log_luminance(garment) - float(shading.level)
        low, high = COARSE_LIMITS
        np.clip(relative, low - FINE_LIMIT, high + FINE_LIMIT, out=relative)
        relative -= _upsampled(coarse, garment.shape)
        fine = np.clip(relative, -FINE_LIMIT, _fine_ceiling(alpha), out=relative)
        return cls(coarse, small_fine, fine, min(1.0, float(shading.level.exp()) / MATT))

    def exposure(self, controls: Controls) -> np.ndarray:
        """Return `gan.shading.log_exposure` of one picture's controls at full size, H×W float32.

        See `fold_planes` for how they get there; dark cloth's is kept `without_glare`.
        """
        trust_coarse, trust_fine, gain = (
            control[0, 0].float().cpu().numpy()
            for control in (controls.trust_coarse, controls.trust_fine, controls.gain)
        )
        slope, offset = fold_planes((trust_coarse, trust_fine, gain), (self.coarse, self.small_fine), _box_mean)
        exposure = _upsampled(slope, self.fine.shape)
        exposure *= self.fine
        exposure = without_glare(exposure, self.glare_kept)
        exposure += _upsampled(offset, self.fine.shape)
        return exposure


def fold_planes(
    controls: tuple[Plane, Plane, Plane], shading: tuple[Plane, Plane], mean: Callable[[Plane], Plane]
) -> tuple[Plane, Plane]:
    """Return slope and offset, planes of the working size that upsampled give the exposure: slope · fine + offset.

    What the controls take away, most of all an old print, ends at edges of the garment's own luminance and must
    end as sharply. So as much of it as follows that luminance is upsampled by its slope over it, as a guided
    filter does (He, Sun and Tang 2013; slopes found at the working size as in He and Sun 2015), the rest
    bicubically. At the working size nothing changes.

    Args:
        controls: trust in the coarse and the fine band, and gain.
        shading: the coarse and the fine band at the working size.
        mean: averages a plane over squares of `FIT_SIDE`.
    """
    (trust_coarse, trust_fine, gain), (coarse, fine) = controls, shading
    smooth = trust_coarse * coarse + gain
    following = _slope(smooth - coarse, coarse + fine, mean)
    return trust_fine + following, smooth - following * fine


def without_glare(small_folds: Plane, kept: float) -> Plane:
    """Return the log-exposure of small folds with only a part of what exceeds `GLARE`.

    A photo's highlights add to the light that cloth scatters (the dichromatic model of Shafer, "Using Color to Separate
    Reflection Components", 1985). On dark cloth they are many times as bright as it, and would be as many times as
    bright as the new cloth, which is paler.
    """
    return small_folds if kept >= 1 else small_folds - (1 - kept) * (small_folds - GLARE).clip(min=0)


def light_guide(guide: np.ndarray, light: GarmentLight, controls: Controls) -> np.ndarray:
    """Return the cloth in the garment's light: `gan.shading.apply_controls` for one full-size 8-bit picture.

    Args:
        guide: H×W×3 uint8 RGB.
        light: of the garment at the same size.
        controls: of one picture, at the working size.
    """
    gain = cv2.exp(light.exposure(controls))
    residual = controls.residual[0].float().cpu().permute(1, 2, 0).contiguous().numpy()
    picture = np.empty_like(guide)
    if not residual.any():
        for rows in _strips(guide):
            picture[rows] = cv2.LUT(_exposed(guide[rows], gain[rows]), ENCODE_BYTE)
        return picture
    residual = _upsampled(residual, guide.shape)
    for rows in _strips(guide):
        _add_residual(cv2.LUT(_exposed(guide[rows], gain[rows]), ENCODE), residual[rows], picture[rows])
    return picture


def _strips(picture: np.ndarray) -> Iterator[slice]:
    return (slice(top, top + STRIP_ROWS) for top in range(0, picture.shape[0], STRIP_ROWS))


def _exposed(guide: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Linear light of a strip under its gain, uint16 and saturating."""
    return cv2.multiply(cv2.LUT(guide, DECODE), cv2.merge([gain, gain, gain]), dtype=cv2.CV_16U)


def _add_residual(encoded: np.ndarray, residual: np.ndarray, result: np.ndarray) -> None:
    """Write p + r·p·(1 − p) of a strip, with p from 0 to 255, into `result`."""
    step = cv2.multiply(encoded, encoded, scale=-1 / 255)
    step = cv2.add(step, encoded, dst=step)
    step = cv2.multiply(step, residual, dst=step)
    cv2.add(encoded, step, dst=result, dtype=cv2.CV_8U)


def _upsampled(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Resample h×w[×C] float32 bicubically to the height and width of `shape`."""
    return cv2.resize(values, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def _box_mean(values: np.ndarray) -> np.ndarray:
    return cv2.blur(values, (FIT_SIDE, FIT_SIDE), borderType=cv2.BORDER_REFLECT)


def _slope(values: Plane, guidance: Plane, mean: Callable[[Plane], Plane]) -> Plane:
    """Return the slope h×w of the best linear function from `guidance` to `values` in each neighbourhood."""
    mean_guidance = mean(guidance)
    covariance = mean(guidance * values) - mean_guidance * mean(values)
    variance = mean(guidance * guidance) - mean_guidance * mean_guidance
    return mean(covariance / (variance + FIT_NOISE))


def _fine_ceiling(alpha: np.ndarray) -> np.ndarray:
    """Return the largest fine shading allowed at each pixel, H×W float32."""
    side = 2 * max(1, round(BORDER * max(alpha.shape))) + 1
    inner = cv2.erode((alpha > BORDER_ALPHA).view(np.uint8), np.ones((side, side), np.uint8))
    return np.where(inner, np.float32(FINE_LIMIT), np.float32(BORDER_FINE_LIMIT))


def linear_luminance(picture: np.ndarray) -> np.ndarray:
    """Return `gan.colour_tensors.luminance` of an 8-bit picture's linear light.

    Args:
        picture: H×W×3 uint8 RGB.

    Returns:
        H×W float32 in 0 to 1.
    """
    return cv2.transform(cv2.LUT(picture, DECODE), LUMINANCE[None] / LIGHT_UNIT)


def _log_luminance(garment: np.ndarray) -> np.ndarray:
    """Return log(Y + floor) of the linear luminance, H×W float32."""
    logarithm = np.empty(garment.shape[:2], np.float32)
    for rows in _strips(garment):
        logarithm[rows] = cv2.log(linear_luminance(garment[rows]) + LUMINANCE_FLOOR)
    return logarithm
