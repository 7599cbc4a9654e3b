"""How folds bend the pattern: with the light, gently, never so far that cloth is torn or turned over."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gan.guide import GarmentForm, analyse_garment, lay_guide, prepare_style
from gan.guide.bending import bend_pattern
from gan.request import Mode
from tests.gan.guide.drawn import TSHIRT, shaded, silhouette

SIZE = (120, 160)
EVERYWHERE = np.ones(SIZE, np.float32)


def ridges(period: float, depth: float) -> np.ndarray:
    """Light on upright folds."""
    across = np.cos(2 * np.pi * np.arange(SIZE[1]) / period) * depth
    return np.tile(across.astype(np.float32), (SIZE[0], 1))


def test_bright_folds_are_shifted_against_dark_ones() -> None:
    light = ridges(period=20, depth=0.3)
    down = bend_pattern(light, EVERYWHERE, width=600, pixel=4)[..., 1]
    assert np.corrcoef(light.ravel(), down.ravel())[0, 1] > 0.9
    assert 4 < np.ptp(down) < 0.1 * 600


def test_flat_light_and_slow_falls_of_light_bend_nothing() -> None:
    fall = np.tile(np.linspace(-0.3, 0.3, SIZE[1], dtype=np.float32), (SIZE[0], 1))
    for light in (np.full(SIZE, 0.7, np.float32), fall):
        assert np.abs(bend_pattern(light, EVERYWHERE, 600, 4)[20:-20, 20:-20]).max() < 1.0


@pytest.mark.parametrize("depth", [0.5, 3.0])
def test_cloth_is_never_torn_or_turned_over(depth: float) -> None:
    light = np.random.default_rng(3).normal(0, depth, SIZE).astype(np.float32)
    light = cv2.GaussianBlur(light, (0, 0), 1.5) * 4
    pixel = 4.0
    shift = bend_pattern(light, EVERYWHERE, 600, pixel) / pixel
    rows, columns = np.indices(SIZE).astype(np.float32)
    assert np.diff(rows + shift[..., 1], axis=0).min() > 0.1
    assert np.diff(columns + shift[..., 0], axis=1).min() > 0.1


def folded_shirt() -> GarmentForm:
    alpha = silhouette((300, 250), TSHIRT)
    return analyse_garment(shaded(alpha, (150, 150, 150), seed=4), alpha)


def test_stripes_on_folds_are_not_straight() -> None:
    form = folded_shirt()
    flat = replace(form, folds=replace(form.folds, exposure=np.zeros_like(form.folds.exposure)))
    style = np.full((96, 96, 3), 240, np.uint8)
    style[::24] = style[1::24] = style[2::24] = style[3::24] = 20
    cloth = prepare_style(style)

    def straightness(of: GarmentForm) -> float:
        grey = lay_guide(cloth, of, Mode.PRINT, 1.0, 0.0, 0)[100:280, 90:160].mean(axis=2)
        return float(grey.mean(axis=1).std() / grey.std())

    assert straightness(flat) > 0.95
    assert straightness(form) < straightness(flat) - 0.1
