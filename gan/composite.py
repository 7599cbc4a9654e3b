"""Pictures into the garment's place in its photo: soft edges without fringe, the background byte for byte."""

from __future__ import annotations

import cv2
import numpy as np

from gan.mask import estimate_layers
from gan.pictures import shrink_picture

OPAQUE, CLEAR = 1 - 1 / 510, 1 / 510
"""Alpha beyond which an 8-bit picture cannot show the other layer."""
FOREGROUND_SIZE = 160


class Compositor:
    """Puts pictures into the masked part of one garment photo; everything else stays as it is, byte for byte.

    An edge pixel of the photo is alpha·foreground + (1 − alpha)·background. Exchanging the foreground needs only the
    foreground's colour: photo + alpha·(picture − foreground), which leaves no fringe of the old garment.
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
        self._edge_foreground = self._edge_photo
        if self._edge.size:
            self._edge_foreground = self._foreground(*(reduced or _reduced(garment, alpha)))

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

    def unmixed(self) -> np.ndarray:
        """Return the photo with the background taken out of the garment's soft edge, H×W×3 uint8 RGB."""
        photo = self._garment.copy()
        photo.reshape(-1, 3)[self._edge] = np.rint(self._edge_foreground)
        return photo

    def _foreground(self, garment: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        """Return the garment's colour at the edge pixels, N×3 float32.

        Both layers' mean colours vary slowly and are estimated at a reduced size; the share of each pixel's detail
        that belongs to the garment is then worked out at full size (equation 7 of Forte and Pitié 2021).

        Args:
            garment: h×w×3 uint8 RGB at the reduced size.
            alpha: h×w float32 at the reduced size.
        """
        front, back = (
            cv2.resize(layer, self._opaque.shape[::-1]).reshape(-1, 3)[self._edge].astype(np.float32)
            for layer in estimate_layers(garment, alpha)
        )
        share = self._edge_alpha
        detail = self._edge_photo - share * front - (1 - share) * back
        return np.clip(front + share * detail, 0, 255)


def _reduced(garment: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo and its mask at the size at which the layers' mean colours are estimated."""
    factor = min(1.0, FOREGROUND_SIZE / max(alpha.shape))
    size = max(1, round(alpha.shape[1] * factor)), max(1, round(alpha.shape[0] * factor))
    return shrink_picture(garment, size), shrink_picture(alpha, size)
