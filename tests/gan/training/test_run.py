import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.data.pack import automatic_masks, open_pack
from gan.generator import Generator, Widths
from gan.losses import LOSS_TABLE
from gan.request import RenderError
from gan.training import loop
from gan.training.checkpoint import (
    CHECKPOINT,
    WITHOUT_CRITICS,
    begun_from,
    load_checkpoint,
    pack_checkpoint,
    save_checkpoint,
    save_weights,
    take_critics,
    take_weights,
)
from gan.training.distributed import Team
from gan.training.loop import Run, run_training
from gan.training.options import TrainingOptions, classic, parse_gan_loss, parse_weights
from gan.training.players import make_players
from gan.training.report import Reporter
from gan.training.schedule import ADVERSARIAL_TERMS, phase_at, phases, rate_at, weights_at
from gan.training.stopping import Stopping
from tests.gan.tiny_backbone import tiny_backbone
from tests.gan.wardrobe import fill_wardrobe

TINY = Widths(half=4, half_narrow=2, quarter=8, eighth=8, guide=8, dilations=(1,))


@pytest.fixture(scope="module")
def wardrobe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wardrobe")
    garments, styles, masks = fill_wardrobe(folder)
    source = automatic_masks(masks)
    packs = tuple(open_pack(garments, styles, source, folder / "cache", held_out=held) for held in (False, True))
    return garments, styles, packs


@pytest.fixture(autouse=True)
def few_judged(monkeypatch):
    monkeypatch.setattr(loop, "load_perceptual", lambda choice: tiny_backbone())
    monkeypatch.setattr("gan.training.samples.PAIRS", 2)
    monkeypatch.setattr(loop, "make_judging", lambda pack, height: make_small_judging(pack, height))


def make_small_judging(pack, height):
    from gan.training.samples import make_judging

    return make_judging(pack, height, pairs=2)


def options(wardrobe, out, **changes):
    out.mkdir(exist_ok=True, parents=True)
    values = {"images": 12, "batch": 2, "height": 48, "workers": 0, "threads": 1, "precision": "fp32", "device": "cpu"}
    return TrainingOptions(wardrobe[0], wardrobe[1], out, **{**values, **changes})


def fresh_players(chosen):
    return make_players(chosen, torch.device("cpu"), TINY, tiny_backbone())


def train(wardrobe, out, stopping=None, resume=False, **changes):
    run = Run(options(wardrobe, out, **changes), Team(), wardrobe[2], TINY)
    if resume:
        load_checkpoint(out / CHECKPOINT, run.players)
    with stopping or Stopping(None) as when, Reporter(12, shown=False) as reporter:
        run.train(when, reporter)
    return run


class StopAfter(Stopping):
    """Asks to stop after a number of steps."""

    def __init__(self, steps):
        super().__init__(None)
        self._left = steps

    @property
    def now(self):
        self._left -= 1
        return self._left <= 0


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_stopping_and_resuming_gives_the_same_bits_as_going_on(wardrobe, tmp_path):
    whole = train(wardrobe, tmp_path / "whole")
    train(wardrobe, tmp_path / "halves", stopping=StopAfter(2))
    resumed = train(wardrobe, tmp_path / "halves", resume=True)
    assert resumed.players.progress.images == whole.players.progress.images == 12
    for name in ("generator", "average", "cloth", "garment", "folds"):
        assert same(getattr(whole.players, name), getattr(resumed.players, name))


def test_the_generator_of_before_the_critics_is_kept_over_a_resume(wardrobe, tmp_path):
    start = fresh_players(options(wardrobe, tmp_path / "whole", warm_start=False))
    whole = train(wardrobe, tmp_path / "whole", warm_start=False)
    train(wardrobe, tmp_path / "halves", stopping=StopAfter(3), warm_start=False)
    resumed = train(wardrobe, tmp_path / "halves", resume=True, warm_start=False)
    assert same(resumed.players.earlier, start.average)
    assert not same(resumed.players.earlier, resumed.players.average)
    assert same(resumed.players.average, whole.players.average)
    assert train(wardrobe, tmp_path / "without", adversarial=False).players.earlier is None


def test_a_run_leaves_weights_metrics_samples_and_the_generator_without_critics(wardrobe, tmp_path):
    train(wardrobe, tmp_path)
    for name in ("generator.safetensors", CHECKPOINT, WITHOUT_CRITICS):
        assert (tmp_path / name).stat().st_size > 0
    last = json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["images"] == 12
    assert last["phase"] == "adversarial"
    assert {"psnr", "psnr_shaded_guide", "loss", "reconstruction"} <= set(last)
    assert list((tmp_path / "samples").glob("*.png"))
    assert not list(tmp_path.glob("*.part"))


