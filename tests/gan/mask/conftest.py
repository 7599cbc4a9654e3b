"""Garments drawn from nothing, so that their masks are known exactly."""

import cv2
import numpy as np
import pytest
import torch

# The corners of a T-shirt in parts of width and height: shoulders and right half, then the left half.
RIGHT = [[0.36, 0.16], [0.44, 0.2], [0.56, 0.2], [0.64, 0.16], [0.88, 0.34], [0.79, 0.46], [0.7, 0.38], [0.7, 0.86]]
LEFT = [[0.3, 0.86], [0.3, 0.38], [0.21, 0.46], [0.12, 0.34]]
SHIRT = np.array([*RIGHT, *LEFT])


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """The networks here are tiny: more threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def shirt_mask(height: int, width: int) -> np.ndarray:
    """A T-shirt's outline, boolean."""
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(SHIRT * (width, height)).astype(np.int32)], 1)
    return mask > 0


def shirt_on(background: np.ndarray, colour: tuple[int, int, int], *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Lay a folded one-coloured T-shirt with a soft shadow on a background; return picture and exact mask."""
    height, width = background.shape[:2]
    mask = shirt_mask(height, width)
    random = np.random.default_rng(seed)
    folds = cv2.GaussianBlur(random.normal(0, 1, (height, width)).astype(np.float32), (0, 0), width / 25)
    shading = 1 + 0.15 * folds / np.abs(folds).max()
    shadow = 1 - 0.35 * cv2.GaussianBlur(mask.astype(np.float32), (0, 0), width / 60)
    picture = np.where(mask[..., None], np.array(colour) * shading[..., None], background * shadow[..., None])
    picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.7) + random.normal(0, 2, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8), mask


def bedspread(height: int, width: int) -> np.ndarray:
    """A busy background: stripes both ways with flowers."""
    rows, columns = np.mgrid[:height, :width]
    picture = np.full((height, width, 3), (205, 190, 165), np.float32)
    picture[(rows // 14) % 3 == 0] *= (0.8, 0.7, 0.7)
    picture[(columns // 17) % 3 == 0] *= (0.75, 0.8, 0.9)
    random = np.random.default_rng(5)
    for _ in range(60):
        centre = (int(random.integers(width)), int(random.integers(height)))
        cv2.circle(picture, centre, int(random.integers(3, 9)), random.uniform(60, 230, 3).tolist(), -1, cv2.LINE_AA)
    return picture


@pytest.fixture(scope="session")
def plain_shirt() -> tuple[np.ndarray, np.ndarray]:
    """A blue T-shirt on a light sheet, 400×300."""
    return shirt_on(np.full((400, 300, 3), 222, np.float32), (40, 70, 150))


@pytest.fixture(scope="session")
def busy_shirt() -> tuple[np.ndarray, np.ndarray]:
    """A dark red T-shirt on a bedspread, 400×300."""
    return shirt_on(bedspread(400, 300), (120, 25, 40))
