"""Who sends the photo of a garment as a style gets its cloth, and who sends a painting gets the painting."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from gan.devices import choose_compute
from gan.guide import prepare_style
from gan.pictures import read_picture
from gan.rendering.control_network import ControlNetwork
from gan.rendering.style_photo import LEAST_SHARE, SLIMMEST, NetworkReader, largest_piece
from gan.subject import look_at

SAMPLES = Path(__file__).parents[3] / "bot" / "playground" / "samples"
GARMENTS = sorted((SAMPLES / "garments").glob("*.jpg"))
STYLES = sorted((SAMPLES / "styles").glob("*.jpg"))


@pytest.fixture(scope="module")
def reader() -> NetworkReader:
    return NetworkReader(ControlNetwork(choose_compute("cpu", 1)))


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.stem)
def test_a_style_is_no_garment(file: Path) -> None:
    subject = look_at(read_picture(file))
    assert subject is not None and not subject.is_garment


def test_most_garments_are_seen_as_such() -> None:
    subjects = [look_at(read_picture(file)) for file in GARMENTS]
    assert sum(subject is not None and subject.is_garment for subject in subjects) >= 0.7 * len(GARMENTS)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (1200, 900)])
def test_any_picture_is_answered(shape: tuple[int, int], reader: NetworkReader) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)
    assert reader.look_at(noise).cloth is None


@pytest.mark.parametrize("name", ["berry-tshirt", "purple-hoodie", "tiered-dress", "linen-shirt"])
def test_the_cloth_holds_none_of_the_background(name: str, reader: NetworkReader) -> None:
    photo = read_picture(SAMPLES / "garments" / f"{name}.jpg")
    cloth = reader.look_at(photo).cloth
    assert cloth is not None and min(cloth.shape[:2]) >= 40
    border = np.concatenate([photo[:6].reshape(-1, 3), photo[:, :6].reshape(-1, 3), photo[:, -6:].reshape(-1, 3)])
    background = np.median(border, axis=0)
    assert (np.abs(cloth - background).max(axis=2) < 20).mean() < 0.05
    assert not prepare_style(photo, reader).is_picture


def test_a_large_photo_gives_the_same_cloth_with_more_pixels(reader: NetworkReader) -> None:
    photo = read_picture(SAMPLES / "garments" / "berry-tshirt.jpg")
    large = cv2.resize(photo, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    cloth, fine = reader.look_at(photo).cloth, reader.look_at(large).cloth
    assert cloth is not None and fine is not None
    assert np.allclose(np.array(fine.shape[:2]) / np.array(cloth.shape[:2]), 4, rtol=0.15)


def test_the_largest_piece_lies_inside_and_is_no_ribbon() -> None:
    shirt = np.zeros((400, 300), np.uint8)
    cv2.rectangle(shirt, (90, 40), (210, 380), 1, -1)
    cv2.rectangle(shirt, (10, 40), (290, 120), 1, -1)
    place = largest_piece(shirt > 0, shirt.shape)
    assert place is not None and shirt[place].all()
    high, wide = (side.stop - side.start for side in place)
    assert high * wide > 0.5 * 120 * 340
    assert min(high, wide) >= 0.95 * SLIMMEST * max(high, wide)


def test_too_small_a_piece_is_none() -> None:
    tie = np.zeros((400, 300), bool)
    tie[20:390, 140:160] = True
    assert largest_piece(tie, tie.shape) is None
    assert largest_piece(np.zeros((50, 50), bool), (50, 50)) is None
    small = np.zeros((400, 400), bool)
    side = int(0.9 * 400 * LEAST_SHARE**0.5)
    small[:side, :side] = True
    assert largest_piece(small, small.shape) is None
