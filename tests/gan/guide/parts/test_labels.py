"""What the training pictures teach: drawn polygons, clear outlines, and what a kind of garment cannot have."""

import numpy as np
import pytest

from gan.guide.parts.labels import label_parts, read_drawn
from gan.guide.parts.network import MIRRORED, PARTS
from gan.picture_folders import is_held_out
from tests.gan.guide.drawn import SKIRT, TROUSERS, TSHIRT, silhouette

SIZE = (240, 200)


def test_no_held_out_picture_was_labelled(tmp_path) -> None:
    drawn = read_drawn()
    assert len(drawn) > 100
    assert not [stem for stem in drawn if is_held_out(tmp_path / f"{stem}.jpg")]
    assert {name for polygons in drawn.values() for name in polygons} <= set(PARTS)


def test_a_clear_outline_teaches_its_sleeves() -> None:
    parts, known = label_parts("tshirt-1", silhouette(SIZE, TSHIRT), {})
    assert known[:2].all() and parts[0, 85, 25] and parts[1, 85, -25] and not parts[:2, 140, 100].any()
    assert known[2:].all() and not parts[2:].any()


def test_trousers_teach_their_legs_and_have_no_sleeves() -> None:
    parts, known = label_parts("pants-1", silhouette(SIZE, TROUSERS), {})
    assert known.all() and not parts[:2].any() and parts[2, 200, 50] and parts[3, 200, 150]


def test_an_outline_without_sleeves_teaches_nothing_of_them() -> None:
    _, known = label_parts("shirt-1", silhouette(SIZE, SKIRT), {})
    assert not known[:2].any() and not known[4:6].any() and known[6]


def test_a_drawn_polygon_is_cut_to_the_garment_and_an_empty_one_says_there_is_none() -> None:
    drawn = {"blazer-1": {"left collar": [[0, 0], [50, 0], [50, 30], [0, 30]], "right collar": []}}
    mask = silhouette(SIZE, TSHIRT)
    parts, known = label_parts("blazer-1", mask, drawn)
    assert known[4:6].all() and parts[4].any() and not parts[5].any()
    assert not (parts[4] & (mask <= 0.5)).any()


def test_a_drawn_sleeve_ends_above_the_hem_that_swings_out_below_it() -> None:
    flared = [(0.3, 0.1), (0.7, 0.1), (0.7, 0.3), (0.95, 0.95), (0.05, 0.95), (0.3, 0.5), (0.1, 0.45), (0.1, 0.15)]
    drawn = {"shirt-1": {"left sleeve": [[24, -10], [24, 110], [-10, 110], [-10, -10]]}}
    parts, _ = label_parts("shirt-1", silhouette(SIZE, flared), drawn)
    assert parts[0, 70, 30] and not parts[0, 200, 30]


def test_the_mirrored_picture_has_its_parts_on_the_other_side() -> None:
    for index, mirrored in enumerate(MIRRORED):
        swapped = PARTS[index].replace("left", "LEFT").replace("right", "left")
        assert PARTS[mirrored] == swapped.replace("LEFT", "right")
    assert np.array_equal(np.array(MIRRORED)[list(MIRRORED)], np.arange(len(PARTS)))


@pytest.mark.parametrize("stem", ["blazer-0019", "hoodie-0053"])
def test_labels_lie_within_the_picture_or_reach_just_beyond(stem: str) -> None:
    points = np.concatenate([polygon for polygon in read_drawn()[stem].values() if polygon])
    assert points.min() >= -10 and points.max() <= 110
