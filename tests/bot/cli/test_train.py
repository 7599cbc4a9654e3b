import json

import pytest
from typer.testing import CliRunner

from bot.cli import app
from gan.training.checkpoint import CHECKPOINT, read_checkpoint
from tests.gan.tiny_backbone import tiny_backbone
from tests.gan.wardrobe import fill_wardrobe

runner = CliRunner()


@pytest.mark.parametrize("command", ["train", "tune", "evaluate"])
def test_missing_folders_are_one_sentence(command, tmp_path):
    arguments = ["--garments", str(tmp_path / "none"), "--styles", str(tmp_path), "--out", str(tmp_path / "out")]
    done = runner.invoke(app, [command, *arguments])
    assert done.exit_code == 2
    assert "There is no folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("extra", "part"),
    [
        (["--gan-loss", "wgan"], "bce, hinge, relativistic"),
        (["--weight", "beauty=1"], "no loss term"),
        (["--preset", "modern"], "classic"),
        (["--device", "abacus"], "no device"),
        (["--resume"], "no checkpoint"),
        (["--from", "nothing.safetensors"], "no weights"),
        (["--perceptual", "nothing.h5"], "no perceptual backbone"),
    ],
)
def test_wrong_settings_are_one_sentence(extra, part, tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path)
    arguments = ["--garments", str(garments), "--styles", str(styles), "--masks", str(masks)]
    settings = ["--out", str(tmp_path / "out"), "--height", "48", "--images", "4"]
    done = runner.invoke(app, ["train", *arguments, *settings, *extra])
    assert done.exit_code == 2
    assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_a_short_run_from_the_shell(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path)
    arguments = ["--garments", str(garments), "--styles", str(styles), "--masks", str(masks)]
    settings = ["--out", str(tmp_path / "out"), "--height", "48", "--images", "4", "--batch", "2", "--workers", "0"]
    weights = ["--weight", "paired_features=0", "--without-discriminators", "--device", "cpu", "--threads", "1"]
    done = runner.invoke(app, ["train", *arguments, *settings, *weights])
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout.strip().splitlines()[-1])
    assert result["images"] == 4
    assert (tmp_path / "out" / "generator.safetensors").is_file()


def test_discriminators_play_at_once_where_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("gan.training.loop.load_perceptual", lambda name: tiny_backbone())
    garments, styles, masks = fill_wardrobe(tmp_path)
    out = tmp_path / "out"
    folders = ["--garments", str(garments), "--styles", str(styles), "--masks", str(masks), "--out", str(out)]
    settings = ["--height", "48", "--images", "4", "--batch", "2", "--workers", "0", "--device", "cpu"]
    done = runner.invoke(app, ["train", *folders, *settings, "--threads", "1", "--discriminators-at-once"])
    assert done.exit_code == 0, done.stderr
    phases = {line.get("phase") for line in map(json.loads, (out / "metrics.jsonl").read_text().splitlines())}
    assert phases - {None} == {"adversarial"}


def test_a_resumed_run_keeps_the_settings_it_was_begun_with(tmp_path):
    garments, styles, masks = fill_wardrobe(tmp_path)
    out = tmp_path / "out"
    folders = ["--garments", str(garments), "--styles", str(styles), "--out", str(out)]
    one_step = ["--minutes", "0", "--workers", "0", "--device", "cpu", "--threads", "1"]
    begun = [
        "--masks",
        str(masks),
        "--images",
        "8",
        "--batch",
        "2",
        "--height",
        "48",
        "--seed",
        "3",
        "--without-discriminators",
    ]
    weights = ["--weight", "paired_features=0", "--weight", "exposure=2"]
    for settings in (begun + weights, ["--resume", "--weight", "folds=3"]):
        done = runner.invoke(app, ["train", *folders, *one_step, *settings])
        assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1])["images"] == 4
    stored = read_checkpoint(out / CHECKPOINT)["options"]
    kept = {name: stored[name] for name in ("images", "batch", "height", "seed", "adversarial", "weights")}
    assert kept == {
        "images": 8,
        "batch": 2,
        "height": 48,
        "seed": 3,
        "adversarial": False,
        "weights": {"paired_features": 0.0, "exposure": 2.0, "folds": 3.0},
    }
    done = runner.invoke(app, ["train", *folders, *one_step, "--resume", "--images", "2"])
    assert done.exit_code == 2
    assert "4 images already" in done.stderr
