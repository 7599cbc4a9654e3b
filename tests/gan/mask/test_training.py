import cv2
import numpy as np
import pytest
import torch

import gan.mask.dataset as dataset_module
from gan.mask.dataset import Labelled, MaskBatches
from gan.mask.distil import label, set_stage
from gan.mask.losses import edge_band, mask_loss, soft_dice_loss
from gan.mask.network import MaskNetwork
from gan.mask.teacher import Lesson, training_pictures
from gan.mask.training import CHECKPOINT, MaskTraining, Plan, fine_tuning, train_mask
from gan.mask.weights import SHIPPED, load_network, save_network
from gan.picture_folders import is_held_out
from tests.gan.mask.conftest import bedspread, shirt_on


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    made = []
    for seed, colour in enumerate([(40, 70, 150), (150, 30, 40), (30, 120, 60)]):
        picture, mask = shirt_on(np.full((128, 96, 3), 215, np.float32), colour, seed=seed)
        made.append(Lesson(f"shirt-{seed}", picture, mask.astype(np.float32)))
    return made


@pytest.fixture(scope="module")
def batches(lessons) -> MaskBatches:
    textures = [bedspread(80, 80).astype(np.uint8)]
    return MaskBatches(label(lessons), set_stage(lessons, textures), batch=4, seed=3, size=64)


def test_a_batch_is_whole_and_sane(batches):
    inputs, target, weight = batches.draw(0)
    assert inputs.shape[:2] == (4, 7) and target.shape == weight.shape == (4, 1, *inputs.shape[2:])
    assert torch.isfinite(inputs).all() and inputs.abs().max() <= 1.0001
    assert target.min() >= 0 and target.max() <= 1 and target.mean() > 0.02


def test_batches_depend_on_seed_and_index_alone(batches):
    following = batches.following(5)
    for index in (5, 6):
        assert all(torch.equal(one, two) for one, two in zip(next(following), batches.draw(index), strict=True))
    following.close()
    assert batches.draw(5)[0].shape != batches.draw(6)[0].shape or not torch.equal(
        batches.draw(5)[0], batches.draw(6)[0]
    )


def test_pixels_beyond_a_real_picture_have_no_weight(lessons, monkeypatch):
    monkeypatch.setattr(dataset_module, "SCENE_SHARE", 0.0)
    whole = Labelled(lessons[0].garment, np.ones((128, 96), np.float32), np.ones((128, 96), np.float32))
    stage = set_stage(lessons, [bedspread(40, 40).astype(np.uint8)])
    _, target, weight = MaskBatches([whole], stage, 16, 0, 64).draw(0)
    assert (weight == 0).any() and (weight == 1).float().mean() > 0.8
    assert target.min() > 0.99


def test_lessons_on_which_the_runs_differ_are_not_used(lessons):
    doubtful = Lesson("doubt", lessons[0].garment, lessons[0].votes * 0.6)
    assert label([doubtful]) == []
    with pytest.raises(ValueError, match="believed"):
        set_stage([doubtful], [bedspread(40, 40).astype(np.uint8)])


def test_a_fine_tuning_begins_at_the_given_weights(tmp_path):
    training = MaskTraining(fine_tuning(minutes=1, seed=3, threads=1), tmp_path)
    training.start_from(SHIPPED)
    shipped = load_network(SHIPPED).state_dict()
    for network in (training.network, training.averaged_network):
        assert all(torch.equal(value, shipped[name]) for name, value in network.state_dict().items())
    assert training.plan.teacher_share == 0 and training.plan.learning_rate < Plan().learning_rate


def test_loss_is_small_for_the_truth_and_large_for_its_opposite():
    target = torch.zeros(1, 1, 32, 32)
    target[..., 8:24, 8:24] = 1
    everywhere = torch.ones_like(target)
    right, wrong = (mask_loss(sign * 20 * (2 * target - 1), target, everywhere) for sign in (1, -1))
    assert right < 0.01 and wrong > 5


def test_loss_ignores_pixels_without_weight():
    target, weight = torch.zeros(1, 1, 16, 16), torch.zeros(1, 1, 16, 16)
    weight[..., :8] = 1
    logits = torch.full((1, 1, 16, 16), -20.0)
    logits[..., 8:] = 20.0
    assert mask_loss(logits, target, weight) < 0.01


def test_dice_and_edge_band_by_hand():
    target = torch.zeros(1, 1, 20, 20)
    target[..., :10] = 1
    half = torch.full_like(target, 0.5)
    # overlap 100, sizes 400: 1 − (200 + 1) / (400 + 1).
    assert soft_dice_loss(half, target, torch.ones_like(target)).item() == pytest.approx(1 - 201 / 401)
    assert edge_band(target)[0, 0, 0].nonzero().flatten().tolist() == [7, 8, 9, 10, 11, 12]


def test_the_network_is_small_and_keeps_the_size():
    network = MaskNetwork().eval()
    assert sum(parameter.numel() for parameter in network.parameters()) < 600_000
    with torch.inference_mode():
        assert network(torch.zeros(1, 7, 72, 40)).shape == (1, 1, 72, 40)


def test_weights_survive_the_file(tmp_path):
    torch.manual_seed(1)
    network = MaskNetwork().eval()
    save_network(network, tmp_path / "mask.safetensors")
    again = load_network(tmp_path / "mask.safetensors")
    inputs = torch.randn(1, 7, 64, 48)
    with torch.inference_mode():
        assert torch.allclose(network(inputs), again(inputs), atol=0.02)


def test_a_resumed_training_ends_where_an_unbroken_one_does(tmp_path, batches):
    def steps(training: MaskTraining, first: int, last: int) -> None:
        for index in range(first, last):
            training.train_step(*batches.draw(index))

    plan = Plan(minutes=1000, batch=4, seed=2)
    unbroken = MaskTraining(plan, tmp_path / "one")
    steps(unbroken, 0, 4)
    broken = MaskTraining(plan, tmp_path / "two")
    steps(broken, 0, 2)
    broken.save()
    resumed = MaskTraining(Plan(minutes=1000, batch=4, seed=9), tmp_path / "two")
    resumed.resume()
    assert resumed.step == 2
    steps(resumed, 2, 4)
    for one, two in zip(unbroken.average.parameters(), resumed.average.parameters(), strict=True):
        assert torch.allclose(one, two, atol=1e-6)


@pytest.fixture
def folders(tmp_path):
    for name in ("garments", "styles"):
        (tmp_path / name).mkdir()
    for seed in range(4):
        picture, _ = shirt_on(np.full((128, 96, 3), 215, np.float32), (40, 60 + 30 * seed, 150), seed=seed)
        cv2.imwrite(str(tmp_path / "garments" / f"shirt-{seed}.png"), picture)
    (tmp_path / "garments" / "broken-0.jpg").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "styles" / "check.png"), bedspread(64, 64))
    return tmp_path


def test_the_whole_training_runs_on_a_folder_and_can_be_resumed(folders, caplog):
    plan = Plan(minutes=0.02, batch=2, size=64)
    weights = train_mask(folders / "garments", folders / "styles", folders / "out", plan)
    assert load_network(weights) and (folders / "out" / CHECKPOINT).exists()
    assert "broken-0.jpg" in caplog.text
    again = train_mask(folders / "garments", folders / "styles", folders / "out", plan, resume=True)
    assert again == weights


def test_held_out_pictures_are_not_trained_on(folders):
    names = {path.name for path in training_pictures(folders / "garments")}
    every = set((folders / "garments").iterdir())
    assert names == {path.name for path in every if not is_held_out(path)}
