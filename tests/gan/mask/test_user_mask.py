import numpy as np
import pytest
from PIL import Image

from gan.mask import load_user_mask
from gan.request import RenderError


@pytest.fixture
def levels() -> np.ndarray:
    mask = np.zeros((60, 40), np.uint8)
    mask[20:50, 10:30] = 255
    return mask


def written(tmp_path, picture, name="mask.png", **options):
    path = tmp_path / name
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(path, **options)
    return path


def test_white_is_garment_exactly(tmp_path, levels):
    alpha = load_user_mask(written(tmp_path, levels), (40, 60))
    assert alpha.dtype == np.float32
    assert np.array_equal(alpha, levels / 255)


def test_jpeg_noise_near_black_and_white_becomes_exact(tmp_path, levels):
    alpha = load_user_mask(written(tmp_path, levels, "mask.jpg", quality=90), (40, 60))
    assert alpha[:12].max() == 0.0 and alpha[28:42, 16:24].min() == 1.0


def test_a_grey_png_is_read_as_it_is(tmp_path):
    soft = np.tile(np.arange(256, dtype=np.uint8), (40, 1))
    soft[:, 60:] = 255
    assert np.array_equal(load_user_mask(written(tmp_path, soft), (256, 40)), soft / np.float32(255))


def test_same_shape_in_another_size_is_resized(tmp_path, levels):
    alpha = load_user_mask(written(tmp_path, levels), (80, 120))
    assert alpha.shape == (120, 80)
    assert alpha[70, 40] == 1.0 and alpha[5, 5] == 0.0


def test_alpha_channel_counts_and_colours_then_do_not_matter(tmp_path, levels):
    colours = np.random.default_rng(0).integers(0, 255, (60, 40, 3), np.uint8)
    alpha = load_user_mask(written(tmp_path, np.dstack([colours, levels])), (40, 60))
    assert np.array_equal(alpha, levels / 255)


def test_an_opaque_alpha_channel_is_no_mask(tmp_path, levels):
    opaque = np.dstack([levels, levels, levels, np.full_like(levels, 255)])
    assert np.array_equal(load_user_mask(written(tmp_path, opaque), (40, 60)), levels / 255)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK", "I;16"])
def test_other_colour_modes(tmp_path, levels, mode):
    if mode == "I;16":
        picture = Image.fromarray(levels.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(levels).convert(mode)
    name = "mask.tif" if mode in {"CMYK", "I;16"} else "mask.png"
    alpha = load_user_mask(written(tmp_path, picture, name), (40, 60))
    assert np.array_equal(alpha > 0.5, levels > 127)


def test_camera_orientation_is_followed(tmp_path, levels):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(np.rot90(levels).copy())
    alpha = load_user_mask(written(tmp_path, turned, exif=exif), (40, 60))
    assert np.array_equal(alpha > 0.5, levels > 127)


def sentence(path, size=(40, 60)) -> str:
    with pytest.raises(RenderError) as caught:
        load_user_mask(path, size)
    message = str(caught.value)
    assert message.endswith(".") and message.count(". ") == 0 and "\n" not in message
    return message


def test_another_aspect_is_refused_with_both_sizes(tmp_path, levels):
    message = sentence(written(tmp_path, levels), (60, 60))
    assert "40×60" in message and "60×60" in message


def test_an_empty_mask_is_refused(tmp_path):
    assert "empty" in sentence(written(tmp_path, np.zeros((60, 40), np.uint8)))


def test_a_photo_is_refused(tmp_path):
    photo = np.random.default_rng(1).integers(0, 255, (60, 40, 3)).astype(np.uint8)
    assert "photo" in sentence(written(tmp_path, photo))


def test_a_grey_photo_is_refused(tmp_path):
    gradient = np.tile(np.linspace(30, 220, 60).astype(np.uint8)[:, None], (1, 40))
    assert "photo" in sentence(written(tmp_path, gradient))


def test_no_picture_and_no_file_are_refused(tmp_path):
    path = tmp_path / "mask.png"
    path.write_bytes(b"not a picture")
    assert "could not be read" in sentence(path)
    assert "could not be read" in sentence(tmp_path / "missing.png")


def test_a_cut_off_file_is_refused(tmp_path, levels):
    path = written(tmp_path, np.random.default_rng(0).integers(0, 2, (60, 40)).astype(np.uint8) * 255)
    path.write_bytes(path.read_bytes()[:120])
    assert "could not be read" in sentence(path)