def test_the_generator_can_learn_a_batch_by_heart(wardrobe, tmp_path):
    from gan.training.steps import generator_step

    run = Run(options(wardrobe, tmp_path, generator_rate=5e-3), Team(), wardrobe[2], TINY)
    batch = next(run._batches(run.plan[0]))
    losses = [generator_step(run.game, batch, {"exposure": 1.0})[1]["exposure"] for _ in range(40)]
    assert losses[-1] < 0.6 * losses[0]


def test_critics_learn_only_in_their_phase_and_only_in_their_step(wardrobe, tmp_path):
    start = fresh_players(options(wardrobe, tmp_path / "a"))
    without = train(wardrobe, tmp_path / "b", adversarial=False)
    assert same(start.cloth, without.players.cloth)
    everyone = {"adversarial_cloth": 0.1, "adversarial_garment": 0.1}
    played = train(wardrobe, tmp_path / "c", weights=everyone, images=24)
    assert not same(start.cloth, played.players.cloth)
    assert not same(start.garment, played.players.garment)
    assert not same(start.folds, played.players.folds)


def test_the_generators_step_leaves_no_gradient_in_the_critics(wardrobe, tmp_path):
    from gan.training.steps import critic_step, generator_step

    run = Run(options(wardrobe, tmp_path, warm_start=False), Team(), wardrobe[2], TINY)
    batch = next(run._batches(run.plan[-1]))
    weights = {"adversarial_cloth": 1.0, "adversarial_garment": 1.0, "adversarial_folds": 1.0, "feature_matching": 1.0}
    example, values = generator_step(run.game, batch, weights)
    assert all(parameter.grad is None for parameter in run.players.critics.parameters())
    assert run.players.generator.guide.head.conv.weight.grad.any()
    assert np.isfinite(values["loss"])
    before = [parameter.detach().clone() for parameter in run.players.generator.parameters()]
    critic_step(run.game, example, weights, penalise=True)
    for critic in run.players.critics:
        assert all(parameter.grad.any() for name, parameter in critic.named_parameters() if "weight" in name)
    assert all(torch.equal(a, b) for a, b in zip(before, run.players.generator.parameters(), strict=True))


def test_numbers_that_blow_up_roll_the_run_back(wardrobe, tmp_path, monkeypatch):
    step, calls = loop.generator_step, []

    def faulty(game, batch, weights):
        example, values = step(game, batch, weights)
        calls.append(1)
        if len(calls) == 3:
            for parameter in game.players.generator.parameters():
                parameter.data.fill_(float("nan"))
            values["loss"] = float("nan")
        return example, values

    monkeypatch.setattr(loop, "generator_step", faulty)
    run = train(wardrobe, tmp_path, adversarial=False)
    assert run.players.progress.rollbacks == 1
    assert run.players.progress.images == 12
    assert all(value.isfinite().all() for value in run.players.average.state_dict().values())


def test_a_run_that_always_blows_up_gives_up_with_a_sentence(wardrobe, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "generator_step", lambda game, batch, weights: (None, {"loss": float("nan")}))
    monkeypatch.setattr(loop.Run, "_step", lambda self, phase, batch: {"loss": float("nan")})
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


