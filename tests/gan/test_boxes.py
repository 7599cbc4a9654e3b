import numpy as np
import pytest

from gan.boxes import lines_span, mask_box


def marked(*places: tuple[int, int]) -> np.ndarray:
    mask = np.zeros((8, 10), bool)
    for row, column in places:
        mask[row, column] = True
    return mask


def test_a_box_holds_all_that_is_marked_gaps_included():
    assert mask_box(marked((2, 7), (5, 3))) == (slice(2, 6), slice(3, 8))


def test_its_margin_ends_at_the_pictures_edge():
    assert mask_box(marked((1, 4), (3, 8)), margin=2) == (slice(0, 6), slice(2, 10))


@pytest.mark.parametrize("margin", [0, 3])
def test_nothing_marked_gives_an_empty_box(margin: int):
    empty = marked()
    assert empty[mask_box(empty, margin)].size == 0


def test_a_turned_mask_has_a_turned_box():
    assert mask_box(np.rot90(marked((2, 7)))) == (slice(2, 3), slice(2, 3))


def test_lines_reach_from_the_first_to_the_last():
    assert lines_span(np.array([False, True, False, True, False])) == slice(1, 4)
    assert lines_span(np.zeros(4, bool)) == slice(0, 0)
