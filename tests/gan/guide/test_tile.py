"""Whatever becomes a tile meets itself: no step at the joint, no mirror, no blur."""

import cv2
import numpy as np
import pytest

from gan.guide import prepare_style
from gan.guide.lattice import find_lattice
from gan.guide.plaid import plaid_tile
from gan.guide.quilting import quilt
from gan.guide.tile import cut_cell
from gan.guide.wrapping import seamless_tile
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
    tile = quilt(scene, seed=seed)
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
    assert np.array_equal(quilt(scene, seed=3), quilt(scene, seed=3))


def test_a_tartan_seen_once_is_cut_where_its_threads_agree() -> None:
    picture = draw_pattern("royal stewart tartan huge", 400)[20:380, 10:390]
    picture = picture[:330, :330]
    tile = plaid_tile(picture)
    assert tile is not None
    assert joint_excess(tile.image) < 1.1
    assert np.abs(tile.image.mean((0, 1)) - picture.mean((0, 1))).max() < 30


def woven(threads: list[tuple[tuple[int, int, int], int]]) -> np.ndarray:
    """A plaid whose warp and weft are bands given as (colour, pixels), with noise."""
    warp = np.concatenate([np.tile(np.float32(colour), (width, 1)) for colour, width in threads])
    cloth = (warp[None] + warp[:, None]) / 2 + np.random.default_rng(0).normal(0, 3, (len(warp), len(warp), 1))
    return np.clip(cloth, 0, 255).astype(np.uint8)


GREEN, SKY, RED, WHITE, NAVY = (20, 100, 30), (150, 200, 235), (200, 20, 30), (245, 245, 245), (20, 25, 80)


@pytest.mark.parametrize(
    "threads",
    [
        # lines at equal distances on two grounds: they match at half the sett, the grounds do not
        [(RED, 12), (GREEN, 138), (NAVY, 12), (GREEN, 30), (RED, 12), (SKY, 138), (NAVY, 12), (SKY, 30)],
        [(WHITE, 14), (NAVY, 90), (RED, 10), (GREEN, 200), (RED, 10), (NAVY, 60)],
        [(SKY, 60), (NAVY, 60), (SKY, 60), (NAVY, 60), (SKY, 60), (RED, 60)],
    ],
    ids=["two grounds", "asymmetric", "one odd band"],
)
def test_a_plaid_seen_once_keeps_all_its_colours(threads: list[tuple[tuple[int, int, int], int]]) -> None:
    picture = woven(threads)
    tile = prepare_style(picture).tile.image
    for colour in {colour for colour, _ in threads}:
        share, kept = (float((np.abs(image.astype(int) - colour).max(2) < 24).mean()) for image in (picture, tile))
        assert kept == pytest.approx(share, rel=0.25), colour


def test_a_sett_seen_again_in_part_is_cut_at_its_period() -> None:
    sett = [(RED, 20), (NAVY, 70), (WHITE, 8), (GREEN, 90), (SKY, 40)]
    tile = plaid_tile(woven(sett + sett[:3]))
    assert tile is not None
    assert np.diag(tile.basis) == pytest.approx([228, 228], abs=1)


def test_a_framed_sunset_is_no_plaid() -> None:
    glow = np.exp(-np.square(np.linspace(-2, 2, 480)))[None] * np.linspace(1, 0.3, 400)[:, None] ** 2
    picture = np.float32([70, 60, 80]) + glow[..., None] * np.float32([180, 110, 10])
    picture[280:] *= 0.6
    picture[:6] = picture[-6:] = 15
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    assert plaid_tile(picture) is None
    assert prepare_style(picture).is_picture


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
