import itertools

import numpy as np
import pytest

from gan.guide.minimal_cut import minimal_cuts


def test_the_cut_is_the_cheapest_of_all_paths():
    errors = np.random.default_rng(1).random((3, 5, 4), np.float32)
    for error, cut in zip(errors, minimal_cuts(errors, steps=(0, -1, 1)), strict=True):
        paths = [path for path in itertools.product(range(4), repeat=5) if np.abs(np.diff(path)).max() <= 1]
        best = min(paths, key=lambda path: sum(error[row, column] for row, column in enumerate(path)))
        assert tuple(cut) == best


@pytest.mark.parametrize(("steps", "expected"), [((0, -1, 1), [0, 0, 0]), ((1, 0, -1), [2, 1, 0])])
def test_among_equal_paths_the_first_step_is_taken(steps: tuple[int, int, int], expected: list[int]):
    (cut,) = minimal_cuts(np.zeros((1, 3, 4), np.float32), steps)
    assert cut.tolist() == expected


def test_an_overlap_of_one_column_is_cut_in_it():
    assert minimal_cuts(np.ones((2, 4, 1), np.float32), steps=(-1, 0, 1)).tolist() == [[0] * 4] * 2
