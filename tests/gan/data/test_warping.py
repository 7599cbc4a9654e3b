import cv2
import numpy as np

from gan.data.pairs import place_garment
from gan.data.warping import random_warp, sampled_at


def test_a_warp_is_smooth_and_another_each_time():
    chance = np.random.default_rng(3)
    one, other = (random_warp(128, 96, chance) for _ in range(2))
    assert one.shape == (128, 96, 2)
    assert np.abs(one - other).max() > 1
    for warp in (one, other):
        assert max(np.abs(np.diff(warp, axis=axis)).max() for axis in (0, 1)) < 0.6  # nothing folds over itself


def test_without_displacement_places_are_those_of_the_affine_picture():
    source = cv2.GaussianBlur(np.random.default_rng(1).random((60, 50)).astype(np.float32), (0, 0), 3)
    turn = cv2.getRotationMatrix2D((25, 30), 20, 1.3)
    straight = cv2.warpAffine(source, turn, (48, 64), borderMode=cv2.BORDER_REFLECT_101)
    warped = cv2.remap(
        source,
        *sampled_at(turn, np.zeros((64, 48, 2), np.float32)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    assert np.abs(straight - warped).max() < 0.02


def test_photo_and_mask_are_warped_alike():
    packed = np.zeros((80, 60, 4), np.uint8)
    packed[20:60, 15:45] = 255
    photo, mask = place_garment(packed, 96, 72, np.random.default_rng(5), warped_share=1.0)
    straight, _ = place_garment(packed, 96, 72, np.random.default_rng(5))
    assert np.abs(photo[..., 0] - mask).max() < 0.02
    assert np.abs(photo - straight).max() > 0.2
