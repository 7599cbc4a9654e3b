import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from bot.cli import app
from gan.mask.evaluate import METHODS, Score, centre_box, read_labels, summarise


@pytest.fixture
def labels(tmp_path, plain_shirt):
    picture, mask = plain_shirt
    cv2.imwrite(str(tmp_path / "tee.jpg"), picture[..., ::-1])
    cv2.imwrite(str(tmp_path / "tee.png"), mask.astype(np.uint8) * 255)
    (tmp_path / "labels.csv").write_text("name,kind,difficulty\ntee,tshirt,flat-lay\n")
    return tmp_path


def test_labels_come_back_as_written(labels, plain_shirt):
    (label,) = read_labels(labels)
    assert (label.name, label.kind, label.difficulty) == ("tee", "tshirt", "flat-lay")
    assert np.array_equal(label.mask, plain_shirt[1])


def test_a_label_of_another_size_is_refused(labels):
    cv2.imwrite(str(labels / "tee.png"), np.zeros((4, 4), np.uint8))
    with pytest.raises(ValueError, match="another size"):
        list(read_labels(labels))


def test_summary_averages_by_group():
    scores = [
        Score("a", "shirt", "flat-lay", "restyle", 1.0, 0.5, 0.9),
        Score("b", "shirt", "flat-lay", "restyle", 0.5, 0.3, 0.8),
        Score("c", "shirt", "busy", "restyle", 0.3, 0.1, 0.8),
        *(Score(name, "shirt", "flat-lay", method, 0.2, 0.1, None) for name in "ab" for method in METHODS[1:]),
        *(Score("c", "shirt", "busy", method, 0.5, 0.1, None) for method in METHODS[1:]),
    ]
    rows = {row.group: row for row in summarise(scores)}
    assert {group: row.pictures for group, row in rows.items()} == {"all": 3, "busy": 1, "flat-lay": 2, "shirt": 3}
    assert rows["all"].iou == pytest.approx({"restyle": 0.6, "GrabCut": 0.3, "centre box": 0.3})
    assert rows["flat-lay"].boundary["restyle"] == pytest.approx(0.4)


def test_centre_box_by_hand():
    box = centre_box(np.zeros((20, 40, 3), np.uint8))
    assert box.sum() == 14 * 28 and box[3, 6] == 1 and box[2, 6] == 0


def test_the_command_prints_a_table_and_draws_a_sheet(labels, tmp_path):
    result = CliRunner().invoke(app, ["evaluate-mask", "--labels", str(labels), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "| flat-lay | 1 |" in result.output and "IoU GrabCut" in result.output
    assert cv2.imread(str(tmp_path / "out" / "mask_sheet.png")).shape[1] == 5 * 4 * 150


def test_the_command_gives_json(labels):
    result = CliRunner().invoke(app, ["evaluate-mask", "--labels", str(labels), "--json"])
    scores = json.loads(result.output)
    assert [score["method"] for score in scores] == list(METHODS)
    assert scores[0]["iou"] > scores[2]["iou"]


def test_a_missing_picture_is_one_sentence(labels):
    (labels / "tee.jpg").unlink()
    result = CliRunner().invoke(app, ["evaluate-mask", "--labels", str(labels)])
    assert result.exit_code == 2 and "cannot be used" in result.output and "Traceback" not in result.output
