"""Sleeves and legs are found where they are, turned the right way, and nothing is cut off what has none."""

import numpy as np
import pytest

from gan.guide import analyse_garment
from gan.guide.panels import Panel, find_panels
from tests.gan.guide.drawn import LONGSLEEVE, SKIRT, TROUSERS, TSHIRT, shaded, silhouette

SIZE = (360, 300)


def panels_of(polygon: list[tuple[float, float]]) -> tuple[Panel, ...]:
    return find_panels(silhouette((256, 213), polygon), SIZE)


def share_at(panel: Panel, x: float, y: float) -> float:
    """The panel's weight at a point in 0..1 of (width, height)."""
    top, bottom, left, right = panel.box
    row, column = int(y * SIZE[0]), int(x * SIZE[1])
    if panel.weight is None or not (top <= row < bottom and left <= column < right):
        return 0.0
    return float(panel.weight[row - top, column - left])


@pytest.mark.parametrize("polygon", [TSHIRT, LONGSLEEVE])
def test_sleeves_are_panels_of_their_own(polygon: list[tuple[float, float]]) -> None:
    body, *sleeves = panels_of(polygon)
    assert body.weight is None and body.axis == 0
    assert len(sleeves) == 2
    left, right = sorted(sleeves, key=lambda panel: panel.anchor[0])
    assert left.anchor[0] < 0.3 * SIZE[1] and right.anchor[0] > 0.7 * SIZE[1]
    assert left.axis == pytest.approx(-right.axis, abs=6)
    assert 10 < left.axis < 110  # from straight down clockwise: towards the left
    for sleeve in sleeves:
        assert share_at(sleeve, 0.5, 0.6) == 0
    tip = (0.1, 0.36) if polygon is TSHIRT else (0.1, 0.74)
    assert share_at(left, *tip) == 1 and share_at(right, 1 - tip[0], tip[1]) == 1


def test_long_sleeves_lie_along_the_arm() -> None:
    _, *sleeves = panels_of(LONGSLEEVE)
    left = min(sleeves, key=lambda panel: panel.anchor[0])
    arm = np.degrees(np.arctan2((0.3 - 0.085) * SIZE[1], (0.775 - 0.25) * SIZE[0]))
    assert left.axis == pytest.approx(arm, abs=7)


def test_trousers_are_cut_from_the_crotch_to_the_waist() -> None:
    _, left, right = sorted(panels_of(TROUSERS), key=lambda panel: (panel.weight is not None, panel.anchor[0]))
    assert share_at(left, 0.27, 0.8) == 1 and share_at(right, 0.73, 0.8) == 1
    assert share_at(left, 0.4, 0.15) == 1 and share_at(right, 0.6, 0.15) == 1
    assert share_at(left, 0.6, 0.15) == 0 and share_at(right, 0.4, 0.15) == 0
    assert 4 < left.axis < 30 and left.axis == pytest.approx(-right.axis, abs=3)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_trousers_lying_sideways_are_cut_along_their_legs(turns: int) -> None:
    upright = {round(panel.axis) for panel in panels_of(TROUSERS) if panel.weight is not None}
    mask = np.ascontiguousarray(np.rot90(silhouette((256, 213), TROUSERS), -turns))
    turned = find_panels(mask, mask.shape)
    axes = {round((panel.axis - 90 * turns + 180) % 360 - 180) for panel in turned if panel.weight is not None}
    assert len(turned) == 3 and all(min(abs(axis - other) for other in upright) <= 2 for axis in axes)


@pytest.mark.parametrize("polygon", [SKIRT, [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]])
def test_a_skirt_or_a_cushion_is_one_piece(polygon: list[tuple[float, float]]) -> None:
    assert len(panels_of(polygon)) == 1


@pytest.mark.parametrize("polygon", [TSHIRT, LONGSLEEVE, TROUSERS])
def test_the_background_around_a_garment_is_one_piece(polygon: list[tuple[float, float]]) -> None:
    alpha = silhouette((256, 213), polygon)
    assert len(find_panels(1 - alpha, SIZE, shaded(alpha, (90, 110, 160)))) == 1


def test_two_shoes_are_two_pieces() -> None:
    left = [(0.1, 0.2), (0.4, 0.2), (0.4, 0.9), (0.1, 0.9)]
    mask = silhouette((256, 213), left, [(1 - x, y) for x, y in left])
    assert len(find_panels(mask, SIZE)) == 2


def test_panel_edges_are_antialiased_and_meet_without_gap() -> None:
    body, *sleeves = panels_of(TSHIRT)
    assert body.weight is None  # it lies under everything, so nothing can stay bare
    for sleeve in sleeves:
        assert sleeve.weight is not None
        top, bottom, left, right = sleeve.box
        assert sleeve.weight.shape == (bottom - top, right - left)
        soft = (sleeve.weight > 0.02) & (sleeve.weight < 0.98)
        assert 0 < soft.mean() < 0.2


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (5, 400), (64, 64)])
def test_empty_and_full_masks_are_one_piece(value: float, shape: tuple[int, int]) -> None:
    garment = np.full((*shape, 3), 90, np.uint8)
    form = analyse_garment(garment, np.full(shape, value, np.float32))
    assert len(form.panels) == 1 and form.width > 0
    assert np.isfinite(form.displacement).all()


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="size"):
        analyse_garment(np.zeros((4, 5, 3), np.uint8), np.zeros((5, 4), np.float32))
