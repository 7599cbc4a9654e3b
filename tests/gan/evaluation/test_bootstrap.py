import numpy as np
import pytest

from gan.evaluation.bootstrap import figure, paired_difference


def test_bootstrap_interval_holds_the_mean_and_narrows_with_more_values():
    few, many = figure([1.0, 2.0, 3.0, 4.0]), figure([1.0, 2.0, 3.0, 4.0] * 25)
    assert few.low < few.mean == 2.5 < few.high
    assert many.high - many.low < few.high - few.low
    assert figure([float("nan")]) is None
    assert figure([1.0, float("nan")]).count == 1


def test_a_small_lead_on_every_picture_shows_although_the_own_intervals_overlap():
    own = np.random.default_rng(2).normal(5, 1, 40)
    other = own + np.random.default_rng(3).normal(0.1, 0.05, 40)
    assert figure(other).low < figure(own).high
    lead = paired_difference(own, other)
    assert lead.mean == pytest.approx(-0.1, abs=0.03)
    assert lead.high < 0


def test_pictures_without_a_value_are_left_out_and_unequal_lists_are_no_pairs():
    assert paired_difference([1.0, float("nan"), 4.0], [0.0, 1.0, 1.0]).mean == 2
    assert paired_difference([1.0], [1.0, 2.0]) is None
