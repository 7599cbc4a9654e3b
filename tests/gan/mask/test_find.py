from pathlib import Path

import cv2
import numpy as np
import pytest

from gan.mask import find as find_module
from gan.mask import find_mask
from gan.mask.evaluate import read_labels
from gan.mask.find import expected_overlap, soft_overlap
from gan.mask.grabcut import plain_grabcut
from gan.mask.measures import intersection_over_union
from gan.mask.weights import SHIPPED


def test_weights_are_shipped_and_small():
    assert SHIPPED.stat().st_size < 4_000_000


def test_a_garment_on_a_plain_sheet_is_found_without_its_shadow(plain_shirt):
    picture, mask = plain_shirt
    found = find_mask(picture)
    overlap = intersection_over_union(found.alpha > 0.5, mask)
    assert overlap > 0.95
    assert overlap > intersection_over_union(plain_grabcut(picture) > 0.5, mask)


def test_a_garment_on_a_bedspread_is_found(busy_shirt):
    picture, mask = busy_shirt
    assert intersection_over_union(find_mask(picture).alpha > 0.5, mask) > 0.93


def test_full_size_edges_hold_up(plain_shirt):
    picture, mask = plain_shirt
    large = cv2.resize(picture, (900, 1200), interpolation=cv2.INTER_CUBIC)
    alpha = find_mask(large).alpha
    assert alpha.shape == (1200, 900) and alpha.dtype == np.float32
    truth = cv2.resize(mask.astype(np.uint8), (900, 1200), interpolation=cv2.INTER_NEAREST) > 0
    assert intersection_over_union(alpha > 0.5, truth) > 0.95
    assert alpha[:60].max() == 0.0 and alpha[600, 450] == 1.0


def test_the_same_picture_gives_the_same_mask(busy_shirt):
    first, second = find_mask(busy_shirt[0]), find_mask(busy_shirt[0])
    assert np.array_equal(first.alpha, second.alpha) and first.confidence == second.confidence


def test_a_clear_picture_is_trusted_more_than_noise(plain_shirt):
    noise = np.random.default_rng(0).integers(0, 255, (200, 160, 3)).astype(np.uint8)
    clear, unsure = find_mask(plain_shirt[0]), find_mask(noise)
    assert clear.doubt is None and clear.confidence > 0.75
    assert unsure.doubt is not None and unsure.confidence < clear.confidence - 0.2
    assert unsure.doubt.endswith(".")


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (9, 700), (700, 9)])
def test_tiny_and_extreme_shapes(shape):
    found = find_mask(np.random.default_rng(1).integers(0, 255, (*shape, 3)).astype(np.uint8))
    assert found.alpha.shape == shape and np.isfinite(found.alpha).all()
    assert 0 <= found.confidence <= 1


def test_a_grey_picture_works(plain_shirt):
    picture, mask = plain_shirt
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert intersection_over_union(find_mask(grey).alpha > 0.5, mask) > 0.9


def test_one_colour_is_doubted():
    assert find_mask(np.full((120, 90, 3), 200, np.uint8)).doubt is not None


def test_without_weights_grabcut_stands_in_and_says_so(plain_shirt, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr("gan.mask.weights.SHIPPED", tmp_path / "missing.safetensors")
    find_module._predictor.cache_clear()
    try:
        found = find_mask(plain_shirt[0])
    finally:
        find_module._predictor.cache_clear()
    assert "no weights" in caplog.text
    assert intersection_over_union(found.alpha > 0.5, plain_shirt[1]) > 0.75


def test_overlaps_by_hand():
    probability = np.array([[0.9, 0.7, 0.2, 0.0]])
    assert expected_overlap(probability) == pytest.approx(1.6 / 2.2)
    assert expected_overlap(np.zeros((2, 2))) == 0.0
    assert soft_overlap(np.array([1.0, 0.5]), np.array([0.5, 0.5])) == pytest.approx(1.0 / 1.5)


@pytest.mark.parametrize(("name", "least"), [("top-0026", 0.96), ("pants-0115", 0.85)])
def test_straps_come_in_and_ground_between_legs_stays_out(name, least):
    labels = Path(__file__).parent / "labels"
    [label] = [one for one in read_labels(labels) if one.name == name]
    assert intersection_over_union(find_mask(label.garment).alpha > 0.5, label.mask) > least
