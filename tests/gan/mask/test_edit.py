import numpy as np
import pytest

from gan.mask import apply_region, edit_mask
from gan.request import MaskEdit, Part, Region


@pytest.fixture
def square() -> np.ndarray:
    alpha = np.zeros((200, 100), np.float32)
    alpha[60:140, 30:70] = 1.0
    alpha[59, 30:70] = 0.5
    return alpha


def test_no_edit_is_an_equal_copy(square):
    edited = edit_mask(square, MaskEdit())
    assert np.array_equal(edited, square) and edited is not square


def test_growing_moves_every_edge_by_one_percent_of_the_long_side_a_step(square):
    rows = np.flatnonzero(edit_mask(square, MaskEdit(grow=2))[:, 50] == 1.0)
    assert (rows[0], rows[-1]) == (56, 143)
    rows = np.flatnonzero(edit_mask(square, MaskEdit(grow=-2))[:, 50] == 1.0)
    assert (rows[0], rows[-1]) == (64, 135)


def test_growing_keeps_the_edge_soft(square):
    assert 0.5 in edit_mask(square, MaskEdit(grow=1))


def test_a_garment_cut_off_by_the_frame_does_not_shrink_away_from_it():
    alpha = np.zeros((100, 100), np.float32)
    alpha[:, :50] = 1.0
    assert edit_mask(alpha, MaskEdit(grow=-3))[:, 0].min() == 1.0


def test_shrinking_a_thin_garment_to_nothing_gives_an_empty_mask(square):
    assert edit_mask(square, MaskEdit(grow=-30)).max() == 0.0


def test_invert_swaps_garment_and_background(square):
    assert np.array_equal(edit_mask(square, MaskEdit(invert=True)), 1 - square)


def test_upper_and_lower_parts_share_the_garment_out(square):
    upper, lower = (edit_mask(square, MaskEdit(part=part)) for part in (Part.UPPER, Part.LOWER))
    assert np.array_equal(upper + lower, square)
    assert abs(upper.sum() - lower.sum()) <= square.sum() * 0.03
    assert np.flatnonzero(upper.max(axis=1))[-1] < np.flatnonzero(lower.max(axis=1))[0]


def test_part_is_taken_before_inverting(square):
    edited = edit_mask(square, MaskEdit(part=Part.UPPER, invert=True))
    assert np.array_equal(edited, 1 - edit_mask(square, MaskEdit(part=Part.UPPER)))


def test_part_of_an_empty_mask_is_empty():
    assert edit_mask(np.zeros((5, 5), np.float32), MaskEdit(part=Part.LOWER)).max() == 0.0


@pytest.mark.parametrize(
    ("region", "expected"), [(Region.GARMENT, [0.0, 0.25, 1.0]), (Region.BACKGROUND, [1.0, 0.75, 0.0])]
)
def test_region_of_garment_and_background(region, expected):
    alpha = np.array([[0.0, 0.25, 1.0]], np.float32)
    assert apply_region(alpha, region).tolist() == [expected]


def test_region_whole_is_everything_and_the_mask_is_left_alone():
    alpha = np.zeros((2, 2), np.float32)
    assert apply_region(alpha, Region.WHOLE).min() == 1.0
    assert alpha.max() == 0.0
