"""Threads that were photographed bent run straight; what is no cloth with threads is left as it is."""

import cv2
import numpy as np
import pytest

from gan.colour import lab_planes
from gan.guide import prepare_style
from gan.guide.plaid import straightness
from gan.guide.straightening import Bend, find_bend
from gan.patterns import draw_pattern

from .test_flattening import Reader, folds, under

SIDE = 320


def bent(cloth: np.ndarray, depth: float) -> np.ndarray:
    """The cloth as it lies in soft waves, up to `depth` pixels away from where it would lie straight."""
    rng = np.random.default_rng(4)
    waves = [
        cv2.resize(rng.uniform(-depth, depth, (4, 4)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    return cv2.remap(cloth, x + waves[0], y + waves[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def stripes() -> np.ndarray:
    """Bands of ten colours, none of them twice."""
    rng = np.random.default_rng(1)
    bands = [np.tile(rng.integers(0, 255, 3), (int(width), 1)) for width in rng.integers(16, 50, 20)]
    return np.concatenate(bands)[:SIDE, None].repeat(SIDE, 1).astype(np.uint8)


CLOTHS = {"gingham": draw_pattern("navy gingham", SIDE), "tartan": draw_pattern("royal stewart tartan", SIDE)}


@pytest.mark.parametrize("name", [*CLOTHS, "stripes"])
def test_bent_threads_become_straight(name: str) -> None:
    photo = bent(CLOTHS.get(name, stripes()), 9)
    bend = find_bend(photo, is_cloth=True)
    assert bend is not None
    before, after = (straightness(lab_planes(picture)) for picture in (photo, bend.straighten(photo)))
    assert before < 0.75 and after > 0.85


@pytest.mark.parametrize("words", ["zebra", "leopard", "paisley", "florals", "camouflage", "marble", "dots"])
@pytest.mark.parametrize("is_cloth", [True, False])
def test_what_has_no_threads_is_left(words: str, is_cloth: bool) -> None:
    assert find_bend(draw_pattern(words, SIDE), is_cloth=is_cloth) is None


def test_wavy_lines_are_meant_unless_they_are_cloth_for_certain() -> None:
    photo = bent(draw_pattern("navy gingham small", SIDE), 15)
    assert straightness(lab_planes(photo)) < 0.25
    assert find_bend(photo, is_cloth=False) is None


def test_a_fine_picture_is_straightened_like_a_small_one() -> None:
    small = bent(CLOTHS["tartan"], 9)
    large = cv2.resize(small, (3 * SIDE, 2 * SIDE), interpolation=cv2.INTER_CUBIC)
    bend = find_bend(small, is_cloth=True)
    assert bend is not None
    again = cv2.resize(bend.straighten(large), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - bend.straighten(small)).mean() < 4


def test_no_bend_changes_nothing() -> None:
    cloth = CLOTHS["tartan"]
    assert np.array_equal(Bend(np.zeros((8, 8, 2), np.float32)).straighten(cloth), cloth)


@pytest.mark.parametrize("shape", [(1, 1), (40, 500), (500, 40), (48, 48)])
def test_any_shape_is_answered(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)
    assert find_bend(noise, is_cloth=True) is None
    assert find_bend(np.full((*shape, 3), 99, np.uint8), is_cloth=True) is None


def test_a_shirts_gingham_repeats_again() -> None:
    photo = under(folds(0.25), bent(CLOTHS["gingham"], 9))
    assert prepare_style(photo).lattice is None
    cloth = prepare_style(photo, Reader(folds(0.25)[::2, ::2]))
    assert cloth.lattice is not None
    assert straightness(lab_planes(np.tile(cloth.tile.image, (2, 2, 1)))) > 0.85
