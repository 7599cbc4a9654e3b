"""The judges of what a style shows are fitted on folders, and told honestly."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner

from bot.cli import app
from gan.mask.weights import shipped_network
from gan.picture_folders import is_held_out
from gan.pictures import read_picture
from gan.subject import LinearJudge
from gan.subject.features import layout_features, subject_features

DRAWN = 10
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


def fit(folders: dict[str, Path], command: str = "train-subject") -> str:
    options = [part for name, path in folders.items() for part in (f"--{name}", str(path))]
    result = CliRunner().invoke(app, [command, *options])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("command", ["train-subject", "train-scene"])
def test_it_learns_what_it_was_shown_and_reports_what_it_was_not(
    folders: dict[str, Path], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gan.subject.training.DRAWN", DRAWN)
    shown, others, out = folders.values()
    # For the judge of scenes it does not matter here what the two folders hold.
    names = ("garments", "styles", "out") if command == "train-subject" else ("scenes", "cloths", "out")
    report = fit(dict(zip(names, folders.values(), strict=True)), command)
    judge = LinearJudge(**load_file(out))
    for folder, sign in ((shown, 1), (others, -1)):
        for file in sorted(folder.glob("*.jpg")):
            if not is_held_out(file):
                picture = read_picture(file)
                features = subject_features(shipped_network(), picture)
                if command == "train-scene":
                    features = torch.cat([features, layout_features(picture)])
                assert sign * float(judge.log_odds(features)) > 0
    garments, styles = (len(list(folder.glob("*.jpg"))) for folder in (shown, others))
    drawn = DRAWN if command == "train-scene" else 0
    fitted, held_out, _ = report.splitlines()
    assert f"of {garments - garments // 5} found" in fitted
    assert f"of {styles - styles // 5 + drawn} others" in fitted
    assert f"of {garments // 5} found" in held_out and f"of {styles // 5 + drawn // 10} others" in held_out


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
