import cv2
import numpy as np
import pytest

from gan.mask.measures import intersection_over_union
from gan.mask.refine import refine_mask


def coarse_of(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.GaussianBlur(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA), (0, 0), 1.0)


def test_the_edge_follows_the_garment_better_than_an_enlarged_mask(plain_shirt):
    picture, mask = plain_shirt
    coarse = coarse_of(mask, (48, 64))
    enlarged = cv2.resize(coarse, (300, 400), interpolation=cv2.INTER_LINEAR) > 0.5
    refined = refine_mask(picture, coarse) > 0.5
    assert intersection_over_union(refined, mask) > 0.985
    assert intersection_over_union(refined, mask) > intersection_over_union(enlarged, mask)


def test_far_from_the_edge_alpha_is_exact(plain_shirt):
    picture, mask = plain_shirt
    alpha = refine_mask(picture, coarse_of(mask, (96, 128)))
    disc = np.ones((25, 25), np.uint8)
    assert alpha[cv2.erode(mask.astype(np.uint8), disc) > 0].min() == 1.0
    assert alpha[cv2.dilate(mask.astype(np.uint8), disc) == 0].max() == 0.0
    assert alpha.dtype == np.float32 and alpha.min() >= 0 and alpha.max() <= 1


def test_the_edge_is_soft(plain_shirt):
    picture, mask = plain_shirt
    drawn = cv2.resize(mask.astype(np.float32), (192, 256), interpolation=cv2.INTER_NEAREST)
    soft = (refine_mask(picture, drawn) > 0) & (refine_mask(picture, drawn) < 1)
    assert 0.001 < soft.mean() < 0.08


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (500, 2), (17, 23)])
def test_odd_shapes(shape):
    picture = np.full((*shape, 3), 100, np.uint8)
    alpha = refine_mask(picture, np.full((8, 8), 0.7, np.float32))
    assert alpha.shape == shape and np.isfinite(alpha).all()


def test_empty_and_full_masks_stay_empty_and_full(plain_shirt):
    picture, _ = plain_shirt
    assert refine_mask(picture, np.zeros((64, 48), np.float32)).max() == 0.0
    assert refine_mask(picture, np.ones((64, 48), np.float32)).min() == 1.0


def test_a_print_of_many_tones_is_not_cut_into_the_edge():
    mask = np.zeros((400, 400), bool)
    mask[60:340, 80:320] = True
    rows, columns = np.indices(mask.shape)
    checks = np.where((rows // 9 + columns // 9) % 2 == 0, 235, 20)
    picture = np.repeat(np.where(mask, checks, 128).astype(np.uint8)[..., None], 3, axis=2)
    alpha = refine_mask(cv2.GaussianBlur(picture, (0, 0), 0.7), mask.astype(np.float32))
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    outer = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert alpha[inner].min() > 0.95
    assert alpha[~outer].max() < 0.05
