import dataclasses

import numpy as np
import pytest

from gan.data import pairs
from gan.data.camera import linear_to_srgb, soft_clip, srgb_to_linear
from gan.data.dataset import EndlessNumbers, ExampleDataset, endless_batches
from gan.data.folders import list_pictures
from gan.data.folds import drawn_shading, own_shading
from gan.data.pack import automatic_masks, letterbox, open_pack
from gan.data.pairs import make_dark_pair, make_identity_pair, make_pair, make_unpaired, place_garment
from gan.data.plain import measure_plainness
from gan.data.prints import BOLD, WORN, engraving, random_colour, tone_in_tone
from gan.data.reviewed import ALSO_PLAIN, NOT_PLAIN
from gan.data.stencils import block, ramp
from gan.request import RenderError
from gan.shading import soft_clip as torch_soft_clip
from tests.gan.wardrobe import fill_wardrobe, plain_garment


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wardrobe")
    garments, styles, masks = fill_wardrobe(folder)
    return open_pack(garments, styles, automatic_masks(masks), folder / "cache", held_out=False, drawn=2)


def test_a_run_that_cannot_write_its_pack_leaves_the_one_another_run_made_meanwhile(tmp_path, monkeypatch):
    """Two runs on the same new folders: the slower one finds the disk full when the faster one already reads."""
    garments, styles, masks = fill_wardrobe(tmp_path)
    stored, save, made = automatic_masks(masks), np.save, []

    def torn_save(file, array):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    def overtaken(file, picture):
        if not made:
            made.append(open_pack(garments, styles, stored, tmp_path / "cache", held_out=False))
            monkeypatch.setattr(np, "save", torn_save)
        return stored(file, picture)

    with pytest.raises(OSError, match="No space"):
        open_pack(garments, styles, overtaken, tmp_path / "cache", held_out=False)
    monkeypatch.setattr(np, "save", save)
    again = open_pack(garments, styles, stored, tmp_path / "cache", held_out=False)
    assert (again.garments == made[0].garments).all()
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_truth_is_the_guide_under_the_shading(pack):
    for seed in range(6):
        pair = make_pair(pack, 64, 48, np.random.default_rng(seed))
        expected = linear_to_srgb(soft_clip(srgb_to_linear(pair.guide) * np.exp(pair.log_shading)[..., None]))
        assert np.allclose(pair.truth, expected, atol=1e-5)
        inside = pair.log_shading[pair.mask > 0.9]
        assert abs(np.median(inside)) < 0.25


def test_folds_of_dark_cloth_are_deeper():
    shading = np.linspace(0.5, 1.5, 48, dtype=np.float32)[None].repeat(64, axis=0)

    def depth(albedo):
        drawn = [drawn_shading(shading, albedo, np.random.default_rng(seed)) for seed in range(40)]
        return np.mean([np.log(one).std() for one in drawn])

    assert depth(0.03) > 1.2 * depth(0.5)


def test_the_same_number_gives_the_same_example_and_another_another(pack):
    dataset = ExampleDataset(pack, 64, 48, seed=3)
    first, again, other = dataset[5], dataset[5], dataset[6]
    assert all((first[name] == again[name]).all() for name in first)
    assert not (first["guide"] == other["guide"]).all()


def test_garments_carry_something_else_than_the_guide(pack):
    pairs = [make_pair(pack, 64, 48, np.random.default_rng(seed)) for seed in range(8)]
    differences = [np.abs(pair.garment - pair.truth)[pair.mask > 0.9].mean() for pair in pairs]
    assert np.mean(differences) > 0.1


def test_background_of_the_truth_is_the_garments(pack):
    example = ExampleDataset(pack, 64, 48, seed=0)[1]
    outside = (example["mask"] == 0).expand(3, -1, -1)
    assert (example["truth"][outside] == example["garment"][outside]).all()


def test_identity_pairs_are_already_what_they_should_become(pack):
    pair = make_identity_pair(pack, 64, 48, np.random.default_rng(1))
    inside = pair.mask > 0.99
    # What is left is the camera: noise and JPEG's coarse colour.
    assert np.abs(pair.garment - np.clip(pair.truth, 0, 1))[inside].mean() < 0.08


def test_unpaired_examples_are_photos_without_truth(pack):
    example = ExampleDataset(pack, 64, 48, seed=0, unpaired_share=1.0)[0]
    assert example["paired"] == 0
    assert np.allclose(example["truth"], example["garment"], atol=1e-6)


