import io

import numpy as np
import pytest
from PIL import Image

from bot.buttons.results import full_size_words
from bot.pictures import full_size, gallery_jpeg, mask_overlay
from gan.request import MaskEdit, Part


@pytest.fixture
def noise(tmp_path):
    """A picture that hardly compresses."""
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (600, 900, 3), np.uint8)).save(path)
    return path


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_gallery_picture_fits_both_limits(noise):
    assert opened(gallery_jpeg(noise, 10**7)).size == (900, 600)
    assert opened(gallery_jpeg(noise, 10**7, side=300)).size == (300, 200)
    small = gallery_jpeg(noise, 50_000)
    assert len(small) <= 50_000 and opened(small).format == "JPEG"


def test_full_size_is_the_kept_file_where_it_fits(noise):
    found = full_size(noise, 10**7)
    assert (found.data, found.suffix, found.is_original) == (noise.read_bytes(), ".png", True)
    assert full_size_words(found, 10**7) == "900×600 pixels"


def test_full_size_keeps_all_pixels_as_long_as_it_can_and_says_what_it_did(noise):
    found = full_size(noise, 600_000)
    assert found.suffix == ".jpg" and len(found.data) <= 600_000 and opened(found.data).size == (900, 600)
    kept = f"the original has {noise.stat().st_size / 2**20:.1f} MiB and this server takes"
    assert full_size_words(found, 600_000) == f"900×600 pixels, as JPEG: {kept} 0.6 MiB"
    found = full_size(noise, 40_000)
    width, height = opened(found.data).size
    assert len(found.data) <= 40_000 and width < 900
    assert full_size_words(found, 40_000).startswith(f"{width}×{height} of 900×600 pixels, as JPEG")


@pytest.fixture
def garment_and_mask(tmp_path):
    garment, mask = tmp_path / "garment.png", tmp_path / "mask.png"
    Image.new("RGB", (200, 100), (200, 40, 40)).save(garment)
    alpha = Image.new("L", (400, 200), 0)
    alpha.paste(255, (0, 0, 200, 200))
    alpha.save(mask)
    return garment, mask


def colours(overlay, *places):
    image = opened(overlay)
    return [max(image.getpixel(place)) - min(image.getpixel(place)) > 80 for place in places]


def test_the_overlay_keeps_the_garments_colours_and_dims_the_rest(garment_and_mask):
    overlay = mask_overlay(*garment_and_mask, MaskEdit(), 10**6)
    assert colours(overlay, (40, 50), (160, 50)) == [True, False]


@pytest.mark.parametrize(
    ("edit", "shown"),
    [
        (MaskEdit(invert=True), [False, False, True]),
        (MaskEdit(part=Part.UPPER), [True, False, False]),
        (MaskEdit(part=Part.LOWER), [False, True, False]),
    ],
)
def test_the_overlay_shows_what_an_edit_will_do(garment_and_mask, edit, shown):
    overlay = mask_overlay(*garment_and_mask, edit, 10**6)
    assert colours(overlay, (40, 20), (40, 80), (160, 50)) == shown
