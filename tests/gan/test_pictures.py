"""Pictures get smaller without losing light, place or type."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from gan.pictures import (
    fit_into_cell,
    fit_size,
    jpeg_compressed,
    make_folder,
    prefiltered,
    read_picture,
    shrink,
    shrink_picture,
    write_picture,
)
from gan.request import FolderUnusableError, RenderError


def spotted(height: int, width: int) -> np.ndarray:
    coarse = np.random.default_rng(1).integers(0, 256, (height // 25, width // 20, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("shape", [(1600, 1280), (402, 350), (401, 333), (160, 120)])
def test_shrinking_averages_over_areas(shape: tuple[int, int]) -> None:
    picture = spotted(*shape)
    wanted = cv2.resize(picture.astype(np.float32), (75, 96), interpolation=cv2.INTER_AREA)
    shrunk = shrink_picture(picture, (75, 96))
    assert shrunk.dtype == np.uint8 and shrunk.shape == (96, 75, 3)
    assert np.abs(shrunk - wanted).mean() < 1.5
    assert np.abs(shrunk.mean((0, 1)) - picture.mean((0, 1))).max() < 0.6


def test_halves_stay_in_place() -> None:
    ramp = np.tile(np.linspace(0, 1, 1024, dtype=np.float32), (512, 1))
    shrunk = shrink_picture(ramp, (100, 50))
    assert shrunk.dtype == np.float32
    assert np.abs(shrunk[25] - (np.arange(100) + 0.5) / 100).max() < 1e-3


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_pictures_are_read_upright(tmp_path, suffix) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter clockwise
    stored = np.zeros((40, 80, 3), np.uint8)
    stored[:, :40] = 255
    file = tmp_path / f"photo.{suffix}"
    Image.fromarray(stored).save(file, exif=exif)
    picture = read_picture(file)
    assert picture.shape == (80, 40, 3)
    assert picture[:35].min() > 240 and picture[45:].max() < 15


def test_jpeg_keeps_red_for_red() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2, 0] = 255
    _, encoded = cv2.imencode(".jpg", stripes[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])
    assert np.array_equal(jpeg_compressed(stripes, 70), cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])


@pytest.mark.parametrize("scale", [1.3, 0.6, 0.4, 0.11])
def test_a_prefiltered_picture_is_warped_to_the_same_place(scale: float) -> None:
    picture = cv2.GaussianBlur(spotted(400, 301).astype(np.float32), (0, 0), 12)
    matrix = cv2.getRotationMatrix2D((150, 200), 20, scale)
    matrix[:, 2] += (24 - 150, 32 - 200)
    size = (48, 64)
    wanted = cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REFLECT_101)
    found = cv2.warpAffine(*prefiltered(picture, matrix), size, borderMode=cv2.BORDER_REFLECT_101)
    inside = cv2.warpAffine(np.ones((400, 301), np.float32), matrix, size) == 1
    assert np.abs(found - wanted)[inside].mean() < 2.5
    assert (scale >= 0.5) == np.array_equal(found, wanted)


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_request(tmp_path: Path) -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    (tmp_path / "file").write_text("")
    for write in (
        lambda: write_picture(tmp_path / "nowhere" / "1.png", picture),
        lambda: make_folder(tmp_path / "file"),
        lambda: make_folder(tmp_path / "file" / "folder"),
    ):
        with pytest.raises(FolderUnusableError, match=str(tmp_path)) as raised:
            write()
        assert not isinstance(raised.value, RenderError)


def test_a_size_keeps_its_proportions_and_grows_only_where_asked() -> None:
    assert fit_size((400, 300, 3), 200) == (150, 200)
    assert fit_size((40, 30), 200) == (30, 40)
    assert fit_size((40, 30), 200, enlarge=True) == (150, 200)
    assert fit_size((1000, 1), 100) == (1, 100)


def test_shrinking_leaves_small_pictures_alone() -> None:
    picture = spotted(200, 100)
    assert shrink(picture, 200) is picture
    assert shrink(picture, 50).shape == (50, 25, 3)


def test_a_cell_holds_the_whole_picture_in_its_upper_left() -> None:
    cell = fit_into_cell(np.full((40, 80, 3), 10, np.uint8), (60, 50), ground=255)
    assert cell.shape == (50, 60, 3)
    assert (cell[:30] == 10).all() and (cell[30:] == 255).all()