def test_photos_without_truth_show_patterned_and_other_garments_and_say_which(pack, monkeypatch):
    placed = []

    def record(packed, height, width, rng):
        placed.append(next(i for i, garment in enumerate(pack.garments) if np.array_equal(garment, packed)))
        return place_garment(packed, height, width, rng)

    monkeypatch.setattr(pairs, "place_garment", record)

    def drawn(patterned, unpatterned):
        placed.clear()
        kinds = {"patterned": np.array(patterned, bool), "unpatterned": np.array(unpatterned, bool)}
        some = dataclasses.replace(pack, **kinds)
        said = [make_unpaired(some, 64, 48, np.random.default_rng(seed)).patterned for seed in range(60)]
        assert said == [bool(patterned[index]) for index in placed]
        return placed

    mixed = drawn([0, 1, 0, 0], [1, 0, 1, 0])
    assert set(mixed) == {0, 1, 2}, "the last is in doubt"
    assert 18 < mixed.count(1) < 42
    assert set(drawn([0, 1, 1, 0], [0] * 4)) == {1, 2}
    assert set(drawn([0] * 4, [1, 1, 0, 0])) == {0, 1}
    assert set(drawn([0] * 4, [0] * 4)) == {0, 1, 2, 3}


def test_held_out_pictures_are_never_in_the_training_pack(pack, tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path)
    judged = open_pack(garments, styles, automatic_masks(masks), tmp_path / "cache", held_out=True)
    training = open_pack(garments, styles, automatic_masks(masks), tmp_path / "cache", held_out=False)
    assert len(judged.garments) == 2
    assert len(training.garments) == 4
    assert not set(judged.garment_names) & set(training.garment_names)
    assert not set(judged.style_names) & set(training.style_names)


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
    masks = automatic_masks(tmp_path / "masks")
    judged = open_pack(tmp_path / "garments", tmp_path / "styles", masks, tmp_path / "cache", held_out=True)
    assert len(judged.garments) == 1


def test_a_pack_is_decoded_once(pack, tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path, held_out=0)
    calls = []

    def counted(file, picture):
        calls.append(file)
        return automatic_masks(masks)(file, picture)

    for _ in range(2):
        open_pack(garments, styles, counted, tmp_path / "cache", held_out=False)
    assert len(calls) == 4


def test_an_empty_folder_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RenderError, match="holds no pictures for training"):
        open_pack(tmp_path / "empty", tmp_path / "empty", automatic_masks(None), tmp_path, held_out=False)
    with pytest.raises(RenderError, match="There is no folder"):
        open_pack(tmp_path / "none", tmp_path / "empty", automatic_masks(None), tmp_path, held_out=False)


