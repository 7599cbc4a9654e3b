"""From guides and controls to finished pictures at full size, in the garment's light and inside its soft edge.

`gan.shading` defines the arithmetic on tensors; this is the same arithmetic on 8-bit pictures of any size, with
tables for the sRGB curve and in strips that stay in the processor's cache. Background pixels are copied, not computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from gan.mask import estimate_foreground
from gan.shading import (
    COARSE_LIMITS,
    FINE_LIMIT,
    LUMINANCE_FLOOR,
    LUMINANCE_WEIGHTS,
    Controls,
    Shading,
    linear_to_srgb,
    soft_clip,
    srgb_to_linear,
)

LIGHT_UNIT = 32768
"""White in 16-bit linear light; the room above it lets highlights be clipped softly."""
STRIP_ROWS = 16
OPAQUE, CLEAR = 1 - 1 / 510, 1 / 510
"""Alpha beyond which an 8-bit picture cannot show the other layer."""
FOREGROUND_SIZE = 384


def _decoding_table() -> np.ndarray:
    levels = torch.arange(256, dtype=torch.float64) / 255
    return (srgb_to_linear(levels) * LIGHT_UNIT).numpy().astype(np.float32)


def _encoding_table() -> np.ndarray:
    light = torch.arange(65536, dtype=torch.float64) / LIGHT_UNIT
    return (linear_to_srgb(soft_clip(light)) * 255).numpy().astype(np.float32)


DECODE = _decoding_table()
"""sRGB byte → linear light in `LIGHT_UNIT`."""
ENCODE = _encoding_table()
"""16-bit linear light, highlights softly clipped → sRGB 0 to 255."""
ENCODE_BYTE = np.rint(ENCODE).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class GarmentLight:
    """The garment's shading, ready to be laid on pictures of its full size.

    Attributes:
        coarse: h×w float32, large folds at the network's working size.
        fine: H×W float32, small folds, seams and weave at full size.
    """

    coarse: np.ndarray
    fine: np.ndarray

    @classmethod
    def read(cls, garment: np.ndarray, shading: Shading) -> GarmentLight:
        """Read the fine band off the full-size garment, around the coarse band of the working size.

        Args:
            garment: H×W×3 uint8 RGB.
            shading: of the garment at the working size.
        """
        coarse = shading.coarse[0, 0].float().cpu().numpy()
        relative = _log_luminance(garment) - float(shading.level)
        low, high = COARSE_LIMITS
        np.clip(relative, low - FINE_LIMIT, high + FINE_LIMIT, out=relative)
        relative -= _upsampled(coarse, garment.shape)
        return cls(coarse, np.clip(relative, -FINE_LIMIT, FINE_LIMIT, out=relative))

    def exposure(self, controls: Controls) -> np.ndarray:
        """Return `gan.shading.log_exposure` of one picture's controls at full size, H×W float32."""
        trust_coarse, trust_fine, gain = (
            control[0, 0].float().cpu().numpy()
            for control in (controls.trust_coarse, controls.trust_fine, controls.gain)
        )
        exposure = _upsampled(trust_fine, self.fine.shape)
        exposure *= self.fine
        exposure += _upsampled(trust_coarse * self.coarse + gain, self.fine.shape)
        return exposure


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


class Compositor:
    """Puts pictures into the masked part of one garment photo; everything else stays as it is, byte for byte.

    An edge pixel of the photo is alpha·foreground + (1 − alpha)·background. Exchanging the foreground needs only the
    foreground's colour: photo + alpha·(picture − foreground), which leaves no fringe of the old garment.
    """

    def __init__(self, garment: np.ndarray, alpha: np.ndarray) -> None:
        """Prepare a photo.

        Args:
            garment: H×W×3 uint8 RGB.
            alpha: H×W float32 in 0 to 1.
        """
        self._garment = garment
        self._opaque = (alpha > OPAQUE).view(np.uint8)
        self._edge = np.flatnonzero((alpha >= CLEAR) & (alpha <= OPAQUE))
        self._edge_alpha = alpha.reshape(-1)[self._edge, None]
        self._edge_photo = garment.reshape(-1, 3)[self._edge].astype(np.float32)
        self._edge_foreground = self._foreground(garment, alpha) if self._edge.size else self._edge_photo

    def compose(self, picture: np.ndarray, strength: float = 1.0) -> np.ndarray:
        """Return the photo with `picture` in place of the garment.

        Args:
            picture: H×W×3 uint8 RGB.
            strength: 0 gives the photo back, 1 replaces the garment, between them both mix.
        """
        if strength <= 0:
            return self._garment.copy()
        inside = picture if strength >= 1 else cv2.addWeighted(picture, strength, self._garment, 1 - strength, 0)
        result = cv2.copyTo(inside, self._opaque, self._garment.copy())
        step = picture.reshape(-1, 3)[self._edge] - self._edge_foreground
        mixed = self._edge_photo + min(strength, 1.0) * self._edge_alpha * step
        result.reshape(-1, 3)[self._edge] = np.clip(np.rint(mixed), 0, 255)
        return result

    def _foreground(self, garment: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        """Return the garment's colour at the edge pixels, N×3 float32.

        Both layers' mean colours vary slowly and are estimated at a reduced size; the share of each pixel's detail
        that belongs to the garment is then worked out at full size (equation 7 of Forte and Pitié 2021).
        """
        size = _reduced_size(alpha.shape)
        picture, opacity = (cv2.resize(x, size, interpolation=cv2.INTER_AREA) for x in (garment, alpha))
        front, back = (
            cv2.resize(estimate_foreground(picture, layer), alpha.shape[::-1])
            .reshape(-1, 3)[self._edge]
            .astype(np.float32)
            for layer in (opacity, 1 - opacity)
        )
        share = self._edge_alpha
        detail = self._edge_photo - share * front - (1 - share) * back
        return np.clip(front + share * detail, 0, 255)


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


def _reduced_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the width and height at which the layers' mean colours are estimated."""
    factor = min(1.0, FOREGROUND_SIZE / max(shape))
    return max(1, round(shape[1] * factor)), max(1, round(shape[0] * factor))


def _upsampled(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Resample h×w[×C] float32 bicubically to the height and width of `shape`."""
    return cv2.resize(values, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def _log_luminance(garment: np.ndarray) -> np.ndarray:
    """Return log(Y + floor) of the linear luminance, H×W float32."""
    weights = np.array([LUMINANCE_WEIGHTS], np.float32) / LIGHT_UNIT
    logarithm = np.empty(garment.shape[:2], np.float32)
    for rows in _strips(garment):
        luminance = cv2.transform(cv2.LUT(garment[rows], DECODE), weights)
        logarithm[rows] = cv2.log(luminance + LUMINANCE_FLOOR)
    return logarithm
