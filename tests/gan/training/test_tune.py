import json

import pytest

from gan.training import tune as tuning
from gan.training.loop import Outcome
from gan.training.options import TrainingOptions
from gan.training.samples import Quality

pytest.importorskip("optuna")


def test_tuning_finds_the_better_rate_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    tried = []

    def run(options):
        tried.append(options)
        assert options.cache == tmp_path / "cache"
        return Outcome(8, 1.0, Quality(30 - abs(options.generator_rate - 5e-4) * 1e4, 20.0))

    monkeypatch.setattr(tuning, "run_training", run)
    for number in range(3):
        (tmp_path / f"piece-{number}.png").touch()
    options = TrainingOptions(tmp_path, tmp_path, tmp_path, weights={"style": 0.0})
    first = tuning.tune(options, trials=4)
    best = tuning.tune(options, trials=4)
    assert best["trials"] == 8
    assert best["gain_db"] >= first["gain_db"]
    assert best["gain_db"] == pytest.approx(max(10 - abs(one.generator_rate - 5e-4) * 1e4 for one in tried))
    assert json.loads((tmp_path / "best.json").read_text()) == best
    assert all(one.weights["style"] == 0 and one.weights["reconstruction"] > 0 for one in tried)
    assert len({one.out for one in tried}) == 8