def test_lettering_checks_and_colours_are_not_plain():
    import cv2

    picture, mask = plain_garment(0, 320, 240)
    assert measure_plainness(picture, mask).is_plain
    lettered = picture.copy()
    cv2.putText(lettered, "BOSTON", (60, 150), cv2.FONT_HERSHEY_DUPLEX, 1.0, [90, 85, 80], 3)
    assert not measure_plainness(lettered, mask).is_plain
    checked = picture.copy()
    checked[::2, ::2] //= 2
    assert not measure_plainness(checked, mask).is_plain
    printed = picture.copy()
    printed[100:160, 90:150] = (200, 40, 40)
    assert not measure_plainness(printed, mask).is_plain
    assert not measure_plainness(picture // 6, mask).is_plain


def test_dark_plain_garments_are_a_kind_of_their_own():
    import cv2

    picture, mask = plain_garment(0, 320, 240, colour=(38, 36, 44))
    measured = measure_plainness(picture, mask)
    assert measured.is_dark_plain
    assert not measured.is_plain
    lettered = picture.copy()
    cv2.putText(lettered, "BOSTON", (60, 150), cv2.FONT_HERSHEY_DUPLEX, 1.0, [200, 200, 200], 3)
    assert not measure_plainness(lettered, mask).is_dark_plain
    badged = picture.copy()
    badged[100:150, 90:140] = (200, 40, 40)
    assert not measure_plainness(badged, mask).is_dark_plain
    light, _ = plain_garment(0, 320, 240)
    assert not measure_plainness(light, mask).is_dark_plain


def test_patterned_garments_are_told_from_glossy_and_worn_ones():
    import cv2

    picture, mask = plain_garment(0, 320, 240)
    down, across = np.mgrid[:320, :240]
    worn = np.clip((0.4 + 0.6 * np.sin(across / 12) ** 2)[..., None] * (90, 110, 150), 0, 255).astype(np.uint8)
    glossy = (np.exp(-(((down % 40) - 20) ** 2) / 50)[..., None] * 70 + (30, 28, 34)).astype(np.uint8)
    for unprinted in (picture, worn, glossy):
        measured = measure_plainness(unprinted, mask)
        assert measured.is_unpatterned
        assert not measured.is_patterned
    striped = np.where((down // 16 % 2)[..., None] > 0, picture, picture // 8)
    dotted = picture.copy()
    for number in range(120):
        cv2.circle(dotted, (50 + number % 10 * 15, 50 + number // 10 * 20), 5, [60, 90, 200], -1)
    for printed in (striped, dotted):
        measured = measure_plainness(printed, mask)
        assert measured.is_patterned
        assert not measured.is_unpatterned
    nothing = measure_plainness(picture, np.zeros_like(mask))
    assert not nothing.is_patterned
    assert not nothing.is_unpatterned


def dark_pack(folder):
    """A pack of light and dark garments."""
    import cv2

    garments, styles, masks = fill_wardrobe(folder)
    for number, file in enumerate(sorted(garments.iterdir())[:3]):
        picture, _ = plain_garment(number, colour=(38, 36, 44))
        cv2.imwrite(str(file), picture[..., ::-1])
    return open_pack(garments, styles, automatic_masks(masks), folder / "cache", held_out=False)


def test_dark_pairs_keep_most_of_the_light_and_lose_some_gloss(tmp_path):
    pack = dark_pack(tmp_path)
    assert pack.dark.any()
    kept = []
    for seed in range(12):
        pair = make_dark_pair(pack, 64, 48, np.random.default_rng(seed))
        expected = linear_to_srgb(soft_clip(srgb_to_linear(pair.guide) * np.exp(pair.log_shading)[..., None]))
        assert np.allclose(pair.truth, expected, atol=1e-5)
        inside = pair.mask > 0.95
        seen = np.log(srgb_to_linear(pair.garment).mean(axis=-1) + 0.004)
        kept.append(np.corrcoef(seen[inside], pair.log_shading[inside])[0, 1])
    assert max(kept) > 0.8, "the truth of an unprinted one carries the light of the photo"
    assert min(kept) < 0.5, "some of them carry a print"


def test_dark_garments_come_in_training_only_and_only_where_there_are_some(pack, tmp_path):
    assert ExampleDataset(pack, 64, 48, seed=0, dark_share=1.0).dark_share == 0, "this pack has none"
    darker = dark_pack(tmp_path)
    mixed = ExampleDataset(darker, 64, 48, seed=0, identity_share=0.0, dark_share=1.0)
    judged = ExampleDataset(darker, 64, 48, seed=0, identity_share=0.0)
    assert any(not (mixed[number]["truth"] == judged[number]["truth"]).all() for number in range(3))


@pytest.mark.parametrize("stencil", [stencil for stencil, _ in WORN.stencils])
def test_stencils_cover_something_within_range(stencil):
    covered = [stencil(96, 72, np.random.default_rng(seed)) for seed in range(5)]
    assert all(one.shape == (96, 72) and one.min() >= 0 and one.max() <= 1 for one in covered)
    assert max(one.mean() for one in covered) > 0.005


def test_an_engraving_inks_the_dark_or_the_light_parts_of_a_picture():
    drawing = np.full((96, 72, 3), 0.9, np.float32)
    drawing[30:60, 20:50] = 0.1
    inked = [engraving(drawing, np.random.default_rng(seed)) for seed in range(12)]
    assert all(one.shape == (96, 72) and one.min() >= 0 and one.max() <= 1 for one in inked)
    differences = [abs(one[30:60, 20:50].mean() - one[:30].mean()) for one in inked]
    assert max(differences) > 0.9


def test_every_mix_prints_on_every_garment_when_asked_to(pack):
    for mix in (BOLD, WORN):
        for seed in range(6):
            pair = make_pair(pack, 64, 48, np.random.default_rng(seed), mix, printed_only=True)
            light = linear_to_srgb(np.exp(pair.log_shading) * 0.3)[..., None]
            inside = pair.mask > 0.9
            # Of one colour under that light, nothing would be left but the light.
            assert (pair.garment / np.maximum(light, 0.02))[inside].std(axis=0).max() > 0.03


def test_tone_in_tone_changes_lightness_and_hardly_the_hue():
    cloth = np.broadcast_to(np.float32([0.4, 0.2, 0.1]), (8, 6, 3))
    for seed in range(20):
        ratios = np.log(tone_in_tone(cloth, np.random.default_rng(seed)) / cloth)[0, 0]
        assert 0.05 < abs(ratios.mean()) < 1.1
        assert ratios.std() < 0.2


def test_a_ramp_is_smooth_and_a_block_is_sharp():
    steps = {
        kind: [np.abs(np.diff(kind(96, 72, np.random.default_rng(seed)), axis=0)).max() for seed in range(8)]
        for kind in (block, ramp)
    }
    assert max(steps[ramp]) < 0.25
    assert max(steps[block]) > 0.25


def test_colours_reach_from_black_cloth_to_white():
    rng = np.random.default_rng(0)
    levels = [random_colour(rng) @ (0.2126, 0.7152, 0.0722) for _ in range(300)]
    assert min(levels) < 0.03
    assert max(levels) > 0.7


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
        packs.append(open_pack(garments, styles, automatic_masks(masks), tmp_path / name, held_out=False, drawn=2))
        seen = packs[0].garment_names[int(np.flatnonzero(packs[0].plain)[0])]
        monkeypatch.setattr("gan.data.pack.NOT_PLAIN", frozenset({seen}))
    before, after = packs
    assert before.plain.sum() == after.plain.sum() + 1
    assert not after.plain[after.garment_names.index(seen)]


def test_a_piece_that_a_person_saw_is_plain_makes_pairs_whatever_the_measures_say(tmp_path, monkeypatch):
    garments, styles, masks = fill_wardrobe(tmp_path)
    monkeypatch.setattr("gan.data.plain.Plainness.is_plain", property(lambda measured: False))
    seen = min(file.stem for file in list_pictures(garments, held_out=False))
    monkeypatch.setattr("gan.data.pack.ALSO_PLAIN", frozenset({seen}))
    pack = open_pack(garments, styles, automatic_masks(masks), tmp_path / "cache", held_out=False, drawn=2)
    assert [name for name, plain in zip(pack.garment_names, pack.plain, strict=True) if plain] == [seen]


def test_no_piece_is_called_plain_and_not_plain():
    assert not ALSO_PLAIN & NOT_PLAIN


def test_a_bright_background_in_the_outline_is_no_light():
    alpha = np.zeros((60, 60), np.float32)
    alpha[15:45, 15:45] = 1
    alpha[14, 14:46] = alpha[45, 14:46] = 0.5
    cloth = np.full((60, 60, 3), 0.2, np.float32)
    cloth[25:35, 20] = 0.1  # a fold
    photo = alpha[..., None] * cloth + (1 - alpha[..., None])
    shading = own_shading(photo, alpha)
    assert shading[alpha > 0].max() < 1.15
    assert np.allclose(shading[25:35, 20], 0.5)
    dark_ground = own_shading(alpha[..., None] * cloth, alpha)
    assert dark_ground[14, 20:40].max() < 0.6, "what is darker may be a shadow"


def test_both_soft_clips_agree():
    import torch

    light = np.linspace(0, 6, 50, dtype=np.float32)
    assert np.allclose(soft_clip(light), torch_soft_clip(torch.from_numpy(light)).numpy(), atol=1e-6)


def test_processes_share_the_numbers_between_them(pack):
    def first(rank):
        numbers = iter(EndlessNumbers(10, rank, 2))
        return [next(numbers) for _ in range(3)]

    assert first(0) == [10, 12, 14]
    assert first(1) == [11, 13, 15]


def test_batches_go_on_where_they_stopped(pack):
    dataset = ExampleDataset(pack, 64, 48, seed=0)
    whole = endless_batches(dataset, 2, EndlessNumbers(0), workers=0)
    next(whole)
    resumed = endless_batches(dataset, 2, EndlessNumbers(2), workers=0)
    assert (next(whole)["garment"] == next(resumed)["garment"]).all()
