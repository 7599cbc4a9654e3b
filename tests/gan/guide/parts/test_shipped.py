"""The shipped weights on photos they never saw, and on drawings: what is sewn on is found, what is printed is not."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from gan.guide.panels import find_panels
from gan.guide.parts.find import Parts, find_parts
from gan.mask import find_mask
from gan.patterns import draw_pattern
from gan.pictures import read_picture
from tests.gan.guide.drawn import SKIRT, shaded, silhouette

SAMPLES = Path(__file__).parents[4] / "bot" / "playground" / "samples" / "garments"
SIDE = 160
PRINTS = ["navy and white stripes", "black tartan large", "houndstooth", "argyle"]
JACKET = [
    (0.36, 0.06), (0.64, 0.06), (0.8, 0.13), (0.95, 0.75), (0.83, 0.78), (0.78, 0.7), (0.78, 0.92), (0.22, 0.92),
    (0.22, 0.7), (0.17, 0.78), (0.05, 0.75), (0.2, 0.13),
]  # fmt: skip
LEFT_CREASE = [(0.27, 0.1), (0.25, 0.35), (0.2, 0.72)]
CUSHION = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]


@cache
def sample(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A photo that was held out of the training, and its reduced mask."""
    photo = read_picture(SAMPLES / f"{name}.jpg")
    size = [round(side * SIDE / max(photo.shape[:2])) for side in photo.shape[1::-1]]
    return photo, cv2.resize(find_mask(photo).alpha, size, interpolation=cv2.INTER_AREA)


def printed(photo: np.ndarray, words: str) -> np.ndarray:
    """The photo's light on another cloth whose bold lines follow no seam."""
    light = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    height, width = photo.shape[:2]
    tile = draw_pattern(words, 96)
    cloth = np.tile(tile, (height // 96 + 1, width // 96 + 1, 1))[:height, :width]
    return np.clip(cloth * light / np.median(light), 0, 255).astype(np.uint8)


def test_a_blazers_sleeves_lie_against_its_body_and_its_lapels_turn() -> None:
    parts = find_parts(*sample("brown-blazer"))
    assert len(parts.sleeves) == 2 and len(parts.trims) == 2
    left, right = parts.trims
    assert left.axis < 0 < right.axis
    across = (parts.sleeves[0], left, right, parts.sleeves[1])
    centres = [np.argwhere(limb.mask).mean(0)[1] / limb.mask.shape[1] for limb in across]
    assert centres == sorted(centres)


@pytest.mark.parametrize("name", ["linen-shirt", "cropped-jacket"])
def test_collar_leaves_are_small_and_lie_above_the_rest(name: str) -> None:
    photo, mask = sample(name)
    left, right = (limb for limb in find_parts(photo, mask).trims if limb.side)
    rows = np.flatnonzero((mask > 0.5).any(axis=1)) / mask.shape[0]
    for leaf in (left, right):
        assert 0.005 < leaf.mask.mean() / (mask > 0.5).mean() < 0.06
        assert np.argwhere(leaf.mask).mean(0)[0] / leaf.mask.shape[0] < rows[0] + 0.25 * np.ptp(rows)
    assert left.side == -right.side == -1 and not (left.mask & right.mask).any()


@pytest.mark.parametrize("name", ["ribbed-sweater", "berry-tshirt", "tiered-dress"])
def test_a_neckline_without_a_collar_is_not_cut(name: str) -> None:
    assert not any(limb.side for limb in find_parts(*sample(name)).trims)


def test_a_hoodie_has_a_hood_and_two_sleeves() -> None:
    parts = find_parts(*sample("purple-hoodie"))
    (hood,) = parts.trims
    assert len(parts.sleeves) == 2
    assert np.argwhere(hood.mask).mean(0)[0] < min(np.argwhere(sleeve.mask).mean(0)[0] for sleeve in parts.sleeves)


@pytest.mark.parametrize("name", ["pleated-skirt", "knit-beanie", "leather-pumps"])
def test_what_has_no_such_parts_is_not_cut(name: str) -> None:
    assert find_parts(*sample(name)) == Parts()


@pytest.mark.parametrize("words", PRINTS)
def test_a_bold_print_moves_no_seam(words: str) -> None:
    photo, mask = sample("berry-tshirt")
    plain, patterned = (find_panels(mask, mask.shape, picture) for picture in (photo, printed(photo, words)))
    assert len(plain) == len(patterned) == 3
    for first, second in zip(plain[1:], patterned[1:], strict=True):
        assert first.axis == pytest.approx(second.axis, abs=20)


@pytest.mark.parametrize("words", PRINTS)
@pytest.mark.parametrize("polygon", [SKIRT, CUSHION])
def test_a_prints_lines_are_no_creases(polygon: list[tuple[float, float]], words: str) -> None:
    mask = silhouette((SIDE, 130), polygon)
    assert len(find_panels(mask, mask.shape, printed(shaded(mask, (200, 200, 200)), words))) == 1


@pytest.mark.parametrize("colour", [(150, 90, 70), (70, 90, 150), (190, 190, 180)])
def test_a_sleeve_against_the_body_is_cut_along_its_crease(colour: tuple[int, int, int]) -> None:
    alpha = silhouette((360, 300), JACKET)
    light = np.ones(alpha.shape, np.float32)
    for crease in (LEFT_CREASE, [(1 - x, y) for x, y in LEFT_CREASE]):
        points = (np.array(crease) * (300, 360) * 16).astype(np.int32)
        cv2.polylines(light, [points], False, 0.45, 2, cv2.LINE_AA, 4)
    picture = (shaded(alpha, colour) * light[..., None]).astype(np.uint8)
    left, right = find_parts(picture, cv2.resize(alpha, (133, SIDE), interpolation=cv2.INTER_AREA)).sleeves
    assert abs(np.flatnonzero(left.mask[80])[-1] / 133 - 0.235) < 0.05
    assert abs(np.flatnonzero(right.mask[80])[0] / 133 - 0.765) < 0.05
    assert 0 < left.axis < 25 and -25 < right.axis < 0


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_garment_that_does_not_lie_upright_is_left_to_its_outline(turns: int) -> None:
    photo, mask = (np.ascontiguousarray(np.rot90(picture, turns)) for picture in sample("brown-blazer"))
    assert not find_parts(photo, mask).trims
