"""Pictures get smaller without losing light, place or type."""

import cv2
import numpy as np
import pytest

from gan.pictures import shrink_picture


def spotted(height: int, width: int) -> np.ndarray:
    coarse = np.random.default_rng(1).integers(0, 256, (height // 25, width // 20, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("shape", [(1600, 1280), (402, 350), (401, 333), (160, 120)])
def test_shrinking_averages_over_areas(shape: tuple[int, int]) -> None:
    picture = spotted(*shape)
    wanted = cv2.resize(picture.astype(np.float32), (75, 96), interpolation=cv2.INTER_AREA)
    shrunk = shrink_picture(picture, (75, 96))
    assert shrunk.dtype == np.uint8 and shrunk.shape == (96, 75, 3)
    assert np.abs(shrunk - wanted).mean() < 1.5
    assert np.abs(shrunk.mean((0, 1)) - picture.mean((0, 1))).max() < 0.6


def test_halves_stay_in_place() -> None:
    ramp = np.tile(np.linspace(0, 1, 1024, dtype=np.float32), (512, 1))
    shrunk = shrink_picture(ramp, (100, 50))
    assert shrunk.dtype == np.float32
    assert np.abs(shrunk[25] - (np.arange(100) + 0.5) / 100).max() < 1e-3
