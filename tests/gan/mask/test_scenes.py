"""What the scenes that the mask network learns from are made of: no aliasing, JPEG's own colours, pictures upright."""

import cv2
import numpy as np
import pytest
from PIL import Image

from gan.mask import camera
from gan.mask.cutouts import Cutout
from gan.mask.evaluate import read_labels
from gan.mask.scenes import _place
from gan.mask.teacher import read_small


def test_a_cutout_that_is_shrunk_far_does_not_alias():
    stripes = np.where(np.arange(400) % 2, 255, 0).astype(np.uint8)[:, None, None]
    cutout = Cutout(np.broadcast_to(stripes, (400, 300, 3)).copy(), np.ones((400, 300), np.float32))
    for seed in range(5):
        colours, alpha = _place(cutout, (96, 72), np.random.default_rng(seed))
        assert colours[alpha == 1].std() < 8


def test_jpeg_weighs_red_as_red(monkeypatch):
    class Compressing:
        """Random numbers under which a camera only compresses."""

        def __init__(self):
            self.shares = iter((1, 1, 1, 0, 1))

        def random(self):
            return next(self.shares)

        def integers(self, low, high):
            return 50

    monkeypatch.setattr(camera, "_expose", lambda picture, random: picture)

    def contrast(channel):
        picture = np.zeros((64, 64, 3), np.float32)
        picture[:, ::2, channel] = 255
        seen = camera.photograph(picture, Compressing()).astype(int)
        return (seen[:, ::2] - seen[:, 1::2]).mean()

    assert contrast(0) > 2 * contrast(2)


@pytest.fixture
def sideways(tmp_path):
    """A photo 80×40 that EXIF turns to 40×80, with its mask."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.full((40, 80, 3), 128, np.uint8)).save(tmp_path / "tee.jpg", exif=exif)
    cv2.imwrite(str(tmp_path / "tee.png"), np.zeros((80, 40), np.uint8))
    (tmp_path / "labels.csv").write_text("name,kind,difficulty\ntee,tshirt,flat-lay\n")
    return tmp_path


def test_photos_are_read_upright(sideways):
    assert read_small(sideways / "tee.jpg").shape == (80, 40, 3)
    assert next(read_labels(sideways)).garment.shape == (80, 40, 3)


def test_a_label_that_is_no_picture_is_refused(sideways):
    (sideways / "tee.jpg").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"tee\.jpg is no picture"):
        next(read_labels(sideways))
