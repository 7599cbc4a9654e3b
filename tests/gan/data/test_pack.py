import cv2
import numpy as np
import pytest
from PIL import Image

from gan.data import pack
from gan.data.masks import AutomaticMasks, FolderMasks, mask_source
from gan.data.pack import letterbox, open_pack
from gan.data.reviewed import ALSO_PLAIN, NOT_PLAIN
from gan.picture_folders import list_pictures
from gan.request import RenderError
from tests.gan.wardrobe import fill_wardrobe, plain_garment


class WatchedMasks:
    """Masks of another source; says before each which file it is for."""

    def __init__(self, source, say):
        self.source, self.say = source, say

    def __call__(self, file, picture):
        self.say(file)
        return self.source(file, picture)

    def fingerprint(self, files):
        return self.source.fingerprint(files)


def test_a_run_that_cannot_write_its_pack_leaves_the_one_another_run_made_meanwhile(tmp_path, monkeypatch):
    """Two runs on the same new folders: the slower one finds the disk full when the faster one already reads."""
    garments, styles, masks = fill_wardrobe(tmp_path)
    stored, save, made = mask_source(masks), np.save, []

    def torn_save(file, array):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    def overtake(file):
        if not made:
            made.append(open_pack(garments, styles, stored, tmp_path / "cache", held_out=False))
            monkeypatch.setattr(np, "save", torn_save)

    with pytest.raises(OSError, match="No space"):
        open_pack(garments, styles, WatchedMasks(stored, overtake), tmp_path / "cache", held_out=False)
    monkeypatch.setattr(np, "save", save)
    again = open_pack(garments, styles, stored, tmp_path / "cache", held_out=False)
    assert (again.garments == made[0].garments).all()
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_held_out_pictures_are_never_in_the_training_pack(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path)
    judged = open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=True)
    training = open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False)
    assert len(judged.garments) == 2
    assert len(training.garments) == 4
    for mine, theirs in ((judged.garments, training.garments), (judged.styles, training.styles)):
        assert not any(np.array_equal(one, other) for one in mine for other in theirs)


def test_image_folders_keep_their_own_split(tmp_path):
    for part, count in (("train", 3), ("test", 1)):
        garments, styles, masks = fill_wardrobe(tmp_path / part, training=count, held_out=0)
        for kind, source in (("garments", garments), ("styles", styles), ("masks", masks)):
            target = tmp_path / kind / (part if kind != "masks" else "") / "any-class"
            target.parent.mkdir(parents=True, exist_ok=True)
            if kind == "masks":
                target = tmp_path / "masks"
                target.mkdir(exist_ok=True)
                for file in source.iterdir():
                    file.rename(target / file.name)
            else:
                source.rename(target)
    masks = mask_source(tmp_path / "masks")
    judged = open_pack(tmp_path / "garments", tmp_path / "styles", masks, tmp_path / "cache", held_out=True)
    assert len(judged.garments) == 1


def test_a_pack_is_decoded_once(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)
    files = []
    for _ in range(2):
        watched = WatchedMasks(mask_source(masks), files.append)
        open_pack(garments, styles, watched, tmp_path / "cache", held_out=False)
    assert len(files) == 4


def test_several_processes_decode_the_same_garments_in_the_same_order(tmp_path, monkeypatch):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)
    alone = open_pack(garments, styles, mask_source(masks), tmp_path / "alone", held_out=False)
    monkeypatch.setattr(pack, "GARMENTS_A_PROCESS", 2)
    monkeypatch.setattr(pack, "available_cores", lambda: 2)
    together = open_pack(garments, styles, mask_source(masks), tmp_path / "together", held_out=False)
    assert len(together.garments) == 4
    assert (together.garments == alone.garments).all()


def test_an_unreadable_garment_in_another_process_is_said_as_in_one(tmp_path, monkeypatch):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)
    next(garments.iterdir()).write_bytes(b"no picture")
    monkeypatch.setattr(pack, "GARMENTS_A_PROCESS", 2)
    monkeypatch.setattr(pack, "available_cores", lambda: 2)
    with pytest.raises(RenderError):
        open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False)


