"""A placement print: once, where such prints go, on the garment's own colour, cut out of its ground."""

import cv2
import numpy as np
import pytest

from gan.colour import oklab_from_srgb
from gan.guide import GarmentForm, analyse_garment, lay_guide, plan_variants, prepare_style
from gan.guide.graphic import cut_graphic
from gan.guide.motif import find_motif
from gan.request import Mode, RenderRequest
from tests.gan.guide.drawn import TROUSERS, TSHIRT, shaded, silhouette

RED = (205, 30, 40)
BLUE = (60, 90, 170)


def logo(ground: tuple[int, int, int] = (255, 255, 255)) -> np.ndarray:
    """A red ring on plain ground, 400×400×3, its edges mixed with the ground."""
    picture = np.full((400, 400, 3), ground, np.uint8)
    cv2.circle(picture, (200, 200), 110, RED, 50, cv2.LINE_AA)
    return picture


def garment(polygon: list[tuple[float, float]], colour: tuple[int, int, int] = BLUE) -> GarmentForm:
    alpha = silhouette((360, 300), polygon)
    return analyse_garment(shaded(alpha, colour), alpha)


def laid(form: GarmentForm, style: np.ndarray, scale: float = 1.0, angle: float = 0.0) -> np.ndarray:
    return lay_guide(prepare_style(style), form, Mode.PLACEMENT, scale, angle, 0)


def red(picture: np.ndarray) -> np.ndarray:
    return (picture[..., 0].astype(int) - picture[..., 1:].max(-1) > 80).astype(np.uint8)


def pieces(picture: np.ndarray) -> list[tuple[float, float, float]]:
    """Area and middle (x, y) of every red piece, in pixels."""
    _, _, statistics, middles = cv2.connectedComponentsWithStats(red(picture))
    return [(row[cv2.CC_STAT_AREA], *middle) for row, middle in zip(statistics[1:], middles[1:], strict=True)]


def test_it_is_printed_once_on_the_chest_in_the_garments_own_colour() -> None:
    form = garment(TSHIRT)
    guide = laid(form, logo())
    ((_, x, y),) = pieces(guide)
    assert abs(x - 150) < 15 and 90 < y < 190
    cloth = guide[(cv2.dilate(red(guide), np.ones((9, 9))) == 0) & (form.alpha > 0.9)]
    assert np.ptp(cloth, axis=0).max() <= 1, "all the rest is one colour: the garment's light comes later"
    assert np.linalg.norm(oklab_from_srgb(cloth[:1]) - oklab_from_srgb(np.uint8([BLUE]))) < 0.12


def test_the_ground_is_not_printed_with_it() -> None:
    guide = laid(garment(TSHIRT), logo()).astype(int)
    assert guide.min(axis=2).max() < 130, "no white: not around it, not within, not at its edges"


def test_a_small_one_goes_to_the_wearers_left() -> None:
    ((area, x, y),) = pieces(laid(garment(TSHIRT), logo(), 0.4))
    ((large, _, middle),) = pieces(laid(garment(TSHIRT), logo()))
    assert x > 165 and y < middle and area < 0.3 * large


def test_on_trousers_it_stays_on_one_leg() -> None:
    form = garment(TROUSERS)
    printed = red(laid(form, logo(), 1.3)) > 0
    shares = []
    for leg in form.panels[1:]:
        top, bottom, left, right = leg.box
        assert leg.weight is not None
        shares.append(printed[top:bottom, left:right][leg.weight > 0.5].sum() / printed.sum())
    assert max(shares) > 0.98


def test_it_is_turned_clockwise() -> None:
    bar = np.full((400, 400, 3), 255, np.uint8)
    cv2.rectangle(bar, (180, 60), (220, 340), RED, -1)
    cv2.rectangle(bar, (180, 60), (300, 100), RED, -1)  # a flag at the upper right of its pole
    guide = laid(garment(TSHIRT), bar, angle=90.0)
    rows, columns = np.nonzero(red(guide))
    assert np.ptp(columns) > 1.5 * np.ptp(rows)
    right = columns > columns.min() + 0.75 * np.ptp(columns)
    assert rows[right].mean() > rows.mean() + 2, "the flag is at the lower right"


