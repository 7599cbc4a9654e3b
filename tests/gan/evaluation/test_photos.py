"""Judging on photos: each picture is measured against the very cloth that it was drawn from."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from gan import shipped
from gan.devices import choose_compute
from gan.evaluation import photos
from gan.evaluation.contestants import FLAT, GENERATOR, UNCHANGED
from gan.evaluation.photos import judge_photos, shoot
from gan.patterns import draw_pattern

SHIRT = Path(__file__).parents[1] / "mask" / "labels" / "tshirt-0042.jpg"


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    style = tmp_path_factory.mktemp("styles") / "dots.png"
    cv2.imwrite(str(style), draw_pattern("navy dots", 240)[..., ::-1])
    return shoot([SHIRT], [style], shipped.GENERATOR, {}, choose_compute("cpu", 1))[0]


def test_the_flat_guide_is_what_the_generator_drew_from(shots):
    (shot,) = shots
    inside = shot.garment.alpha == 1
    assert np.array_equal(shot.pictures[FLAT][inside], shot.guides[GENERATOR][inside])
    assert shot.laid[shot.garment.alpha > 0].min() == 1 and 0 < shot.laid.mean() < 1


def test_the_photo_around_the_cloth_is_no_part_of_the_style(shots):
    scores = judge_photos(shots, [], [], None)
    distances = {name: scores[name]["style_distance"][0] for name in (FLAT, GENERATOR, UNCHANGED)}
    assert distances[FLAT] < 0.01 < distances[UNCHANGED]
    assert distances[FLAT] < distances[GENERATOR] < distances[UNCHANGED] / 2
    assert scores[FLAT]["pattern_fidelity"][0] > 0.9


def test_every_style_that_is_drawn_is_in_the_gallery_that_results_are_looked_up_in(shots, tmp_path, monkeypatch):
    monkeypatch.setattr(photos, "STYLES_TO_CHOOSE_FROM", 2)
    drawn = []

    def note(garment, style, number, networks):
        drawn.append((style.stem, number))
        return shots[0], {}

    monkeypatch.setattr(photos, "_shoot_one", note)
    styles = [tmp_path / f"{number}.png" for number in range(4)]
    shoot([SHIRT] * 3, styles, shipped.GENERATOR, {}, choose_compute("cpu", 1))
    assert drawn == [("0", 0), ("1", 1), ("0", 0)]


def test_without_a_backbone_its_measures_are_left_out(shots):
    for row in judge_photos(shots, [], [], None).values():
        assert not {"retrieval", "diversity", "told_from_photos"} & set(row)
