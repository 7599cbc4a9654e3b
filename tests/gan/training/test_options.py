import json

import pytest
import torch

from gan.losses import LOSS_TABLE
from gan.request import RenderError
from gan.training.options import TrainingOptions, classic, options_from_json, parse_gan_loss, parse_weights
from gan.training.schedule import phase_at, phases, rate_at, weights_at
from gan.training.train_state import make_train_state
from tests.gan.tiny_backbone import tiny_backbone
from tests.gan.training.runs import TINY, options, train


def test_the_schedule_warms_up_on_pairs_and_ramps_the_discriminators(wardrobe, tmp_path):
    plan = phases(options(wardrobe, tmp_path))
    assert not any(phase.discriminators for phase in plan[:-1])
    assert plan[-1].discriminators
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


def test_every_loss_can_be_weighed(wardrobe, tmp_path):
    weighed = phases(options(wardrobe, tmp_path, weights=dict.fromkeys(LOSS_TABLE, 0.5)))[-1].weights
    assert weighed == dict.fromkeys(LOSS_TABLE, 0.5)


def test_classic_is_the_textbook(wardrobe, tmp_path):
    chosen = classic(options(wardrobe, tmp_path))
    assert (chosen.generator_rate, chosen.betas, chosen.batch, chosen.gan_loss) == (2e-4, (0.5, 0.999), 32, "bce")
    assert chosen.images == 100 * 4
    [only] = phases(chosen)
    assert only.discriminators
    assert all(only.weights[name] > 0 for name in ("adversarial_garment", "adversarial_cloth"))
    state = make_train_state(chosen, torch.device("cpu"), TINY, tiny_backbone())
    for optimizer in (state.generator_optimizer, state.discriminator_optimizer):
        [parameters] = optimizer.param_groups
        assert (parameters["lr"], parameters["betas"]) == (2e-4, (0.5, 0.999))
    assert chosen.penalty == 0


def test_discriminators_without_a_penalty_are_not_penalised(wardrobe, tmp_path):
    settings = {"images": 4, "warm_start": False, "penalty_every": 1, "sample_every": 0.0}
    for penalty in (1.0, 0.0):
        out = tmp_path / str(penalty)
        train(wardrobe, out, penalty=penalty, **settings)
        lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
        assert ("penalty" in lines[0]) == (penalty > 0)


def test_loss_weights_are_read_from_words():
    assert parse_weights(["style=2", "colour=0.5"]) == {"style": 2.0, "colour": 0.5}
    for wrong in ("style", "style=much", "beauty=1"):
        with pytest.raises(RenderError):
            parse_weights([wrong])
    assert parse_gan_loss("hinge") == "hinge"
    with pytest.raises(RenderError, match="bce, hinge, relativistic"):
        parse_gan_loss("wgan")


def test_options_come_back_from_json(tmp_path):
    chosen = TrainingOptions(
        tmp_path / "a", tmp_path / "b", tmp_path / "c", start_from=tmp_path / "d", teachers=(tmp_path / "e",)
    )
    values = json.loads(json.dumps(chosen.to_json() | {"of_long_ago": 1}))
    assert TrainingOptions(**options_from_json(values)) == chosen
