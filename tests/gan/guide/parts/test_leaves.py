"""Found leaves become what was cut with scissors: straight edges, sharp corners, on the creases they cast."""

import cv2
import numpy as np
import pytest

from gan.guide.parts.leaves import FINER, crisp_leaf
from tests.gan.guide.drawn import silhouette

SIZE = (120, 100)
FINE = (SIZE[0] * FINER, SIZE[1] * FINER)
LEAF = [(0.3, 0.2), (0.2, 0.45), (0.4, 0.6), (0.55, 0.35)]


def rounded(polygon: list[tuple[float, float]], shift: int = 0) -> np.ndarray:
    """What a network sees of a leaf: about its place, without its corners."""
    soft = cv2.GaussianBlur(silhouette(SIZE, polygon), (0, 0), 3.5)
    return np.roll(soft > 0.45, shift, axis=1)


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / (first | second).sum())


def enlarged(leaf: np.ndarray) -> np.ndarray:
    return cv2.resize(leaf.view(np.uint8), FINE[::-1], interpolation=cv2.INTER_NEAREST) > 0


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("step", [-40, 25])
def test_edges_move_to_the_creases_beside_them(shift: int, step: int) -> None:
    truth = silhouette(FINE, LEAF)
    leaf = rounded(LEAF, shift)
    crisp = crisp_leaf(leaf, 120 + step * truth)
    assert overlap(crisp, truth > 0.5) > max(0.9, overlap(enlarged(leaf), truth > 0.5) + 0.02)


def test_a_leaf_without_creases_stays_where_it_is() -> None:
    leaf = rounded(LEAF)
    crisp = crisp_leaf(leaf, np.full(FINE, 90, np.float32))
    assert overlap(crisp, enlarged(leaf)) > 0.85


def test_what_lies_beyond_reach_draws_no_edge_to_it() -> None:
    light = np.full(FINE, 90, np.float32)
    light[:, 140:] = 30  # far to the right of the leaf
    leaf = rounded(LEAF)
    assert np.array_equal(crisp_leaf(leaf, light), crisp_leaf(leaf, np.full(FINE, 90, np.float32)))


def test_stripes_across_an_edge_do_not_move_it() -> None:
    rows = np.where(np.arange(FINE[0]) // 5 % 2, 60, 180).astype(np.float32)
    light = np.repeat(rows[:, None], FINE[1], axis=1)
    upright = rounded([(0.4, 0.2), (0.6, 0.2), (0.6, 0.8), (0.4, 0.8)])
    columns = np.flatnonzero(crisp_leaf(upright, light)[FINE[0] // 2])
    assert columns[0] == pytest.approx(0.4 * FINE[1], abs=2 * FINER)
    assert columns[-1] == pytest.approx(0.6 * FINE[1], abs=2 * FINER)


def test_a_speck_and_nothing_are_no_errors() -> None:
    speck = np.zeros(SIZE, bool)
    assert not crisp_leaf(speck, np.zeros(FINE, np.float32)).any()
    speck[50, 50] = True
    assert crisp_leaf(speck, np.zeros(FINE, np.float32)).sum() <= 4 * FINER**2
