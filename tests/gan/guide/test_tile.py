"""Whatever becomes a tile meets itself: no step at the joint, no mirror, no blur."""

import cv2
import numpy as np
import pytest

from gan.guide import prepare_style
from gan.guide.lattice import find_lattice
from gan.guide.quilting import quilt
from gan.guide.tile import cut_cell
from gan.guide.wrapping import plaid_tile, seamless_tile
from gan.patterns import draw_pattern


def joint_excess(tile: np.ndarray) -> float:
    """Mean step across the tile's own edges over the strongest between inner lines, the worse axis."""
    worst = 0.0
    for axis in (0, 1):
        lines = np.moveaxis(tile.astype(np.float32), axis, 0)
        inner = np.abs(np.diff(lines, axis=0)).mean((1, 2))
        edge = float(np.abs(lines[0] - lines[-1]).mean())
        worst = max(worst, edge / (float(inner.max()) + 1.0))
    return worst


def mirror_likeness(picture: np.ndarray) -> float:
    """Greatest correlation of the left half with the mirrored right half about any inner column."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey -= cv2.GaussianBlur(grey, (0, 0), 6)
    width, reach = grey.shape[1], grey.shape[1] // 4
    best = -1.0
    for axis in range(reach, width - reach):
        left, right = grey[:, axis - reach : axis].ravel(), grey[:, axis : axis + reach][:, ::-1].ravel()
        best = max(best, float(np.corrcoef(left, right)[0, 1]))
    return best


@pytest.mark.parametrize(
    "words", ["dots", "houndstooth", "hexagons", "argyle small", "quatrefoil", "herringbone large"]
)
def test_a_cell_of_a_pattern_has_no_joint_and_stays_sharp(words: str) -> None:
    turned = cv2.warpAffine(draw_pattern(words, 480), cv2.getRotationMatrix2D((240, 240), 11, 1.0), (480, 480))[
        80:400, 80:400
    ]
    lattice = find_lattice(turned)
    assert lattice is not None
    cell = cut_cell(turned, lattice).image
    assert joint_excess(np.tile(cell, (2, 2, 1))) < 1.1
    # the cell is sampled at the picture's own density, so its contrast must not drop
    assert cell.std() > 0.9 * turned.std()


def test_a_cell_shows_the_same_colours_as_the_picture() -> None:
    picture = draw_pattern("navy gingham", 300)
    lattice = find_lattice(picture)
    assert lattice is not None
    assert np.abs(cut_cell(picture, lattice).image.mean((0, 1)) - picture.mean((0, 1))).max() < 4


@pytest.mark.parametrize("seed", [0, 5])
def test_quilting_has_no_joints(scene: np.ndarray, seed: int) -> None:
    tile = quilt(scene, seed)
    assert joint_excess(tile) < 1.1
    seams = np.abs(np.diff(np.tile(tile, (1, 2, 1)).astype(np.float32), axis=1)).mean((0, 2))
    own = np.abs(np.diff(scene.astype(np.float32), axis=1)).mean((0, 2))
    assert seams.max() < 1.6 * own.max() + 1


def test_quilting_does_not_mirror(scene: np.ndarray) -> None:
    assert mirror_likeness(np.concatenate([scene, scene[:, ::-1]], 1)) > 0.95
    tile = quilt(scene)
    assert mirror_likeness(np.concatenate([tile, tile], 1)) < 0.7


def test_quilting_keeps_the_picture_whole(scene: np.ndarray) -> None:
    tile = quilt(scene)
    found = cv2.matchTemplate(tile, np.ascontiguousarray(scene[40:-40, 40:-40]), cv2.TM_CCOEFF_NORMED)
    assert found.max() > 0.98


def test_quilting_repeats_itself(scene: np.ndarray) -> None:
    assert np.array_equal(quilt(scene, 3), quilt(scene, 3))


def test_a_tartan_seen_once_is_cut_where_its_threads_agree() -> None:
    picture = draw_pattern("royal stewart tartan huge", 400)[20:380, 10:390]
    picture = picture[:330, :330]
    tile = plaid_tile(picture)
    assert tile is not None
    assert joint_excess(tile.image) < 1.1
    assert np.abs(tile.image.mean((0, 1)) - picture.mean((0, 1))).max() < 30


def test_a_painting_is_no_plaid(scene: np.ndarray) -> None:
    assert plaid_tile(scene) is None
    assert seamless_tile(scene) is None


def test_a_seamless_picture_is_used_whole() -> None:
    picture = draw_pattern("camouflage", 200)
    tile = seamless_tile(picture)
    assert tile is not None and np.array_equal(tile.image, picture)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (3, 200), (40, 1500), (2600, 2400)])
def test_any_shape_of_style_becomes_cloth(shape: tuple[int, int]) -> None:
    style = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)
    cloth = prepare_style(style)
    assert min(cloth.tile.image.shape[:2]) >= 2 and cloth.tile.image.dtype == np.uint8
    assert abs(np.linalg.det(cloth.tile.basis)) > 1


def test_one_colour_stays_one_colour() -> None:
    cloth = prepare_style(np.full((50, 60, 3), (200, 30, 90), np.uint8))
    assert np.abs(cloth.tile.image.astype(int) - (200, 30, 90)).max() <= 1


def test_preparing_is_cached_by_content() -> None:
    style = draw_pattern("paisley", 96)
    assert prepare_style(style) is prepare_style(style.copy())
    assert prepare_style(style) is not prepare_style(style[::-1].copy())


def test_what_is_no_rgb_picture_is_refused() -> None:
    for wrong in (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)):
        with pytest.raises(ValueError, match="RGB picture"):
            prepare_style(wrong)