def test_checkpoints_survive_a_crash_while_saving(wardrobe, tmp_path, monkeypatch):
    run = train(wardrobe, tmp_path, adversarial=False)

    def crash(content, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", crash)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(tmp_path, run.players, {})
    load_checkpoint(tmp_path / CHECKPOINT, run.players)


def test_packed_checkpoints_are_small_and_can_be_resumed(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path)
    packed = tmp_path / "packed.pt"
    pack_checkpoint(tmp_path / CHECKPOINT, packed)
    assert str(tmp_path).encode() not in packed.read_bytes(), "it names no place of the machine that trained it"
    assert packed.stat().st_size < 0.4 * (tmp_path / CHECKPOINT).stat().st_size
    players = fresh_players(options(wardrobe, tmp_path, seed=5))
    load_checkpoint(packed, players)
    assert players.progress.images == 12
    for name in ("average", "cloth", "garment", "folds"):
        old, new = getattr(run.players, name).state_dict(), getattr(players, name).state_dict()
        assert all(torch.allclose(old[key], new[key], rtol=0.01, atol=1e-4) for key in old)
    assert same(players.generator, players.average)
    assert players.generator.garment.stem.conv.weight.dtype == torch.float32


def test_fine_tuning_starts_from_weights_or_a_checkpoint(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path, adversarial=False)
    for name in ("generator.safetensors", CHECKPOINT):
        players = fresh_players(options(wardrobe, tmp_path, seed=9))
        take_weights(tmp_path / name, players.generator, players.average)
        old, new = run.players.average.garment.stem.conv.weight, players.generator.garment.stem.conv.weight
        assert torch.allclose(old, new, atol=1e-3)
        assert players.progress.images == 0
    with pytest.raises(RenderError, match="do not fit"):
        take_weights(tmp_path / "generator.safetensors", Generator())


def test_a_checkpoint_brings_its_critics_to_fine_tuning_and_weights_bring_none(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path, warm_start=False)
    start = fresh_players(options(wardrobe, tmp_path))
    assert not same(start.folds, run.players.folds)
    take_critics(tmp_path / "generator.safetensors", start)
    assert same(start.folds, fresh_players(options(wardrobe, tmp_path)).folds)
    take_critics(tmp_path / CHECKPOINT, start)
    assert same(start.folds, run.players.folds)
    (tmp_path / "torn.pt").write_bytes(b"torn")
    with pytest.raises(RenderError, match=r"torn\.pt"):
        take_critics(tmp_path / "torn.pt", start)


def test_resuming_nothing_is_one_sentence(wardrobe, tmp_path):
    players = fresh_players(options(wardrobe, tmp_path))
    with pytest.raises(RenderError, match="no checkpoint"):
        load_checkpoint(tmp_path / "none.pt", players)


def test_a_resumed_run_knows_that_it_was_begun_from_weights(wardrobe, tmp_path):
    train(wardrobe, tmp_path / "first", adversarial=False)
    weights = tmp_path / "first" / "generator.safetensors"
    run = Run(options(wardrobe, tmp_path / "second", start_from=weights), Team(), wardrobe[2], TINY)
    save_checkpoint(tmp_path / "second", run.players, run.options.to_json())
    assert begun_from(tmp_path / "second" / CHECKPOINT) == weights
    assert begun_from(tmp_path / "first" / CHECKPOINT) is None
    (tmp_path / "second" / CHECKPOINT).write_bytes(b"torn")
    with pytest.raises(RenderError, match="does not fit"):
        begun_from(tmp_path / "second" / CHECKPOINT)


def test_the_schedule_warms_up_on_pairs_and_ramps_the_critics(wardrobe, tmp_path):
    plan = phases(options(wardrobe, tmp_path))
    assert not any(phase.critics for phase in plan[:-1])
    assert plan[-1].critics
    start = plan[-2].until
    early, late = (weights_at(plan, share)["adversarial_folds"] for share in (start, 0.999))
    assert early == 0
    assert late > 0
    assert phase_at(plan, 0.0).height < phase_at(plan, 0.99).height
    assert rate_at(0.0, 0) < rate_at(0.01, 10_000) > 5 * rate_at(1.0, 10_000)


def test_a_run_from_trained_weights_skips_the_small_pictures(wardrobe, tmp_path):
    started = phases(options(wardrobe, tmp_path, start_from=tmp_path / "weights.safetensors"))
    assert {phase.height for phase in started} == {options(wardrobe, tmp_path).height}
    assert len(started) == len(phases(options(wardrobe, tmp_path))) - 1


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
    photos = taught.judging.photos
    seen = (photos["garment"], photos["mask"], photos["guide"], torch.zeros(len(photos["mask"]), 8))

    def light(generator):
        with torch.no_grad():
            return generator(*seen, torch.ones(len(photos["mask"])))[1] * photos["mask"]

    mean = torch.stack([light(teacher) for teacher in teachers]).mean(dim=0)
    untrained = light(Generator(TINY))
    assert (light(taught.players.generator) - mean).abs().mean() < 0.7 * (untrained - mean).abs().mean()


def test_a_missing_teacher_is_named_before_anything_is_prepared(wardrobe, tmp_path):
    with pytest.raises(RenderError, match="nobody"):
        run_training(options(wardrobe, tmp_path, teachers=(tmp_path / "nobody.safetensors",)))


def test_critics_without_a_say_do_not_learn(wardrobe, tmp_path):
    silent = dict.fromkeys(ADVERSARIAL_TERMS, 0.0)
    adversarial = options(wardrobe, tmp_path, warm_start=False)
    [phase] = phases(replace(adversarial, weights=silent))
    assert not phase.critics
    assert phase.weights["reconstruction"] > 0
    [phase] = phases(replace(adversarial, weights=silent | {"adversarial_folds": 0.1}))
    assert phase.critics
    played = train(wardrobe, tmp_path / "folds", warm_start=False)
    start = fresh_players(options(wardrobe, tmp_path / "folds", warm_start=False))
    assert same(start.garment, played.players.garment)
    assert same(start.cloth, played.players.cloth)
    assert not same(start.folds, played.players.folds)


def test_every_loss_can_be_weighed(wardrobe, tmp_path):
    weighed = phases(options(wardrobe, tmp_path, weights=dict.fromkeys(LOSS_TABLE, 0.5)))[-1].weights
    assert weighed == dict.fromkeys(LOSS_TABLE, 0.5)


def test_classic_is_the_textbook(wardrobe, tmp_path):
    chosen = classic(options(wardrobe, tmp_path))
    assert (chosen.generator_rate, chosen.betas, chosen.batch, chosen.gan_loss) == (2e-4, (0.5, 0.999), 32, "bce")
    assert chosen.images == 100 * 4
    [only] = phases(chosen)
    assert only.critics
    assert all(only.weights[name] > 0 for name in ("adversarial_garment", "adversarial_cloth"))


def test_loss_weights_are_read_from_words():
    assert parse_weights(["style=2", "colour=0.5"]) == {"style": 2.0, "colour": 0.5}
    for wrong in ("style", "style=much", "beauty=1"):
        with pytest.raises(RenderError):
            parse_weights([wrong])
    assert parse_gan_loss("hinge") == "hinge"
    with pytest.raises(RenderError, match="bce, hinge, relativistic"):
        parse_gan_loss("wgan")


@pytest.mark.parametrize("kind", ["hinge", "relativistic"])
def test_other_adversarial_losses_train(wardrobe, tmp_path, kind):
    run = train(wardrobe, tmp_path, images=4, warm_start=False, gan_loss=kind, spectral=kind == "hinge")
    assert run.players.progress.images == 4
    assert all(value.isfinite().all() for value in run.players.average.state_dict().values())


TEAM_SCRIPT = textwrap.dedent(
    """
    import os, sys
    import torch
    from pathlib import Path
    from gan.data.pack import automatic_masks, open_pack
    from gan.generator import Widths
    from gan.training import loop
    from gan.training.distributed import join_team
    from gan.training.options import TrainingOptions
    from gan.training.report import Reporter
    from gan.training.samples import make_judging
    from gan.training.stopping import Stopping
    from tests.gan.tiny_backbone import tiny_backbone

    loop.load_perceptual = lambda choice: tiny_backbone()
    loop.make_judging = lambda pack, height: make_judging(pack, height, pairs=2)
    folder = Path(sys.argv[1])
    source = automatic_masks(folder / "masks")
    with join_team() as team:
        folders = folder / "garments", folder / "styles", source, folder / "cache"
        packs = [open_pack(*folders, held_out=held) for held in (False, True)]
        options = TrainingOptions(
            folder / "garments", folder / "styles", folder / "out", images=8, batch=1, height=48, workers=0, threads=1,
            precision="fp32", device="cpu", warm_start=False,
        )
        options.out.mkdir(exist_ok=True)
        widths = Widths(half=4, half_narrow=2, quarter=8, eighth=8, guide=8, dilations=(1,))
        run = loop.Run(options, team, packs, widths)
        with Stopping(None) as stopping, Reporter(12, shown=False) as reporter:
            run.train(stopping, reporter)
        states = [run.players.generator.state_dict(), run.players.critics.state_dict()]
        torch.save([states, run.players.progress.images], folder / f"rank{team.rank}.pt")
    """
)


def test_two_processes_learn_the_same_weights_together(tmp_path):
    fill_wardrobe(tmp_path)
    garments, styles, masks = tmp_path / "garments", tmp_path / "styles", tmp_path / "masks"
    for held in (False, True):
        open_pack(garments, styles, automatic_masks(masks), tmp_path / "cache", held_out=held)
    script = tmp_path / "team.py"
    script.write_text(TEAM_SCRIPT)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    done = subprocess.run(
        [*launch, str(script), str(tmp_path)], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (first, images), (second, _) = (torch.load(tmp_path / f"rank{rank}.pt") for rank in (0, 1))
    assert images == 8
    for one, other in zip(first, second, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert (tmp_path / "out" / CHECKPOINT).is_file()
