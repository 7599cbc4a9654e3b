"""Cloth photographed in folds is laid flat; what is drawn, painted or textured keeps its light."""

import cv2
import numpy as np
import pytest

from gan.colour import bytes_from_linear, linear_from_bytes
from gan.guide import prepare_style
from gan.guide.blacks import as_dyed
from gan.guide.photo_reader import PhotoLook
from gan.patterns import draw_pattern

SIDE = 320


def folds(depth: float) -> np.ndarray:
    """Log-light of soft folds that run down the cloth, h×w."""
    rng = np.random.default_rng(2)
    waves = cv2.resize(rng.standard_normal((5, 14)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return depth * (waves - waves.mean()) / waves.std()


def flowers() -> np.ndarray:
    """A print that neither repeats nor shows a scene."""
    return draw_pattern("paisley", 512)[60 : 60 + SIDE, 90 : 90 + SIDE]


def under(light: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    return bytes_from_linear(0.6 * linear_from_bytes(cloth) * np.exp(light)[..., None])


class Reader:
    """Reads a given light in whatever it is shown, and finds no garments."""

    def __init__(self, light: np.ndarray) -> None:
        self.light = light

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        return PhotoLook()

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        return self.light


class NoReader(Reader):
    """Must not be asked for light, nor, where `drawn`, for anything."""

    def __init__(self, *, drawn: bool) -> None:
        self.drawn = drawn

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        assert not self.drawn, "a drawing is no photo of a garment"
        return PhotoLook()

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        raise AssertionError("its light is its own")


class Cutter(Reader):
    """Cuts the middle out of whatever it is shown."""

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        return PhotoLook(np.ascontiguousarray(picture[picture.shape[0] // 3 :, picture.shape[1] // 3 :]))


def unevenness(picture: np.ndarray, cloth: np.ndarray) -> float:
    """Standard deviation of the log-light that a picture shows a cloth under."""
    ratio = (linear_from_bytes(picture).sum(2) + 0.02) / (linear_from_bytes(cloth).sum(2) + 0.02)
    return float(np.log(cv2.GaussianBlur(ratio, (0, 0), 4)).std())


def test_folds_do_not_come_along_with_a_print() -> None:
    photo = under(folds(0.3), flowers())
    flat = prepare_style(photo, Reader(folds(0.3)[::3, ::3])).picture
    assert unevenness(photo, flowers()) > 0.2
    assert unevenness(flat, flowers()) < 0.06


@pytest.mark.parametrize(("depth", "kept"), [(0.1, 1.0), (0.15, 0.5), (0.2, 0.0)])
def test_faint_light_is_left_as_it_may_be_print(depth: float, kept: float) -> None:
    photo = under(folds(depth), flowers())
    flat = prepare_style(photo, Reader(folds(depth)[::2, ::2])).picture
    assert unevenness(flat, as_dyed(flowers())) == pytest.approx(kept * unevenness(photo, flowers()), abs=0.03)


def test_what_is_nothing_but_light_is_texture() -> None:
    grain = under(folds(0.4), np.full((SIDE, SIDE, 3), (150, 110, 70), np.uint8))
    cloth = prepare_style(grain, Reader(folds(0.4)[::2, ::2]))
    assert np.array_equal(cloth.picture, as_dyed(grain))


def test_a_garments_cloth_is_flattened_though_it_is_plain() -> None:
    plain = np.full((SIDE, SIDE, 3), (150, 110, 71), np.uint8)
    light = folds(0.4)
    middle = light[SIDE // 3 :, SIDE // 3 :]
    cloth = prepare_style(under(light, plain), Cutter(middle[::2, ::2])).picture
    assert unevenness(cloth, plain[: len(cloth), : len(cloth)]) < 0.2 * unevenness(under(light, plain), plain)


@pytest.mark.parametrize("words", ["navy gingham", "royal stewart tartan huge", "houndstooth", "camouflage", "florals"])
def test_light_is_not_looked_for_in_what_is_drawn(words: str) -> None:
    prepare_style(draw_pattern(words, 384), NoReader(drawn=True))


def test_light_is_not_looked_for_in_a_painting(scene: np.ndarray) -> None:
    assert prepare_style(scene, NoReader(drawn=False)).is_picture


def test_a_garments_cloth_is_the_style_and_no_scene(scene: np.ndarray) -> None:
    photo = np.ascontiguousarray(scene[:, ::-1])
    cloth = prepare_style(photo, Cutter(np.zeros((8, 8), np.float32)))
    assert not cloth.is_picture
    assert np.array_equal(cloth.picture, as_dyed(photo[photo.shape[0] // 3 :, photo.shape[1] // 3 :]))


def test_the_same_style_with_and_without_its_light_are_two_cloths() -> None:
    photo = under(folds(0.3), flowers())
    assert not np.array_equal(prepare_style(photo).picture, prepare_style(photo, Reader(folds(0.3)[::2, ::2])).picture)
