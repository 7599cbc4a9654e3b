"""A style with many pixels is understood like the same style with few, and laid more sharply."""

import cv2
import numpy as np
import pytest

from gan.guide import StyleCloth, analyse_garment, lay_guide, prepare_style
from gan.guide.cloth import FINEST_SIDE, LARGEST_SIDE
from gan.patterns import draw_pattern
from gan.request import Mode

SIZE = 1500
LARGE = analyse_garment(np.full((SIZE, SIZE, 3), 128, np.uint8), np.ones((SIZE, SIZE), np.float32))


def with_threads(picture: np.ndarray) -> np.ndarray:
    """Add a weave so fine that only the large picture can hold it."""
    rows, columns = np.indices(picture.shape[:2])
    weave = np.where((rows // 2 + columns // 2) % 2 == 0, 14, -14)[..., None]
    return np.clip(picture.astype(int) + weave, 0, 255).astype(np.uint8)


def sharpness(picture: np.ndarray) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())


def kind(cloth: StyleCloth) -> str:
    return "pattern" if cloth.lattice is not None else "picture" if cloth.is_picture else "texture"


@pytest.mark.parametrize(
    ("words", "expected"),
    [("navy gingham", "pattern"), ("royal stewart tartan huge", "pattern"), ("camouflage", "picture"),
     ("tie-dye", "texture"), ("paisley", "texture")],
)  # fmt: skip
@pytest.mark.parametrize("mode", [Mode.PRINT, Mode.PAINT])
def test_more_pixels_change_the_sharpness_and_nothing_else(words: str, expected: str, mode: Mode) -> None:
    large = with_threads(draw_pattern(words, FINEST_SIDE))
    small = cv2.resize(large, (LARGEST_SIDE, LARGEST_SIDE), interpolation=cv2.INTER_AREA)
    fine, coarse = prepare_style(large), prepare_style(small)
    assert kind(fine) == kind(coarse) == expected
    assert np.abs(fine.tile.basis - coarse.tile.basis).max() < 0.03 * np.abs(coarse.tile.basis).max()
    sharp, soft = (lay_guide(cloth, LARGE, mode, scale=3.0) for cloth in (fine, coarse))
    assert sharpness(sharp) > 1.15 * sharpness(soft)


def test_no_pixels_are_made_up() -> None:
    small = draw_pattern("dots", 300)
    cloth = prepare_style(small)
    assert cloth.fine is cloth.picture and cloth.picture.shape == small.shape
