"""`restyle render` as a person types it: results, their JSON, and one sentence for everything that is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from bot.cli import app
from tests.gan.scenery import checks, load, save, shirt_alpha, shirt_photo


@pytest.fixture
def files(tmp_path) -> dict[str, Path]:
    mask = np.rint(shirt_alpha() * 255).astype(np.uint8)
    return {
        "garment": save(tmp_path / "shirt.png", shirt_photo()),
        "style": save(tmp_path / "checks.png", checks()),
        "mask": save(tmp_path / "mask.png", mask),
        "wide mask": save(tmp_path / "wide.png", np.full((40, 160), 255, np.uint8)),
        "empty mask": save(tmp_path / "empty.png", np.zeros((160, 120), np.uint8)),
        "cut-out": save(tmp_path / "cut-out.png", np.dstack([shirt_photo(), mask])),
        "text": tmp_path / "text.jpg",
        "folder": tmp_path,
        "out": tmp_path / "out",
    }


def run(*arguments: object):
    return CliRunner().invoke(app, ["render", *map(str, arguments)])


def test_json_has_exactly_what_is_promised(files):
    result = run(files["garment"], files["style"], "-o", files["out"], "--mask", files["mask"], "--json", "--seed", 3)

    assert result.exit_code == 0, result.stderr
    printed = json.loads(result.stdout)
    assert set(printed) == {"variants", "mask", "seconds"}
    assert [set(variant) for variant in printed["variants"]] == [{"file", "mode", "scale", "seed", "size"}] * 4
    assert [variant["seed"] for variant in printed["variants"]] == [3, 4, 5, 6]
    for variant in printed["variants"]:
        assert list(Image.open(variant["file"]).size) == variant["size"] == [120, 160]
        assert variant["mode"] in {"print", "paint", "palette", "placement"}
    assert load(Path(printed["mask"])).shape == (160, 120)
    assert printed["seconds"] > 0


def test_options_reach_the_picture(files):
    options = [
        "--variants",
        1,
        "--mode",
        "paint",
        "--scale",
        2,
        "--size",
        64,
        "--region",
        "background",
        "--strength",
        50,
    ]
    result = run(files["garment"], files["style"], "-o", files["out"], "--mask", files["mask"], "--json", *options)
    (variant,) = json.loads(result.stdout)["variants"]
    assert (variant["mode"], variant["scale"], variant["size"]) == ("paint", 2.0, [48, 64])


def test_transparency_of_the_garment_is_its_mask(files):
    result = run(files["cut-out"], files["style"], "-o", files["out"], "--variants", 1, "--json")
    mask = load(Path(json.loads(result.stdout)["mask"]))
    assert np.abs(mask - shirt_alpha() * 255).max() < 12


def test_several_styles_and_words_get_folders_of_their_own(files):
    styles = [files["style"], "navy gingham", files["style"]]
    result = run(files["garment"], *styles, "-o", files["out"], "--mask", files["mask"], "--variants", 1, "--show-mask")

    assert result.exit_code == 0, result.stderr
    assert {folder.name for folder in files["out"].iterdir()} == {"checks", "navy gingham", "checks-2"}
    pictures = {folder.name: load(next(folder.glob("variant-1-*.png"))) for folder in files["out"].iterdir()}
    assert (pictures["checks"] == pictures["checks-2"]).all()
    assert (pictures["checks"] != pictures["navy gingham"]).any()
    assert "mask-over-garment.jpg" in result.stdout
    assert "3 pictures in" in result.stdout
    assert "of the style" not in result.stdout


def test_it_is_said_when_margins_of_a_style_are_left_out(files):
    framed = np.pad(load(files["style"]), ((30, 30), (30, 30), (0, 0)), constant_values=255)
    style = save(files["style"].with_name("framed.png"), framed)
    result = run(files["garment"], style, "-o", files["out"], "--mask", files["mask"], "--variants", 1)
    assert "of the style: margins left out" in result.stdout


BAD_INPUT = {
    "no such garment": (["nothing.png", "style", "-o", "out"], "no file"),
    "no such style": (["garment", "nothing.png", "-o", "out"], "no file"),
    "words for no pattern": (["garment", "blurble", "-o", "out"], "blurble"),
    "a folder": (["folder", "style", "-o", "out"], "folder"),
    "a text as garment": (["text", "style", "-o", "out"], "text.jpg"),
    "a text as style": (["garment", "text", "-o", "out"], "text.jpg"),
    "no output": (["garment", "style"], "--output"),
    "no style": (["garment", "-o", "out"], "STYLE"),
    "output is a file": (["garment", "style", "-o", "garment"], "is a file"),
    "output cannot be made": (["garment", "style", "-o", "/proc/restyle"], "written"),
    "too many variants": (["garment", "style", "-o", "out", "--variants", "5"], "--variants"),
    "no number": (["garment", "style", "-o", "out", "--scale", "big"], "--scale"),
    "scale too large": (["garment", "style", "-o", "out", "--scale", "40"], "--scale"),
    "strength too large": (["garment", "style", "-o", "out", "--strength", "101"], "--strength"),
    "negative seed": (["garment", "style", "-o", "out", "--seed", "-1"], "--seed"),
    "huge size": (["garment", "style", "-o", "out", "--size", "99999"], "--size"),
    "unknown mode": (["garment", "style", "-o", "out", "--mode", "glitter"], "glitter"),
    "unknown region": (["garment", "style", "-o", "out", "--region", "hat"], "hat"),
    "unknown option": (["garment", "style", "-o", "out", "--sparkle"], "--sparkle"),
    "unknown device": (["garment", "style", "-o", "out", "--device", "abacus"], "abacus"),
    "no such mask": (["garment", "style", "-o", "out", "--mask", "nothing.png"], "no mask file"),
    "mask is a photo": (["garment", "style", "-o", "out", "--mask", "garment"], "photo"),
    "mask of another shape": (["garment", "style", "-o", "out", "--mask", "wide mask"], "160×40"),
    "empty mask": (["garment", "style", "-o", "out", "--mask", "empty mask"], "empty"),
    "mask is no picture": (["garment", "style", "-o", "out", "--mask", "text"], "mask"),
}


@pytest.mark.parametrize(("arguments", "named"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input_is_one_sentence_and_status_two(files, arguments, named):
    files["text"].write_text("not a picture at all")

    result = run(*(files.get(argument, argument) for argument in arguments))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert named in result.stderr
    assert result.stderr.endswith((".\n", "?\n"))
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
