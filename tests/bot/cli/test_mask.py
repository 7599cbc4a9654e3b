"""`restyle train-mask` as a person types it: what it cannot begin with is one sentence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from gan.shipped import GENERATOR


@pytest.fixture
def folders(tmp_path) -> Path:
    for name in ("garments", "styles"):
        (tmp_path / name).mkdir()
    (tmp_path / "torn.safetensors").write_bytes(b"\x08\x00\x00")
    return tmp_path


@pytest.mark.parametrize("weights", ["torn.safetensors", GENERATOR])
def test_weights_of_something_else_are_refused_before_anything_is_made(folders, weights):
    given = ["--garments", folders / "garments", "--styles", folders / "styles", "--out", folders / "out"]
    result = CliRunner().invoke(app, ["train-mask", *map(str, given), "--from", str(folders / weights)])

    assert result.exit_code == 2
    assert "garment finder" in " ".join(result.stderr.replace("│", " ").split())
    assert not (folders / "out").exists()
