import json

import pytest
from typer.testing import CliRunner

from bot.cli import app
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
    weights = ["--weight", "paired_features=0", "--without-critics", "--device", "cpu", "--threads", "1"]
    done = runner.invoke(app, ["train", *arguments, *settings, *weights])
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout.strip().splitlines()[-1])
    assert result["images"] == 4
    assert (tmp_path / "out" / "generator.safetensors").is_file()
