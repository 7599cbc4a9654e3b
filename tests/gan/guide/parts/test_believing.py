"""What the network says is only believed where it is certain, of a part's size, and symmetrical where it must be."""

import numpy as np
import pytest

from gan.guide.parts.find import Parts, believed_parts
from gan.guide.parts.grain import COLLAR_TURN
from gan.guide.parts.network import PARTS
from tests.gan.guide.drawn import silhouette

SIZE = (160, 140)
BODY = [(0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95)]
DRAWN = {
    "left sleeve": [(0.05, 0.1), (0.22, 0.1), (0.2, 0.8), (0.05, 0.8)],
    "left leg": [(0.05, 0.05), (0.5, 0.05), (0.5, 0.95), (0.05, 0.95)],
    "left collar": [(0.4, 0.05), (0.32, 0.12), (0.36, 0.3), (0.48, 0.5), (0.45, 0.3)],
}
DRAWN |= {name.replace("left", "right"): [(1 - x, y) for x, y in polygon] for name, polygon in DRAWN.items()}
DRAWN["hood"] = [(0.3, 0.05), (0.7, 0.05), (0.65, 0.25), (0.35, 0.25)]


def chances_of(*names: str, certainty: float = 0.97) -> np.ndarray:
    """The probabilities of a network that sees the named parts, with a soft edge."""
    return np.stack([silhouette(SIZE, *([DRAWN[name]] if name in names else [])) * certainty for name in PARTS])


def believed(chances: np.ndarray) -> Parts:
    return believed_parts(chances, silhouette(SIZE, BODY) > 0.5)


def test_a_certain_pair_of_sleeves_is_cut_along_its_inner_edge() -> None:
    parts = believed(chances_of("left sleeve", "right sleeve"))
    left, right = parts.sleeves
    assert (left.side, right.side) == (-1, 1)
    columns = np.flatnonzero(left.mask[80])
    assert columns[-1] / SIZE[1] == pytest.approx(0.21, abs=0.02)
    assert left.axis == pytest.approx(-right.axis, abs=3)


@pytest.mark.parametrize("names", [("left sleeve", "right sleeve"), ("left collar", "right collar"), ("hood",)])
def test_what_is_uncertain_is_left_alone(names: tuple[str, ...]) -> None:
    assert believed(chances_of(*names)) != Parts()
    assert believed(chances_of(*names, certainty=0.6)) == Parts()


def test_a_part_with_vague_surroundings_is_left_alone() -> None:
    chances = chances_of("left sleeve", "right sleeve")
    chances[:2] = np.maximum(chances[:2], 0.4)
    assert believed(chances) == Parts()


@pytest.mark.parametrize("name", ["left collar", "right leg"])
def test_one_leaf_or_one_leg_alone_is_an_error(name: str) -> None:
    assert believed(chances_of(name)) == Parts()


def test_one_sleeve_alone_must_be_more_certain() -> None:
    assert len(believed(chances_of("right sleeve")).sleeves) == 1
    assert not believed(chances_of("right sleeve", certainty=0.86)).sleeves
    assert len(believed(chances_of("left sleeve", "right sleeve", certainty=0.86)).sleeves) == 2


def test_lapels_turn_against_each_other_along_their_edges() -> None:
    left, right = believed(chances_of("left collar", "right collar")).trims
    assert left.axis == pytest.approx(-right.axis) and COLLAR_TURN[0] <= right.axis <= COLLAR_TURN[1]
    assert left.mask[:, :70].sum() == left.mask.sum() > 0


def test_both_legs_are_cut_between_them() -> None:
    legs = believed(chances_of("left leg", "right leg")).legs
    assert len(legs) == 2 and not (legs[0].mask & legs[1].mask).any()
    assert [abs(leg.axis) < 4 for leg in legs] == [True, True]


def test_a_hood_is_a_piece_of_its_own_and_keeps_upright() -> None:
    (hood,) = believed(chances_of("hood")).trims
    assert hood.axis == 0 and hood.mask[20, 70] and not hood.mask[60, 70]
