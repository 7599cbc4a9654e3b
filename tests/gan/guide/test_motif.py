"""A logo, a word or a single drawn flower is laid as an all-over print of whole ones."""

import cv2
import numpy as np
import pytest

from gan.guide import GarmentForm, lay_guide, plan_variants, prepare_style
from gan.guide.motif import find_motif
from gan.guide.photo_reader import PhotoLook
from gan.patterns import draw_pattern
from gan.request import Mode, StyleUse
from tests.gan.guide.test_planning import request

GROUND, RED, GREEN = (250, 248, 240), (200, 30, 50), (20, 130, 60)


def drawn(kind: str, side: int = 300, centre: tuple[int, int] = (150, 150)) -> np.ndarray:
    picture = np.full((side, side, 3), GROUND, np.uint8)
    if kind == "logo":
        cv2.circle(picture, centre, 70, RED, -1, cv2.LINE_AA)
        cv2.circle(picture, centre, 24, GREEN, -1, cv2.LINE_AA)
    elif kind == "word":
        cv2.putText(picture, "PARIS", (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 2.2, RED, 12, cv2.LINE_AA)
    elif kind == "watercolour":
        noise = np.random.default_rng(3).normal(0, 14, (side, side, 3))
        spot = np.zeros((side, side), np.float32)
        cv2.circle(spot, centre, 70, 1.0, -1, cv2.LINE_AA)
        picture = np.clip(picture + spot[..., None] * (np.array(RED) - GROUND + noise), 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    return np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])


class Garments:
    """A reader that takes every photo for one of a garment, and remembers having been asked."""

    asked = False

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        self.asked = True
        return PhotoLook(np.ascontiguousarray(picture[100:200, 100:200]))

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        return np.zeros(cloth.shape[:2], np.float32)


def red_spots(guide: np.ndarray) -> list[int]:
    """Areas of the red things in a picture that do not touch its border, in pixels."""
    red = ((guide[..., 0] > 150) & (guide[..., 1] < 100)).astype(np.uint8)
    _, _, statistics, _ = cv2.connectedComponentsWithStats(red)
    high, wide = red.shape
    return [
        int(area)
        for left, top, across, down, area in statistics[1:]
        if area > 20 and left > 0 and top > 0 and left + across < wide and top + down < high
    ]


@pytest.mark.parametrize("kind", ["logo", "word", "watercolour"])
def test_one_thing_on_plain_ground_is_a_motif(kind: str) -> None:
    motif = find_motif(drawn(kind))
    assert motif is not None
    assert motif.ground == pytest.approx(np.array(GROUND), abs=3)


def test_flat_colours_are_told_from_shades() -> None:
    logo, watercolour = (find_motif(drawn(kind)) for kind in ("logo", "watercolour"))
    assert logo is not None and watercolour is not None
    assert logo.is_graphic and not watercolour.is_graphic


def test_whole_motifs_are_scattered_in_shifted_rows(form: GarmentForm) -> None:
    cloth = prepare_style(drawn("logo"))
    assert cloth.lattice is not None and not cloth.is_picture
    spots = red_spots(np.tile(cloth.tile.image, (2, 2, 1)))
    assert len(spots) >= 4 and min(spots) > 0.97 * max(spots)  # none is cut at a joint
    rows = np.flatnonzero((cloth.tile.image[..., 1] < 100).any(1))
    upper, lower = (cloth.tile.image[row, :, 1] < 100 for row in (rows[1], rows[-2]))
    assert not np.any(upper & lower)
    guide = lay_guide(cloth, form, Mode.PRINT)
    assert len(red_spots(guide)) >= 6


def test_where_on_its_picture_it_stands_does_not_matter() -> None:
    middle, corner = (prepare_style(drawn("logo", centre=centre)).tile for centre in ((150, 150), (100, 190)))
    assert corner.image.shape == pytest.approx(middle.image.shape, abs=2)
    assert np.diag(corner.basis) == pytest.approx(np.diag(middle.basis), abs=4)


def test_little_on_much_ground_does_not_leave_the_cloth_empty() -> None:
    tile = prepare_style(drawn("logo", side=1100, centre=(500, 700))).tile.image
    assert (np.abs(tile.astype(int) - GROUND).max(2) > 40).mean() > 0.3


def test_words_stay_upright(form: GarmentForm) -> None:
    plans = plan_variants(prepare_style(drawn("word")), form, request(Mode.AUTO))
    assert {plan.mode for plan in plans} == {Mode.PRINT, Mode.PLACEMENT}
    assert {plan.angle for plan in plans} == {0.0}


def test_a_drawing_is_not_looked_at_for_a_garment_but_a_photo_is() -> None:
    for kind, looked in (("logo", False), ("watercolour", True)):
        reader = Garments()
        cloth = prepare_style(drawn(kind), reader)
        assert reader.asked == looked
        assert (cloth.picture.shape[0] == 100) == looked
        assert cloth.use is (StyleUse.CLOTH if looked else StyleUse.MOTIF)


@pytest.mark.parametrize("words", ["floral", "dots", "navy stripes", "paisley", "leopard", "gingham"])
def test_patterns_are_no_motifs(words: str) -> None:
    assert find_motif(np.ascontiguousarray(draw_pattern(words, 240)[7:201, 11:])) is None


def test_scenes_and_plain_colours_are_no_motifs(scene: np.ndarray) -> None:
    assert find_motif(scene) is None
    assert find_motif(np.full((200, 200, 3), 90, np.uint8)) is None
    speck = np.full((200, 200, 3), 90, np.uint8)
    speck[100:104, 100:104] = 200
    assert find_motif(speck) is None
