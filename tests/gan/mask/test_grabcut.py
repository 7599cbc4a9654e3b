import numpy as np
import pytest

from gan.mask.evidence import border_contrast, colour_posterior
from gan.mask.grabcut import agreement_mask, fill_small_holes, largest_components, plain_grabcut, seeded_grabcut
from gan.mask.measures import intersection_over_union
from gan.pictures import shrink


def test_both_find_a_garment_that_stands_out(busy_shirt):
    picture, mask = busy_shirt
    assert intersection_over_union(plain_grabcut(picture) > 0.5, mask) > 0.95
    assert intersection_over_union(agreement_mask(picture, size=160) > 0.5, mask) > 0.95


def test_runs_repeat_exactly(busy_shirt):
    picture = shrink(busy_shirt[0], 128)
    assert np.array_equal(agreement_mask(picture), agreement_mask(picture))


def test_a_seed_settles_what_plain_grabcut_cannot(busy_shirt):
    picture, mask = busy_shirt
    rough = np.where(mask, 0.8, 0.2).astype(np.float32)
    rough[:, 140:160] = 0.55
    assert intersection_over_union(seeded_grabcut(picture, rough) > 0, mask) > 0.9


def trousers():
    """Navy trousers with a belt loop on white ground: the picture, what is garment, the gap and the loop."""
    noise = np.random.default_rng(0).normal(0, 4, (200, 160, 3))
    legs = np.zeros((200, 160), bool)
    legs[20:70, 40:120] = legs[70:185, 30:58] = legs[70:185, 102:130] = True
    loop = np.zeros_like(legs)
    loop[4:20, 76:80] = True
    gap = np.zeros_like(legs)
    gap[70:185, 58:102] = True
    picture = np.where((legs | loop)[..., None], (35, 45, 90), (225, 220, 210)) + noise
    return np.clip(picture, 0, 255).astype(np.uint8), legs | loop, gap, loop


def test_colours_of_what_is_certain_decide_gaps_and_straps():
    picture, garment, gap, loop = trousers()
    probability = np.where(garment, 0.99, 0.01).astype(np.float32)
    probability[gap], probability[loop] = 0.75, 0.3
    drawn = seeded_grabcut(picture, probability) > 0
    assert drawn[gap].mean() < 0.05
    assert drawn[loop].mean() > 0.9
    assert intersection_over_union(drawn, garment) > 0.98


def test_certain_pixels_of_a_seed_stay(plain_shirt):
    picture = shrink(plain_shirt[0], 100)
    certain = np.full(picture.shape[:2], 0.5, np.float32)
    certain[:10], certain[50:54, 35:40] = 1.0, 0.0
    drawn = seeded_grabcut(picture, certain)
    assert drawn[:10].min() == 1 and drawn[50:54, 35:40].max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (40, 40)])
def test_tiny_and_one_coloured_pictures(shape):
    picture = np.full((*shape, 3), 128, np.uint8)
    for find in (plain_grabcut, agreement_mask, colour_posterior, border_contrast):
        found = find(picture)
        assert found.shape == shape and np.isfinite(found).all()


def test_colours_alone_point_at_the_garment(busy_shirt):
    picture, mask = busy_shirt
    assert intersection_over_union(colour_posterior(picture) > 0.5, mask) > 0.85
    contrast = border_contrast(picture)
    assert contrast[mask].mean() > 2 * contrast[~mask].mean()


def test_clutter_is_dropped_and_second_shoes_stay():
    mask = np.zeros((50, 100), np.uint8)
    mask[10:40, 10:40], mask[10:40, 60:85], mask[2:5, 95:98] = 1, 1, 1
    kept = largest_components(mask)
    assert kept[20, 20] == 1 and kept[20, 70] == 1 and kept[3, 96] == 0


def test_buttons_are_filled_and_arm_gaps_are_not():
    mask = np.ones((100, 100), np.uint8)
    mask[0], mask[50, 50], mask[20:40, 20:30] = 0, 0, 0
    filled = fill_small_holes(mask)
    assert filled[50, 50] == 1 and filled[30, 25] == 0 and filled[0].max() == 0
