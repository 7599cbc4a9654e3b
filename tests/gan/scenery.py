"""Small drawn garments and styles for the render tests."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from gan.request import Mode, RenderRequest


def shirt_alpha(width: int = 120, height: int = 160) -> np.ndarray:
    """A shirt's soft alpha, H×W float32."""
    corners = np.array(
        [(0.2, 0.15), (0.8, 0.15), (0.95, 0.45), (0.78, 0.5), (0.75, 0.9), (0.25, 0.9), (0.22, 0.5), (0.05, 0.45)]
    )
    drawn = cv2.fillPoly(np.zeros((height, width), np.uint8), [np.int32(corners * (width, height))], 255)
    return cv2.GaussianBlur(drawn, (0, 0), max(0.4, width / 80)).astype(np.float32) / 255


def shirt_photo(width: int = 120, height: int = 160, colour: tuple[int, int, int] = (190, 60, 50)) -> np.ndarray:
    """A plain shirt with folds on a busy background, H×W×3 uint8 RGB."""
    chance = np.random.default_rng(7)
    background = cv2.resize(
        chance.integers(0, 256, (9, 7, 3), np.uint8), (width, height), interpolation=cv2.INTER_NEAREST
    )
    folds = 0.8 + 0.2 * np.sin(np.linspace(0, 19, width))[None, :, None] * np.ones((height, 1, 1))
    alpha = shirt_alpha(width, height)[..., None]
    return np.rint(alpha * folds * colour + (1 - alpha) * background).astype(np.uint8)


def checks(side: int = 64, cell: int = 16) -> np.ndarray:
    """A blue and yellow check, side×side×3 uint8 RGB."""
    rows, columns = np.indices((side, side)) // cell % 2
    return np.where((rows == columns)[..., None], np.uint8((30, 60, 160)), np.uint8((240, 210, 60)))


def save(file: Path, picture: np.ndarray) -> Path:
    """Write a picture and return its path."""
    Image.fromarray(picture).save(file)
    return file


def load(file: Path) -> np.ndarray:
    """Read a picture as an array."""
    return np.asarray(Image.open(file))


def shirt_request(folder: Path, variants: int) -> RenderRequest:
    """A request with a person's mask, so that tests do not depend on how garments are found."""
    return RenderRequest(
        garment=save(folder / "garment.png", shirt_photo()),
        style=save(folder / "style.png", checks()),
        mask=save(folder / "mask.png", np.rint(shirt_alpha() * 255).astype(np.uint8)),
        output=folder / "out",
        mode=Mode.PRINT,
        variants=variants,
        seed=11,
    )
