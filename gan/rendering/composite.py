"""Pictures into the garment's place in its photo: soft edges without fringe, the background byte for byte."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from torch import Tensor

from gan.mask import estimate_layers
from gan.pictures import fit_size, shrink_picture

OPAQUE, CLEAR = 1 - 1 / 510, 1 / 510
"""Alpha beyond which an 8-bit picture cannot show the other layer."""
FOREGROUND_SIZE = 160
LUMA = np.array([[0.299], [0.587], [0.114]], np.float32)
"""JPEG's weights (Rec. 601), 3×1."""
LEAST_CHROMA = 20.0
"""Difference of chroma, in 8-bit steps, below which garment and background cannot be told apart by it."""

Colours = TypeVar("Colours", np.ndarray, Tensor)


class Compositor:
    """Puts pictures into the masked part of one garment photo; everything else stays as it is, byte for byte.

    An edge pixel of the photo is alpha·foreground + (1 − alpha)·background. Exchanging the foreground needs only the
    foreground's colour: photo + alpha·(picture − foreground), which leaves no fringe of the old garment.

    Colour runs further than light: JPEG and lenses spread it. So how much of the garment's chroma a pixel holds is
    measured there, and that much of it is exchanged, where it is more than alpha.
    """

    def __init__(
        self, garment: np.ndarray, alpha: np.ndarray, reduced: tuple[np.ndarray, np.ndarray] | None = None
    ) -> None:
        """Prepare a photo.

        Args:
            garment: H×W×3 uint8 RGB.
            alpha: H×W float32 in 0 to 1.
            reduced: both at a reduced size, where they are at hand.
        """
        self._garment = garment
        self._opaque = (alpha > OPAQUE).view(np.uint8)
        self._edge = np.flatnonzero((alpha >= CLEAR) & (alpha <= OPAQUE))
        self._edge_alpha = alpha.reshape(-1)[self._edge, None]
        self._edge_photo = garment.reshape(-1, 3)[self._edge].astype(np.float32)
        self._edge_foreground, self._edge_tint = self._edge_photo, self._edge_alpha
        if self._edge.size:
            front, back = self._layers(*(reduced or _reduced(garment, alpha)))
            share = self._edge_alpha
            detail = self._edge_photo - share * front - (1 - share) * back
            # The share of each pixel's detail that belongs to the garment (equation 7 of Forte and Pitié 2021).
            self._edge_foreground = np.clip(front + share * detail, 0, 255)
            self._edge_tint = np.maximum(share, _chroma_share(self._edge_photo, front, back))

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
        light = step @ LUMA
        mixed = exchanged(self._edge_photo, step, light, self._edge_alpha, self._edge_tint, min(strength, 1.0))
        result.reshape(-1, 3)[self._edge] = np.clip(np.rint(mixed), 0, 255)
        return result

    def unmixed(self) -> np.ndarray:
        """Return the photo with the background taken out of the garment's soft edge, H×W×3 uint8 RGB."""
        photo = self._garment.copy()
        photo.reshape(-1, 3)[self._edge] = np.rint(self._edge_foreground)
        return photo

    def planes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what `exchanged` needs to compose whole pictures at once, all float32.

        Returns:
            The foreground H×W×3, and how much of its light and of its chroma each pixel holds, each H×W×1.
        """
        foreground = self._garment.astype(np.float32)
        foreground.reshape(-1, 3)[self._edge] = self._edge_foreground
        alpha, tint = (self._opaque[..., None].astype(np.float32) for _ in range(2))
        alpha.reshape(-1, 1)[self._edge], tint.reshape(-1, 1)[self._edge] = self._edge_alpha, self._edge_tint
        return foreground, alpha, tint

    def _layers(self, garment: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean colours of the garment and of the background at the edge pixels, each N×3 float32.

        They vary slowly and are estimated at a reduced size.

        Args:
            garment: h×w×3 uint8 RGB at the reduced size.
            alpha: h×w float32 at the reduced size.
        """
        front, back = (
            cv2.resize(layer, self._opaque.shape[::-1]).reshape(-1, 3)[self._edge].astype(np.float32)
            for layer in estimate_layers(garment, alpha)
        )
        return front, back


def exchanged(photo: Colours, step: Colours, light: Colours, alpha: Colours, tint: Colours, strength: float) -> Colours:
    """Return the photo's colours with the foreground exchanged; where `alpha` and `tint` are 0 they stay exactly.

    Args:
        photo: colours.
        step: from the foreground's colours to the picture's.
        light: luma of the step.
        alpha: share of the light that is the garment's.
        tint: share of the chroma that is the garment's.
        strength: 0 to 1.
    """
    return photo + strength * (alpha * light + tint * (step - light))


def _chroma_share(photo: np.ndarray, front: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Return how far the photo's chroma is from the background's to the garment's, N×1 in 0 to 1; 0 where they agree.

    Args:
        photo: N×3 float32, 0 to 255.
        front: N×3, the garment's colours.
        back: N×3, the background's.
    """
    seen, whole = ((colour - back) - (colour - back) @ LUMA for colour in (photo, front))
    size = np.square(whole).sum(axis=1, keepdims=True)
    share = (seen * whole).sum(axis=1, keepdims=True) / np.maximum(size, LEAST_CHROMA**2)
    return np.where(size > LEAST_CHROMA**2, np.clip(share, 0, 1), 0).astype(np.float32)


def _reduced(garment: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo and its mask at the size at which the layers' mean colours are estimated."""
    size = fit_size(alpha.shape, FOREGROUND_SIZE)
    return shrink_picture(garment, size), shrink_picture(alpha, size)
