import json
import os
import signal
import threading
from dataclasses import replace

import pytest
import torch

from gan.losses import LOSS_TABLE
from gan.networks.generator import Generator
from gan.request import RenderError
from gan.training import loop
from gan.training.checkpoint import CHECKPOINT, WITHOUT_DISCRIMINATORS, save_weights
from gan.training.schedule import ADVERSARIAL_TERMS, phases
from gan.training.stopping import Stopping
from tests.gan.training.runs import TINY, StopAfter, fresh_state, options, same, train


def test_stopping_and_resuming_gives_the_same_bits_as_going_on(wardrobe, tmp_path):
    whole = train(wardrobe, tmp_path / "whole")
    train(wardrobe, tmp_path / "halves", stopping=StopAfter(2))
    resumed = train(wardrobe, tmp_path / "halves", resume=True)
    assert resumed.state.progress.images == whole.state.progress.images == 12
    for name in ("generator", "average", "cloth", "garment", "folds"):
        assert same(getattr(whole.state, name), getattr(resumed.state, name))


def test_the_generator_of_before_the_discriminators_is_kept_over_a_resume(wardrobe, tmp_path):
    start = fresh_state(options(wardrobe, tmp_path / "whole", warm_start=False))
    whole = train(wardrobe, tmp_path / "whole", warm_start=False)
    train(wardrobe, tmp_path / "halves", stopping=StopAfter(3), warm_start=False)
    resumed = train(wardrobe, tmp_path / "halves", resume=True, warm_start=False)
    assert same(resumed.state.earlier, start.average)
    assert not same(resumed.state.earlier, resumed.state.average)
    assert same(resumed.state.average, whole.state.average)
    assert train(wardrobe, tmp_path / "without", adversarial=False).state.earlier is None


def test_a_run_leaves_weights_metrics_samples_and_the_generator_without_discriminators(wardrobe, tmp_path):
    train(wardrobe, tmp_path)
    for name in ("generator.safetensors", CHECKPOINT, WITHOUT_DISCRIMINATORS):
        assert (tmp_path / name).stat().st_size > 0
    last = json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["images"] == 12
    assert last["phase"] == "adversarial"
    assert {"psnr", "psnr_shaded_guide", "loss", "reconstruction"} <= set(last)
    assert list((tmp_path / "samples").glob("*.png"))
    assert not list(tmp_path.glob("*.part"))


def test_discriminators_learn_only_in_their_phase_and_only_in_their_step(wardrobe, tmp_path):
    start = fresh_state(options(wardrobe, tmp_path / "a"))
    without = train(wardrobe, tmp_path / "b", adversarial=False)
    assert same(start.cloth, without.state.cloth)
    everyone = {"adversarial_cloth": 0.1, "adversarial_garment": 0.1}
    trained = train(wardrobe, tmp_path / "c", weights=everyone, images=24)
    assert not same(start.cloth, trained.state.cloth)
    assert not same(start.garment, trained.state.garment)
    assert not same(start.folds, trained.state.folds)


def test_numbers_that_blow_up_roll_the_run_back(wardrobe, tmp_path, monkeypatch):
    step, calls = loop.generator_step, []

    def faulty(context, batch, weights):
        inputs, values = step(context, batch, weights)
        calls.append(1)
        if len(calls) == 3:
            for parameter in context.state.generator.parameters():
                parameter.data.fill_(float("nan"))
            values["loss"] = float("nan")
        return inputs, values

    monkeypatch.setattr(loop, "generator_step", faulty)
    run = train(wardrobe, tmp_path, adversarial=False)
    assert run.state.progress.rollbacks == 1
    assert run.state.progress.images == 12
    assert all(value.isfinite().all() for value in run.state.average.state_dict().values())


def test_a_run_that_always_blows_up_gives_up_with_a_sentence(wardrobe, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "generator_step", lambda context, batch, weights: (None, {"loss": float("nan")}))
    monkeypatch.setattr(loop.TrainingLoop, "_step", lambda self, phase, batch: {"loss": float("nan")})
    with pytest.raises(RenderError, match="blew up too often"):
        train(wardrobe, tmp_path)


def test_sigterm_ends_a_run_cleanly():
    with Stopping(None) as stopping:
        assert not stopping.now
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
        for _ in range(200):
            if stopping.now:
                break
            threading.Event().wait(0.02)
        assert stopping.now
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_time_limit_ends_a_run():
    with Stopping(0.0) as stopping:
        assert stopping.now


def test_a_run_with_teachers_comes_near_their_mean_on_photos_too(wardrobe, tmp_path):
    teachers = []
    for number in range(2):
        teacher = Generator(TINY)
        torch.nn.init.constant_(teacher.garment.head.conv.bias[-4:], (-0.9, -0.3)[number])  # darker, by the gain
        teachers.append(teacher)
        save_weights(teacher, tmp_path / f"{number}.safetensors")
    files = tuple(tmp_path / f"{number}.safetensors" for number in range(2))
    silent = {name: 0.0 for name in LOSS_TABLE if name != "taught"}
    settings = {"adversarial": False, "weights": silent, "images": 96, "generator_rate": 0.05}
    taught = train(wardrobe, tmp_path / "taught", teachers=files, **settings)
    assert {phase.unpaired_share for phase in taught.plan} == {0.3}
    photos = taught.held_out.photos
    seen = (photos["garment"], photos["mask"], photos["guide"], torch.zeros(len(photos["mask"]), 8))

    def light(generator):
        with torch.no_grad():
            return generator(*seen, torch.ones(len(photos["mask"])))[1] * photos["mask"]

    mean = torch.stack([light(teacher) for teacher in teachers]).mean(dim=0)
    untrained = light(Generator(TINY))
    assert (light(taught.state.generator) - mean).abs().mean() < 0.7 * (untrained - mean).abs().mean()


def test_discriminators_without_a_weight_do_not_learn(wardrobe, tmp_path):
    silent = dict.fromkeys(ADVERSARIAL_TERMS, 0.0)
    adversarial = options(wardrobe, tmp_path, warm_start=False)
    [phase] = phases(replace(adversarial, weights=silent))
    assert not phase.discriminators
    assert phase.weights["reconstruction"] > 0
    [phase] = phases(replace(adversarial, weights=silent | {"adversarial_folds": 0.1}))
    assert phase.discriminators
    trained = train(wardrobe, tmp_path / "folds", warm_start=False)
    start = fresh_state(options(wardrobe, tmp_path / "folds", warm_start=False))
    assert same(start.garment, trained.state.garment)
    assert same(start.cloth, trained.state.cloth)
    assert not same(start.folds, trained.state.folds)


@pytest.mark.parametrize("kind", ["hinge", "relativistic"])
def test_other_adversarial_losses_train(wardrobe, tmp_path, kind):
    run = train(wardrobe, tmp_path, images=4, warm_start=False, gan_loss=kind, spectral=kind == "hinge")
    assert run.state.progress.images == 4
    assert all(value.isfinite().all() for value in run.state.average.state_dict().values())
