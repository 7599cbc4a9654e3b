import numpy as np
import pytest

from gan.mask.measures import boundary_f, intersection_over_union


def block(top: int, left: int, size: int = 40) -> np.ndarray:
    mask = np.zeros((100, 100), bool)
    mask[top : top + size, left : left + size] = True
    return mask


def test_iou_by_hand():
    # 40×40 squares shifted by 10: 30·40 common of 2·1600 − 1200.
    assert intersection_over_union(block(20, 20), block(20, 30)) == pytest.approx(1200 / 2000)
    assert intersection_over_union(block(20, 20), block(20, 20)) == 1.0
    assert intersection_over_union(block(0, 0), block(60, 60)) == 0.0


def test_iou_of_two_empty_masks_is_one():
    empty = np.zeros((4, 4), bool)
    assert intersection_over_union(empty, empty) == 1.0


def test_boundary_f_forgives_one_pixel_of_a_hundred_and_not_five():
    # Tolerance: 0.0075 of the diagonal 141 is one pixel.
    assert boundary_f(block(20, 20), block(21, 20)) == 1.0
    # Shifted by five, of 156 edge pixels those along the two long sides still lie on the other's edge: 35 or 36
    # of each 40, and one more at each corner is within reach.
    assert boundary_f(block(20, 20), block(25, 20)) == pytest.approx(74 / 156, abs=0.02)


def test_boundary_f_without_edges():
    empty, full = np.zeros((50, 50), bool), np.ones((50, 50), bool)
    assert boundary_f(empty, empty) == 1.0
    assert boundary_f(empty, block(10, 10)[:50, :50]) == 0.0
    assert boundary_f(full, full) == 1.0
