"""Pictures put into photos whose exact layers are known."""

import itertools

import cv2
import numpy as np
import pytest

from gan.mask.fringe import add_fringe
from gan.rendering.composite import Compositor
from tests.gan.scenery import shirt_alpha, shirt_photo


def exact_mixture(foreground, background, alpha) -> np.ndarray:
    return np.rint(alpha[..., None] * foreground + (1 - alpha[..., None]) * background).astype(np.uint8)


def test_background_bytes_stay_and_the_inside_is_the_picture():
    photo, alpha = shirt_photo(), shirt_alpha()
    picture = np.random.default_rng(2).integers(0, 256, photo.shape, np.uint8)

    result = Compositor(photo, alpha).compose(picture)

    assert (result[alpha == 0] == photo[alpha == 0]).all()
    assert (result[alpha == 1] == picture[alpha == 1]).all()


def test_soft_edges_keep_no_fringe_of_the_old_colour():
    alpha = shirt_alpha(240, 320)
    red, blue, green = np.array([220, 20, 30.0]), np.array([20, 40, 210.0]), np.array([30, 200, 60.0])
    photo = exact_mixture(red, blue, alpha)
    picture = np.full(photo.shape, green, np.uint8)

    result = Compositor(photo, alpha).compose(picture).astype(float)

    wanted = alpha[..., None] * green + (1 - alpha[..., None]) * blue
    edge = (alpha > 0.02) & (alpha < 0.98)
    assert edge.sum() > 500
    assert np.abs(result - wanted)[edge].max() < 8
    assert np.abs(result - wanted)[edge].mean() < 1.5


def test_colour_that_jpeg_spread_over_the_edge_is_exchanged_too():
    alpha = (shirt_alpha(240, 320) > 0.5).astype(np.float32)
    photo = exact_mixture(np.array([110.0, 20, 120]), np.array([235.0, 235, 230]), alpha)
    luma, *chroma = cv2.split(cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb))
    photo = cv2.cvtColor(cv2.merge([luma, *(cv2.blur(one, (5, 5)) for one in chroma)]), cv2.COLOR_YCrCb2RGB)
    grey = np.full(photo.shape, 190, np.uint8)

    def tint_left(alpha):
        result = Compositor(photo, alpha).compose(grey).astype(int)
        return np.ptp(result[ring], axis=-1).mean(), result

    fringed = add_fringe(alpha)
    ring = (fringed > 0) & (alpha == 0)
    (before, _), (after, result) = tint_left(alpha), tint_left(fringed)
    assert before > 15
    assert after < 0.5 * before
    assert (result[fringed == 0] == photo[fringed == 0]).all()


def test_a_fringe_is_thin_and_leaves_the_garment_as_it_was():
    alpha = (shirt_alpha(240, 320) > 0.5).astype(np.float32)
    fringed = add_fringe(alpha)
    assert (fringed >= alpha).all()
    assert (fringed[alpha > 0.01] == alpha[alpha > 0.01]).all()
    assert fringed.max() <= 1
    assert 0 < ((fringed > 0) & (alpha == 0)).mean() < 0.05
    assert not add_fringe(np.zeros((30, 20), np.float32)).any()


def test_strength_goes_from_the_photo_to_the_picture_without_jumps():
    photo, alpha = shirt_photo(), shirt_alpha()
    compositor, picture = Compositor(photo, alpha), np.full(photo.shape, 128, np.uint8)
    steps = [compositor.compose(picture, strength).astype(int) for strength in np.linspace(0, 1, 21)]

    assert (steps[0] == photo).all()
    assert (steps[-1] == compositor.compose(picture)).all()
    assert max(np.abs(after - before).max() for before, after in itertools.pairwise(steps)) <= 8


@pytest.mark.parametrize("opacity", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (33, 1)])
def test_tiny_pictures_are_composed(shape, opacity):
    photo = np.full((*shape, 3), 10, np.uint8)
    result = Compositor(photo, np.full(shape, opacity, np.float32)).compose(np.full((*shape, 3), 210, np.uint8))
    assert result.shape == photo.shape
    assert (result == photo).all() == (opacity == 0)
