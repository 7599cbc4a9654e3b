import dataclasses

import numpy as np
import pytest

from gan.colour import linear_to_srgb, soft_clip, srgb_to_linear
from gan.colour_tensors import soft_clip as torch_soft_clip
from gan.data import pairs
from gan.data.camera import photograph
from gan.data.dataset import EndlessNumbers, ExampleDataset, endless_batches
from gan.data.folds import drawn_shading, own_shading
from gan.data.masks import mask_source
from gan.data.pack import open_pack
from gan.data.pairs import make_dark_pair, make_identity_pair, make_pair, make_unpaired, place_garment
from gan.data.prints import BOLD, WORN, engraving, random_colour, tone_in_tone
from gan.data.stencils import block, ramp
from tests.gan.wardrobe import fill_wardrobe, plain_garment


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wardrobe")
    garments, styles, masks = fill_wardrobe(folder)
    return open_pack(garments, styles, mask_source(masks), folder / "cache", held_out=False, drawn=2)


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


def dark_pack(folder):
    """A pack of light and dark garments."""
    import cv2

    garments, styles, masks = fill_wardrobe(folder)
    for number, file in enumerate(sorted(garments.iterdir())[:3]):
        picture, _ = plain_garment(number, colour=(38, 36, 44))
        cv2.imwrite(str(file), picture[..., ::-1])
    return open_pack(garments, styles, mask_source(masks), folder / "cache", held_out=False)


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


def test_a_garment_that_is_shrunk_far_does_not_alias():
    packed = np.full((320, 240, 4), 255, np.uint8)
    packed[..., :3] = np.where(np.arange(320) % 2, 255, 0)[:, None, None]  # finer than the small picture can show
    for warped_share in (0.0, 1.0):
        photo, _ = place_garment(packed, 64, 48, np.random.default_rng(3), warped_share)
        assert photo[8:-8, 8:-8].std() < 0.02, warped_share


def test_cameras_keep_colours_apart_as_jpeg_does(monkeypatch):
    """Red counts for more in JPEG's luma than blue, so fine red stripes stay sharper than fine blue ones."""
    monkeypatch.setattr("gan.data.camera.JPEG_SHARE", 1.0)

    def contrast(channel):
        light = np.zeros((64, 64, 3), np.float32)
        light[:, ::2, channel] = 1
        seen = photograph(light, np.random.default_rng(0))
        return (seen[:, ::2] - seen[:, 1::2]).mean()

    assert contrast(0) > 2 * contrast(2)
