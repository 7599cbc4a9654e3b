"""What the guides ask networks about a style that may be a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gan.guide.focus import Box


@dataclass(frozen=True, slots=True)
class PhotoLook:
    """What networks see in a style.

    Attributes:
        cloth: the piece of cloth, h×w×3 uint8, that the photo of a garment shows; None for other pictures.
        is_scene: whether it shows a scene; None: they cannot tell.
        faces: left, top, width and height of each face, in shares of the picture's width and height.
    """

    cloth: np.ndarray | None = None
    is_scene: bool | None = None
    faces: tuple[Box, ...] = ()


class PhotoReader(Protocol):
    """Sees what networks see in a style that is a photo."""

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        """Return what a picture h×w×3 uint8 shows."""

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        """Return the log-light of folds in a picture of cloth, free of print, h×w float32 at any size."""
