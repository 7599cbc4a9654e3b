"""Who wears the garment is not restyled, and a face that is printed on it is."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from gan.mask import faces, find_mask
from gan.mask.faces import find_faces
from gan.mask.people import without_people
from gan.pictures import read_picture

HERE = Path(__file__).parent
SHIRTS = ["tshirt-0042", "tshirt-0006"]


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return read_picture(HERE / "people" / "astronaut.jpg")


def orange(picture: np.ndarray) -> np.ndarray:
    """Where the astronaut's suit is."""
    hue, saturation, _ = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV))
    suit = ((hue < 12) & (saturation > 140)).astype(np.uint8)
    return cv2.morphologyEx(suit, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0


def head(picture: np.ndarray) -> np.ndarray:
    face = find_faces(picture)[0]
    oval = np.zeros(picture.shape[:2], np.uint8)
    middle = (round(face.left + face.width / 2), round(face.top + 0.35 * face.height))
    cv2.ellipse(oval, middle, (round(0.6 * face.width), round(0.75 * face.height)), 0, 0, 360, 1, -1)
    return oval > 0


def test_a_head_is_no_garment(astronaut: np.ndarray) -> None:
    alpha = find_mask(astronaut).alpha
    assert alpha[head(astronaut)].mean() < 0.02
    assert alpha[orange(astronaut)].mean() > 0.85


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_nor_is_a_small_or_a_large_one(astronaut: np.ndarray, scale: float) -> None:
    picture = cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    assert find_mask(picture).alpha[head(picture)].mean() < 0.05


@pytest.mark.parametrize("light", [(0.42, 0.33, 0.28), (0.25, 0.18, 0.14)], ids=["brown", "dark brown"])
def test_whatever_the_skins_colour(astronaut: np.ndarray, light: tuple[float, float, float]) -> None:
    skin = cv2.GaussianBlur(head(astronaut).astype(np.float32), (0, 0), 4)[..., None]
    picture = np.clip(astronaut * (1 - skin + skin * np.float32(light)), 0, 255).astype(np.uint8)
    alpha = find_mask(picture).alpha
    assert alpha[head(astronaut)].mean() < 0.05
    assert alpha[orange(astronaut)].mean() > 0.85


def test_cloth_of_the_skins_colour_stays(astronaut: np.ndarray) -> None:
    """Its colour does not tell it from hands then, so hands may stay, but the head still goes."""
    face = find_faces(astronaut)[0]
    low, high = face.features.min(0).astype(int), face.features.max(0).astype(int)
    skin = np.median(astronaut[low[1] : high[1], low[0] : high[0]].reshape(-1, 3), axis=0)
    suit = orange(astronaut)
    light = astronaut[suit].mean(axis=1, keepdims=True) / astronaut[suit].mean()
    picture = astronaut.copy()
    picture[suit] = np.clip(skin * light, 0, 255)
    mask = (find_mask(astronaut).alpha > 0.5) | head(astronaut)
    alpha = without_people(picture, mask.astype(np.float32))
    assert alpha[suit].mean() > 0.85
    assert alpha[head(astronaut)].mean() < 0.1


@pytest.mark.parametrize("name", SHIRTS)
def test_a_printed_face_stays(astronaut: np.ndarray, name: str) -> None:
    photo = read_picture(HERE / "labels" / f"{name}.jpg").copy()
    truth = cv2.imread(str(HERE / "labels" / f"{name}.png"), cv2.IMREAD_GRAYSCALE) > 127
    rows, columns = np.nonzero(truth)
    side = (columns.max() - columns.min()) // 3
    face = find_faces(astronaut)[0]
    edge = int(1.2 * face.height)
    top, left = int(face.top - 0.1 * face.height), int(face.left + face.width / 2) - edge // 2
    portrait = cv2.resize(astronaut[top : top + edge, left : left + edge], (side, side), interpolation=cv2.INTER_AREA)
    y, x = int(np.quantile(rows, 0.4)), int(np.median(columns)) - side // 2
    photo[y : y + side, x : x + side] = portrait
    assert len(find_faces(photo)) == 1
    assert (find_mask(photo).alpha > 0.5)[y : y + side, x : x + side].mean() > 0.95
    assert np.array_equal(without_people(photo, truth.astype(np.float32)), truth.astype(np.float32))


def test_without_the_detectors_file_the_mask_stays(astronaut: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "SHIPPED", Path("nowhere.onnx"))
    mask = np.ones(astronaut.shape[:2], np.float32)
    assert np.array_equal(without_people(astronaut, mask), mask)


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (448, 20)])
def test_any_picture_is_answered(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)
    mask = np.ones(shape, np.float32)
    assert np.array_equal(without_people(noise, mask), mask)
    assert np.array_equal(without_people(noise, 0 * mask), 0 * mask)