def test_what_would_not_be_seen_takes_its_own_ground_along() -> None:
    form = garment(TSHIRT, RED)
    guide = laid(form, logo())
    corner = guide[300, 150].astype(int)
    assert corner.min() > 200
    assert len(pieces(guide)) == 1


def test_a_picture_is_printed_as_a_rectangle(scene: np.ndarray) -> None:
    form = garment(TSHIRT)
    guide = laid(form, scene)
    printed = np.abs(guide.astype(int) - guide[340, 150]).max(2) > 6
    rows, columns = np.nonzero(printed)
    assert printed.sum() > 0.9 * (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    assert np.ptp(columns) / np.ptp(rows) == pytest.approx(320 / 260, rel=0.1)


def painting(middle: tuple[int, int, int]) -> np.ndarray:
    """A picture without a ground: brush strokes around one colour, 300×300×3."""
    strokes = np.random.default_rng(5).normal(0, 90, (300, 300, 3)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(strokes, (0, 0), 4) + np.array(middle, np.float32), 0, 255).astype(np.uint8)


def test_a_dark_picture_on_dark_cloth_leaves_the_cloth_as_it_is() -> None:
    own = oklab_from_srgb(np.uint8([[(58, 58, 60)]]))[0, 0]
    cloth = laid(garment(TSHIRT, (58, 58, 60)), painting((20, 80, 110)))[330, 150]
    assert np.linalg.norm(oklab_from_srgb(cloth.reshape(1, 1, 3))[0, 0] - own) < 0.12


@pytest.mark.parametrize("colour", [(58, 58, 60), (200, 190, 180)])
def test_a_picture_in_the_cloths_own_colour_gets_another_shade_of_it(colour: tuple[int, int, int]) -> None:
    form = garment(TSHIRT, colour)
    own = oklab_from_srgb(laid(form, logo())[330:331, 150:151])[0, 0]
    shade = oklab_from_srgb(laid(form, painting(colour))[330:331, 150:151])[0, 0]
    assert 0.2 < abs(shade[0] - own[0]) < 0.4
    assert 0.3 < shade[0] < 0.85, "neither black nor white, which such a photo has no light for"


def test_a_drawing_is_open_where_it_encloses_ground_and_a_photo_is_not() -> None:
    drawing = logo()
    motif = find_motif(drawing)
    assert motif is not None and motif.is_graphic
    assert cut_graphic(drawing, motif, 1.0).image[110, 110, 3] == 0
    rng = np.random.default_rng(0)
    photo = np.where(drawing == 255, drawing, rng.integers(20, 160, drawing.shape)).astype(np.uint8)
    motif = find_motif(photo)
    assert motif is not None and not motif.is_graphic
    middle = [round(side / 2) for side in cut_graphic(photo, motif, 1.0).image.shape[:2]]
    assert cut_graphic(photo, motif, 1.0).image[(*middle, 3)] == 255


def test_edges_keep_the_motifs_own_colour() -> None:
    picture = logo()
    motif = find_motif(picture)
    assert motif is not None
    image = cut_graphic(picture, motif, 1.0).image.astype(int)
    edges = (image[..., 3] > 60) & (image[..., 3] < 250)
    assert edges.any()
    assert np.abs(image[edges][:, :3] - RED).mean() < 25


def test_a_motif_is_scattered_and_placed_by_itself(tmp_path) -> None:
    cloth = prepare_style(logo())
    plans = plan_variants(cloth, garment(TSHIRT), RenderRequest(tmp_path, tmp_path, tmp_path))
    assert [plan.mode for plan in plans] == [Mode.PRINT, Mode.PLACEMENT, Mode.PRINT, Mode.PLACEMENT]


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3)])
def test_tiny_garments_and_odd_styles_do_no_harm(size: tuple[int, int]) -> None:
    form = analyse_garment(np.full((*size, 3), 90, np.uint8), np.ones(size, np.float32))
    assert laid(form, logo()).shape == (*size, 3)
    assert laid(garment(TSHIRT), np.full((*size, 3), 90, np.uint8)).shape == (360, 300, 3)


def test_nothing_restyled_is_no_error() -> None:
    form = analyse_garment(np.full((60, 50, 3), 90, np.uint8), np.zeros((60, 50), np.float32))
    assert laid(form, logo()).shape == (60, 50, 3)
