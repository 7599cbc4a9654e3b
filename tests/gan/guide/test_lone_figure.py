from dataclasses import replace

import cv2
import numpy as np
import pytest

from gan.guide import plan_variants, prepare_style
from gan.guide.form import GarmentForm
from gan.guide.lone_figure import find_lone_figure
from gan.guide.printing import LEAST_COVERED, default_zoom
from gan.patterns import draw_pattern
from gan.request import Mode
from tests.gan.guide.test_planning import request


def painted_ground(colour: tuple[int, int, int]) -> np.ndarray:
    """Ground as a brush leaves it: uneven, and darker below."""
    rng = np.random.default_rng(3)
    uneven = cv2.GaussianBlur(rng.normal(0, 60, (300, 400)).astype(np.float32), (0, 0), 5)
    shade = np.linspace(8, -8, 300, dtype=np.float32)[:, None]
    return np.clip(np.array(colour, np.float32) + (uneven + shade)[..., None], 0, 255).astype(np.uint8)


def animal(ground: np.ndarray, x: int, y: int, size: float) -> np.ndarray:
    """A body with a head, four legs and a tail, in two colours."""
    picture = np.ascontiguousarray(ground)

    def at(dx: float, dy: float) -> tuple[int, int]:
        return round(x + size * dx), round(y + size * dy)

    for leg in (-0.5, -0.35, 0.3, 0.45):
        cv2.line(picture, at(leg, 0), at(leg - 0.05, 0.55), (60, 50, 45), max(1, round(0.09 * size)))
    cv2.ellipse(picture, at(0, 0), (round(0.6 * size), round(0.25 * size)), 0, 0, 360, (70, 60, 55), -1)
    cv2.circle(picture, at(0.6, -0.25), round(0.2 * size), (210, 190, 170), -1)
    cv2.ellipse(picture, at(-0.6, -0.3), (round(0.2 * size), round(0.3 * size)), 0, 60, 270, (60, 50, 45), 5)
    return picture


@pytest.fixture
def portrait() -> np.ndarray:
    return animal(painted_ground((110, 150, 80)), 200, 160, 170)


def test_one_animal_on_painted_ground_is_a_figure_in_its_frame_too(portrait: np.ndarray) -> None:
    assert find_lone_figure(portrait)
    assert find_lone_figure(cv2.copyMakeBorder(portrait, 9, 9, 9, 9, cv2.BORDER_CONSTANT, value=(150, 40, 30)))
    assert find_lone_figure(portrait[::2, ::2])


def test_a_figures_span_is_its_share_of_the_picture(portrait: np.ndarray) -> None:
    span = find_lone_figure(portrait)
    assert span == pytest.approx((2 * 170 * 0.8 / 400, 170 * 1.15 / 300), abs=0.1)


def test_many_small_animals_or_one_speck_or_ground_alone_are_none() -> None:
    herd = ground = painted_ground((110, 150, 80))
    for x in (60, 200, 340):
        for y in (60, 220):
            herd = animal(herd, x, y, 60)
    assert not find_lone_figure(herd)
    assert not find_lone_figure(animal(ground, 200, 160, 30))
    assert not find_lone_figure(ground)
    assert not find_lone_figure(ground[:9, :9])


def test_what_is_cut_off_all_around_is_none() -> None:
    close = animal(painted_ground((110, 150, 80)), 200, 160, 700)
    assert not find_lone_figure(close)


@pytest.mark.parametrize("words", ["tartan", "houndstooth", "camouflage", "floral", "paisley", "leopard", "marble"])
def test_drawn_cloth_is_none(words: str) -> None:
    assert not find_lone_figure(draw_pattern(words, 200))


def test_a_broad_figure_is_laid_so_small_that_all_of_it_is_seen(form: GarmentForm, portrait: np.ndarray) -> None:
    broad = cv2.resize(portrait, (900, 300))
    cloth = prepare_style(broad)
    assert cloth.figure is not None
    covering = default_zoom(replace(cloth, figure=None), form)
    assert covering * 900 * cloth.figure[0] > form.width, "else there is nothing to be seen here"
    assert LEAST_COVERED * covering <= default_zoom(cloth, form) < 0.95 * covering
    small = cv2.resize(animal(painted_ground((110, 150, 80)), 200, 160, 90), (300, 300))
    cloth = prepare_style(small)
    assert cloth.figure is not None
    assert default_zoom(cloth, form) == default_zoom(replace(cloth, figure=None), form)


def test_a_figure_is_laid_whole_and_not_painted_over(form: GarmentForm, portrait: np.ndarray) -> None:
    cloth = prepare_style(portrait)
    assert cloth.is_picture and cloth.shows_figure and cloth.focus is not None
    modes = [plan.mode for plan in plan_variants(cloth, form, request(Mode.AUTO))]
    assert modes == [Mode.PRINT, Mode.PLACEMENT, Mode.PRINT, Mode.PALETTE]
