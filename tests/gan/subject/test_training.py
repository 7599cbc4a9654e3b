"""What tells garments' photos from styles is fitted on folders, and told honestly."""

import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file
from typer.testing import CliRunner

from bot.cli import app
from gan.held_out import is_held_out
from gan.mask.subject import SURE, SubjectHead, subject_features
from gan.mask.weights import shipped_network
from gan.pictures import read_picture

SAMPLES = Path(__file__).parents[3] / "bot" / "playground" / "samples"


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """The samples, a few of each named so that they are held out."""
    for kind in ("garments", "styles"):
        folder = tmp_path / kind
        folder.mkdir()
        held_out = [f"x{number}.jpg" for number in range(200) if is_held_out(Path(f"x{number}.jpg"))]
        trained_on = [f"x{number}.jpg" for number in range(200) if not is_held_out(Path(f"x{number}.jpg"))]
        for number, file in enumerate(sorted((SAMPLES / kind).glob("*.jpg"))):
            shutil.copy(file, folder / (held_out if number % 5 == 4 else trained_on)[number])
    return {"garments": tmp_path / "garments", "styles": tmp_path / "styles", "out": tmp_path / "subject.safetensors"}


def fit(folders: dict[str, Path]) -> str:
    options = [part for name, path in folders.items() for part in (f"--{name}", str(path))]
    result = CliRunner().invoke(app, ["train-subject", *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_learns_what_it_was_shown_and_reports_what_it_was_not(folders: dict[str, Path]) -> None:
    report = fit(folders)
    head = SubjectHead(**load_file(folders["out"]))
    for kind, sign in (("garments", 1), ("styles", -1)):
        shown = [file for file in sorted(folders[kind].glob("*.jpg")) if not is_held_out(file)]
        log_odds = [
            float(head.log_odds(subject_features(shipped_network(), read_picture(file)))) * sign for file in shown
        ]
        assert min(log_odds) > 0
    garments, styles = (len(list(folders[kind].glob("*.jpg"))) for kind in ("garments", "styles"))
    lines = report.splitlines()
    assert f"of {garments - garments // 5} garments" in lines[0] and f"of {styles - styles // 5} styles" in lines[0]
    assert f"of {garments // 5} garments" in lines[1] and f"of {styles // 5} styles" in lines[1]
    assert SURE > 0


def test_the_same_folders_give_the_same_weights(folders: dict[str, Path]) -> None:
    fit(folders)
    first = folders["out"].read_bytes()
    fit(folders)
    assert folders["out"].read_bytes() == first


def test_empty_folders_are_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["train-subject", "--garments", str(tmp_path), "--styles", str(tmp_path), "--out", str(tmp_path / "w")]
    )
    assert result.exit_code == 2
    assert "Nothing to train on" in " ".join(result.stderr.replace("│", " ").split())
