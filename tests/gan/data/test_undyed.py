import pickle

import numpy as np
import pytest

from gan.colour import LUMINANCE, srgb_to_linear
from gan.data import pairs
from gan.data.masks import mask_source
from gan.data.pack import open_pack
from gan.data.pairs import make_pair
from gan.data.undyed import undye, with_undyed
from gan.networks.generator import Generator
from gan.picture_folders import list_pictures
from tests.gan.wardrobe import fill_wardrobe, plain_garment

HEIGHT, WIDTH = 320, 240
INSIDE = np.s_[60:260, 60:180]


def packed(colour):
    return np.dstack(plain_garment(3, HEIGHT, WIDTH, colour))


def light_of(picture):
    return np.log(srgb_to_linear(picture[..., :3].astype(np.float32) / 255) @ LUMINANCE)


def test_an_undyed_garment_is_pale_and_grey_with_its_own_folds_on_its_own_ground():
    red = packed((150, 30, 40))
    (undyed,) = undye(red[None], Generator())
    inside, outside = undyed[INSIDE], red[..., 3] == 0
    assert np.ptp(inside[..., :3], axis=2).max() == 0
    assert 0.35 < srgb_to_linear(inside[..., 0] / 255).mean() < 0.6
    folds = light_of(red)[INSIDE], light_of(undyed)[INSIDE]
    assert np.corrcoef(folds[0].ravel(), folds[1].ravel())[0, 1] > 0.97
    assert 0.8 < folds[1].std() / folds[0].std() < 1.2
    assert np.array_equal(undyed[outside], red[outside])


def test_a_garment_too_dark_to_be_read_is_left_out():
    dark, pale = packed((14, 14, 16)), packed((205, 190, 170))
    undyed = undye(np.stack([dark, pale]), Generator())
    assert len(undyed) == 1
    assert np.array_equal(undyed[0][..., 3], pale[..., 3])
    assert undye(dark[None], Generator()).shape == (0, HEIGHT, WIDTH, 4)


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A pack of two plain garments and two others, of which a person found one not to be undyed."""
    garments, styles, masks = fill_wardrobe(tmp_path)
    names = [file.stem for file in list_pictures(garments, held_out=False)]
    monkeypatch.setattr("gan.data.pack.NOT_PLAIN", frozenset(names[:2]))
    monkeypatch.setattr("gan.data.pack.NOT_UNDYED", frozenset(names[:1]))
    return open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False)


def test_what_is_plain_anyway_or_was_found_unfit_is_not_undyed(pack):
    assert pack.plain.sum() == 2
    assert pack.undyeable.sum() == 1
    assert not (pack.undyeable & pack.plain).any()


def test_undyeing_is_done_once_and_travels_to_other_processes(pack, monkeypatch):
    first = with_undyed(pack, Generator(), "teacher")
    assert len(first.undyed) == 1
    monkeypatch.setattr("gan.data.undyed.undye", lambda garments, teacher: pytest.fail("done again"))
    again = pickle.loads(pickle.dumps(with_undyed(pack, Generator(), "teacher")))
    assert np.array_equal(again.undyed, first.undyed)


def test_a_wardrobe_of_which_nothing_can_be_undyed_makes_pairs_of_its_plain_garments(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path)
    plain = open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False)
    same = with_undyed(plain, Generator(), "teacher")
    assert len(same.undyed) == 0
    assert make_pair(same, 64, 48, np.random.default_rng(0)).garment.shape == (64, 48, 3)


def test_pairs_are_made_of_undyed_garments_in_their_share(pack, monkeypatch):
    made_of, place = [], pairs.place_garment

    def watched(garment, *args):
        made_of.append(garment)
        return place(garment, *args)

    monkeypatch.setattr(pairs, "place_garment", watched)
    more = with_undyed(pack, Generator(), "teacher")
    for seed in range(60):
        make_pair(more, 64, 48, np.random.default_rng(seed))
    undyed = sum(np.array_equal(garment, more.undyed[0]) for garment in made_of)
    assert 12 < undyed < 36
    made_of.clear()
    make_pair(pack, 64, 48, np.random.default_rng(0))
    assert any(np.array_equal(made_of[0], garment) for garment in pack.garments[pack.plain])
