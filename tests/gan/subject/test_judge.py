"""Paintings are scenes, cloth is not; a face makes a scene of anything."""

from pathlib import Path

import numpy as np
import pytest

from gan.devices import choose_compute
from gan.guide import prepare_style
from gan.guide.photo_reader import PhotoLook
from gan.patterns import draw_pattern
from gan.pictures import read_picture
from gan.rendering.control_network import ControlNetwork
from gan.rendering.style_photo import NetworkReader
from gan.subject.features import layout_features

STYLES = Path(__file__).parents[3] / "bot" / "playground" / "samples" / "styles"
PAINTINGS = {"bouquet-painting", "seascape-painting"}
UNDECIDED = {"geometric-collage"}  # an abstract picture: people would not agree


@pytest.fixture(scope="module")
def reader() -> NetworkReader:
    return NetworkReader(ControlNetwork(choose_compute("cpu", 1)))


@pytest.mark.parametrize(
    "file", [file for file in sorted(STYLES.glob("*.jpg")) if file.stem not in UNDECIDED], ids=lambda file: file.stem
)
def test_samples_are_told(file: Path, reader: NetworkReader) -> None:
    assert prepare_style(read_picture(file), reader).is_picture == (file.stem in PAINTINGS)


@pytest.mark.parametrize("words", ["camouflage", "florals", "marble", "leopard", "paisley", "tie-dye"])
def test_drawn_cloth_is_no_scene(words: str, reader: NetworkReader) -> None:
    assert not prepare_style(draw_pattern(words, 400), reader).is_picture


class Portraits:
    """A reader that sees no scene, but a face, in everything."""

    def look_at(self, picture: np.ndarray) -> PhotoLook:
        return PhotoLook(is_scene=False, faces=((0.4, 0.2, 0.2, 0.2),))

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        return np.zeros((4, 4), np.float32)


def test_a_face_makes_a_scene() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    cloth = prepare_style(noise, Portraits())
    assert cloth.is_picture and cloth.focus is not None and cloth.shows_figure
    assert not prepare_style(noise).is_picture


def test_layout_says_how_coarse_the_colours_are() -> None:
    halves = np.zeros((60, 80, 3), np.uint8)
    halves[:30] = 255
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    coarse, fine = layout_features(halves), layout_features(noise)
    assert coarse.shape == fine.shape and coarse.isfinite().all() and fine.isfinite().all()
    assert (coarse[:4] > fine[:4] + 1).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3)])
def test_any_picture_has_a_layout(shape: tuple[int, int]) -> None:
    assert layout_features(np.full((*shape, 3), 90, np.uint8)).isfinite().all()