def test_a_pack_is_made_anew_with_other_masks(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)

    def covered():
        made = open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False)
        return (made.garments[..., 3] > 127).mean()

    before = covered()
    for file in masks.iterdir():
        mask = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        mask[:64] = 0
        cv2.imwrite(str(file), mask)
    assert covered() < 0.7 * before


def test_a_pack_is_made_anew_with_other_weights_of_the_mask_network_or_other_reviews(tmp_path, monkeypatch):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)
    folders = set()

    def open_again():
        folders.add(open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False).folder)

    open_again()
    open_again()
    assert len(folders) == 1
    weights = tmp_path / "mask.safetensors"
    weights.write_bytes(b"others")
    monkeypatch.setattr("gan.mask.weights.SHIPPED", weights)
    open_again()
    assert len(folders) == 2
    monkeypatch.setattr("gan.data.pack.NOT_PATTERNED", frozenset({"piece-0000"}))
    open_again()
    assert len(folders) == 3
    monkeypatch.setattr("gan.data.pack.MEASURES_VERSION", "next")
    open_again()
    assert len(folders) == 4


def test_a_photo_that_lies_on_its_side_by_exif_is_packed_upright(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)
    upright = open_pack(garments, styles, mask_source(masks), tmp_path / "one", held_out=False).garments
    for file in list(garments.iterdir()):
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned by a quarter clockwise
        with Image.open(file) as picture:
            picture.transpose(Image.Transpose.ROTATE_90).save(file, exif=exif)
    again = open_pack(garments, styles, mask_source(masks), tmp_path / "two", held_out=False).garments
    assert np.array_equal(upright, again)


def test_a_picture_without_a_ready_made_mask_gets_the_automatic_one(tmp_path):
    picture, _ = plain_garment(0, 320, 240)
    found, automatic = (source(tmp_path / "a.jpg", picture) for source in (FolderMasks(tmp_path), AutomaticMasks()))
    assert np.array_equal(found, automatic)


def test_an_empty_folder_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RenderError, match="holds no pictures for training"):
        open_pack(tmp_path / "empty", tmp_path / "empty", mask_source(None), tmp_path, held_out=False)
    with pytest.raises(RenderError, match="There is no folder"):
        open_pack(tmp_path / "none", tmp_path / "empty", mask_source(None), tmp_path, held_out=False)


def test_letterbox_adds_no_garment():
    picture = np.full((100, 40, 4), 255, np.uint8)
    boxed = letterbox(picture, 80, 60)
    assert boxed.shape == (80, 60, 4)
    assert boxed[:, 0, 3].max() == 0
    assert boxed[:, 30, 3].min() == 255


def test_a_piece_that_a_person_saw_is_not_plain_makes_no_pairs(tmp_path, monkeypatch):
    garments, styles, masks = fill_wardrobe(tmp_path)
    packs = []
    for name in ("before", "after"):
        packs.append(open_pack(garments, styles, mask_source(masks), tmp_path / name, held_out=False, drawn=2))
        first = int(np.flatnonzero(packs[0].plain)[0])
        seen = list_pictures(garments, held_out=False)[first].stem
        monkeypatch.setattr("gan.data.pack.NOT_PLAIN", frozenset({seen}))
    before, after = packs
    assert before.plain.sum() == after.plain.sum() + 1
    assert not after.plain[first]


def test_a_piece_that_a_person_saw_is_plain_makes_pairs_whatever_the_measures_say(tmp_path, monkeypatch):
    garments, styles, masks = fill_wardrobe(tmp_path)
    monkeypatch.setattr("gan.data.plain.Plainness.is_plain", property(lambda measured: False))
    seen = min(file.stem for file in list_pictures(garments, held_out=False))
    monkeypatch.setattr("gan.data.pack.ALSO_PLAIN", frozenset({seen}))
    pack = open_pack(garments, styles, mask_source(masks), tmp_path / "cache", held_out=False, drawn=2)
    files = list_pictures(garments, held_out=False)
    assert [file.stem for file, plain in zip(files, pack.plain, strict=True) if plain] == [seen]


def test_no_piece_is_called_plain_and_not_plain():
    assert not ALSO_PLAIN & NOT_PLAIN
