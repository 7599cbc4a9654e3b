"""A picture's subject is found, is laid where the garment shows it whole, and is not shown twice."""

import cv2
import numpy as np
import pytest

from gan.guide import GarmentForm, StyleCloth, analyse_garment, lay_guide, prepare_style
from gan.guide.focus import SIDE, Box, find_focus
from gan.request import Mode
from tests.gan.guide.drawn import LONGSLEEVE, TSHIRT, shaded, silhouette

RED = (210, 30, 40)


def picture_of(x: float, y: float, radius: float = 0.09) -> np.ndarray:
    """A red ball at a place (in shares of width and height) before hills in the evening, 240×320×3."""
    rng = np.random.default_rng(3)
    sky = np.linspace(0, 1, 240, dtype=np.float32)[:, None, None]
    picture = (1 - sky) * np.float32([150, 175, 215]) + sky * np.float32([70, 95, 60]) + np.zeros((240, 320, 3))
    picture += cv2.resize(rng.standard_normal((7, 9, 3)).astype(np.float32) * 12, (320, 240))
    picture += cv2.GaussianBlur(rng.standard_normal((240, 320, 3)).astype(np.float32) * 30, (0, 0), 1.2)
    cv2.circle(picture, (round(x * 320), round(y * 240)), round(radius * 320), RED, -1, cv2.LINE_AA)
    return np.clip(picture, 0, 255).astype(np.uint8)


def scene_cloth(picture: np.ndarray) -> StyleCloth:
    cloth = prepare_style(picture)
    assert cloth.is_picture and cloth.focus is not None
    return cloth


def middle_of(focus: np.ndarray) -> tuple[float, float]:
    rows, columns = (np.indices(focus.shape) + 0.5) / SIDE
    return float((columns * focus).sum()), float((rows * focus).sum())


def reds(picture: np.ndarray) -> np.ndarray:
    return (np.abs(picture.astype(int) - RED).sum(-1) < 90).astype(np.uint8)


def balls(picture: np.ndarray, where: np.ndarray) -> list[float]:
    """The sizes in pixels of the red pieces in a part of the picture, the largest first."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(reds(picture) * where.astype(np.uint8))
    return sorted((float(area) for area in statistics[1:, cv2.CC_STAT_AREA] if area >= 12), reverse=True)


def garment(polygon: list[tuple[float, float]]) -> GarmentForm:
    alpha = silhouette((360, 300), polygon)
    return analyse_garment(shaded(alpha, (90, 110, 160)), alpha)


@pytest.mark.parametrize(("x", "y"), [(0.3, 0.35), (0.7, 0.6), (0.5, 0.5)])
def test_the_focus_is_on_what_stands_out(x: float, y: float) -> None:
    focus = find_focus(picture_of(x, y))
    assert focus.shape == (SIDE, SIDE) and focus.sum() == pytest.approx(1, abs=1e-4) and focus.min() >= 0
    column, row = np.unravel_index(int(focus.argmax()), focus.shape)[::-1]
    assert abs(column / SIDE - x) < 0.1 and abs(row / SIDE - y) < 0.12


def test_a_face_draws_the_eye_away_from_the_rest() -> None:
    face: Box = (0.7, 0.1, 0.15, 0.2)
    plain, seen = find_focus(picture_of(0.3, 0.6)), find_focus(picture_of(0.3, 0.6), [face])
    assert middle_of(seen)[0] > middle_of(plain)[0] + 0.1 and middle_of(seen)[1] < middle_of(plain)[1] - 0.1


def test_a_picture_of_one_colour_has_a_focus_without_nans() -> None:
    focus = find_focus(np.full((50, 80, 3), 128, np.uint8))
    assert np.isfinite(focus).all()


@pytest.mark.parametrize("polygon", [TSHIRT, LONGSLEEVE])
@pytest.mark.parametrize(("x", "y"), [(0.14, 0.5), (0.85, 0.8), (0.5, 0.12)])
@pytest.mark.parametrize("seed", [0, 4])
def test_a_subject_at_the_pictures_edge_lies_whole_on_the_garment(
    polygon: list[tuple[float, float]], x: float, y: float, seed: int
) -> None:
    form = garment(polygon)
    for scale, least in ((1.0, 0.9), (2.0, 0.7)):  # the second makes the ball as wide as the body
        guide = lay_guide(scene_cloth(picture_of(x, y)), form, Mode.PRINT, scale, 0.0, seed)
        inside = form.alpha > 0.9
        seen, whole = balls(guide, inside), balls(guide, np.ones_like(inside))
        assert seen and seen[0] > least * whole[0]


def test_a_turned_picture_keeps_its_subject_on_the_garment() -> None:
    form = garment(TSHIRT)
    guide = lay_guide(scene_cloth(picture_of(0.15, 0.5)), form, Mode.PRINT, 1.5, 90.0, 0)
    inside = form.alpha > 0.9
    assert balls(guide, inside)[0] > 0.9 * balls(guide, np.ones_like(inside))[0]


def test_a_picture_goes_on_from_the_body_into_the_sleeve() -> None:
    """At the seam's middle both show the same place of the picture."""
    form = garment(LONGSLEEVE)
    cloth = scene_cloth(picture_of(0.5, 0.5))
    guide = lay_guide(cloth, form, Mode.PRINT, 1.0, 0.0, 0).astype(np.float32)
    soft = cv2.GaussianBlur(guide, (0, 0), 4)
    for panel in form.panels[1:]:
        x, y = panel.joint
        side = np.sign(x - form.panels[0].anchor[0])
        inner, outer = (soft[round(y), round(x + side * step)] for step in (-8, 8))
        assert np.abs(inner - outer).max() < 30


def test_what_extends_a_picture_does_not_show_its_subject_again() -> None:
    picture = picture_of(0.2, 0.85, radius=0.13)
    tile = scene_cloth(picture).tile.image
    found = balls(np.tile(tile, (2, 2, 1)), np.ones((2 * tile.shape[0], 2 * tile.shape[1]), bool))
    assert sum(found[4:]) < 0.2 * found[0], "more than the four of the four tiles"
