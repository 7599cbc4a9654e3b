"""Cloth photographed in folds is laid flat; what is drawn, painted or textured keeps its light."""

import cv2
import numpy as np
import pytest

from gan.guide import prepare_style
from gan.guide.colour import linear_from_srgb, srgb_from_linear
from gan.patterns import draw_pattern

SIDE = 320


def folds(depth: float) -> np.ndarray:
    """Log-light of soft folds that run down the cloth, h×w."""
    chance = np.random.default_rng(2)
    waves = cv2.resize(chance.standard_normal((5, 14)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return depth * (waves - waves.mean()) / waves.std()


def flowers() -> np.ndarray:
    """A print that neither repeats nor shows a scene."""
    return draw_pattern("paisley", 512)[60 : 60 + SIDE, 90 : 90 + SIDE]


def under(light: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    return srgb_from_linear(0.6 * linear_from_srgb(cloth) * np.exp(light)[..., None])


def unevenness(picture: np.ndarray, cloth: np.ndarray) -> float:
    """Standard deviation of the log-light that a picture shows a cloth under."""
    ratio = (linear_from_srgb(picture).sum(2) + 0.02) / (linear_from_srgb(cloth).sum(2) + 0.02)
    return float(np.log(cv2.GaussianBlur(ratio, (0, 0), 4)).std())


def test_folds_do_not_come_along_with_a_print() -> None:
    photo = under(folds(0.3), flowers())
    flat = prepare_style(photo, lambda cloth: folds(0.3)[::3, ::3]).picture
    assert unevenness(photo, flowers()) > 0.2
    assert unevenness(flat, flowers()) < 0.06


@pytest.mark.parametrize(("depth", "kept"), [(0.1, 1.0), (0.15, 0.5), (0.2, 0.0)])
def test_faint_light_is_left_as_it_may_be_print(depth: float, kept: float) -> None:
    photo = under(folds(depth), flowers())
    flat = prepare_style(photo, lambda cloth: folds(depth)[::2, ::2]).picture
    assert unevenness(flat, flowers()) == pytest.approx(kept * unevenness(photo, flowers()), abs=0.03)


def test_what_is_nothing_but_light_is_texture() -> None:
    grain = under(folds(0.4), np.full((SIDE, SIDE, 3), (150, 110, 70), np.uint8))
    cloth = prepare_style(grain, lambda picture: folds(0.4)[::2, ::2])
    assert np.array_equal(cloth.picture, grain)


@pytest.mark.parametrize("words", ["navy gingham", "royal stewart tartan huge", "houndstooth", "camouflage", "florals"])
def test_light_is_not_looked_for_in_what_is_drawn(words: str) -> None:
    def refuse(cloth: np.ndarray) -> np.ndarray:
        raise AssertionError("there is no light in a drawing")

    prepare_style(draw_pattern(words, 384), refuse)


def test_light_is_not_looked_for_in_a_painting(scene: np.ndarray) -> None:
    cloth = prepare_style(scene, lambda picture: pytest.fail("a scene's light is its own"))
    assert cloth.is_picture


def test_the_same_style_with_and_without_its_light_are_two_cloths() -> None:
    photo = under(folds(0.3), flowers())
    assert not np.array_equal(
        prepare_style(photo).picture, prepare_style(photo, lambda cloth: folds(0.3)[::2, ::2]).picture
    )
