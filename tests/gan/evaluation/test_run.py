"""The report as a whole, with random features in place of a trained backbone."""

import json

import cv2
import numpy as np
import pytest
import torch

from gan.evaluation import contestants, photos, run
from gan.evaluation.contestants import GATYS, WITHOUT_DISCRIMINATORS
from gan.evaluation.run import DIFFERENCES, PAIRS, PHOTOS, WORN_PAIRS, EvaluationOptions, evaluate
from gan.networks.generator import Generator
from gan.request import RenderError
from gan.training.checkpoint import save_weights
from tests.gan.tiny_backbone import tiny_vgg
from tests.gan.wardrobe import fill_wardrobe, names, plain_garment

PATTERNED = 4


def add_patterned_garments(garments, training):
    """Write garments in broad stripes, for training: what results are told from."""
    for number, name in enumerate(names(training + PATTERNED, held_out=False)[training:]):
        picture, _ = plain_garment(number)
        dark = (np.arange(picture.shape[0]) // 8 % 2 > 0)[:, None, None]
        cv2.imwrite(str(garments / f"{name}.png"), np.where(dark, picture // 6, picture)[..., ::-1])
    return garments


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What `evaluate` returned of an untrained generator, and the folder of the report."""
    folder = tmp_path_factory.mktemp("evaluation")
    garments, styles, masks = fill_wardrobe(folder / "wardrobe")
    add_patterned_garments(garments, training=4)
    for file in garments.iterdir():  # the patterned ones are of the same shape
        mask = masks / file.name
        if not mask.is_file():
            cv2.imwrite(str(mask), plain_garment(0)[1])
    torch.manual_seed(0)
    weights = folder / "generator.safetensors"
    save_weights(Generator(), weights)
    optimise = contestants.optimise
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "load_perceptual", lambda choice: tiny_vgg())
        patch.setattr(contestants, "optimise", lambda backbone, one, other: optimise(backbone, one, other, steps=3))
        patch.setattr(contestants, "peer_available", lambda: False)
        patch.setattr(photos, "peer_available", lambda: False)
        options = EvaluationOptions(
            garments,
            styles,
            folder / "report",
            masks=masks,
            weights=weights,
            comparisons={WITHOUT_DISCRIMINATORS: weights},
            perceptual="tiny",
            pairs=2,
            photos=2,
            gatys=1,
            device="cpu",
        )
        result = evaluate(options)
    return result, folder / "report"


def means(table, measure):
    return {name: row[measure][0] for name, row in table.items() if measure in row}


def test_pairs_rank_the_truth_first_and_the_unchanged_garment_last(report):
    pairs, worn = (report[0]["tables"][title] for title in (PAIRS, WORN_PAIRS))
    assert set(worn) == set(pairs) - {GATYS}
    assert worn["shaded guide"]["psnr"] != pairs["shaded guide"]["psnr"]
    assert pairs[WITHOUT_DISCRIMINATORS]["psnr"] == pairs["generator"]["psnr"]
    psnr = means(pairs, "psnr")
    # An untrained generator is the shaded guide, but for the care that renders take at the mask's border.
    assert psnr["generator"] == pytest.approx(psnr["shaded guide"], abs=0.05)
    assert psnr["generator, as rendered"] == pytest.approx(psnr["shaded guide"], abs=1.0)
    assert psnr["truth"] > psnr["shaded guide"] > psnr["garment unchanged"]


def test_deep_features_know_the_exact_picture_from_others(report):
    distances = means(report[0]["tables"][PAIRS], "perceptual_distance")
    assert distances["truth"] == 0
    assert 0 < distances["shaded guide"] < distances["garment unchanged"]
    told = means(report[0]["tables"][PAIRS], "light_told_apart")
    assert set(told) == set(distances) - {"truth", GATYS}
    assert all(0 <= value <= 1 for value in told.values())
    assert told["garment unchanged"] > 0.9


def test_gatys_is_judged_on_its_few_pairs(report):
    row = report[0]["tables"][PAIRS][GATYS]
    assert 3 < row["psnr"][0] < report[0]["tables"][PAIRS]["truth"]["psnr"][0]
    assert row["psnr"][1] == row["psnr"][2], "one pair has no interval"
    assert row["perceptual_distance"][0] > 0


def test_results_on_photos_are_found_among_the_styles_and_told_from_patterned_garments(report):
    table = report[0]["tables"][PHOTOS]
    assert table[WITHOUT_DISCRIMINATORS]["style_distance"] == table["generator"]["style_distance"]
    assert table["generator"]["background_difference"] == [0, 0, 0]
    retrieval, told = means(table, "retrieval"), means(table, "told_from_photos")
    assert retrieval["flat guide"] == 1
    assert retrieval["garment unchanged"] < 1
    assert set(told) == set(retrieval) == set(table)
    assert told["garment unchanged"] > 0.9, "a plain garment is no patterned one"
    assert all(0 <= value <= 1 for value in told.values())
    diversity = means(table, "diversity")
    assert set(diversity) == {"generator"}
    assert 0 < diversity["generator"] < 1


def test_differences_are_taken_picture_by_picture(report):
    tables = report[0]["tables"]
    differences = tables[DIFFERENCES.format(PAIRS)]
    assert set(differences) == set(tables[PAIRS]) - {"generator"}
    assert differences[WITHOUT_DISCRIMINATORS]["psnr"] == [0, 0, 0], "the same weights"
    own, unchanged = tables[PAIRS]["generator"], tables[PAIRS]["garment unchanged"]
    assert differences["garment unchanged"]["psnr"][0] == pytest.approx(own["psnr"][0] - unchanged["psnr"][0], abs=2e-4)
    assert "psnr" not in differences[GATYS], "it was judged on fewer pairs"
    assert tables[DIFFERENCES.format(PHOTOS)]["flat guide"]["fold_correlation"][0] > 0


def test_the_page_has_a_row_for_everyone_and_the_file_the_intervals(report):
    result, folder = report
    page = (folder / "index.html").read_text()
    for table in result["tables"].values():
        assert all(f"<td>{name}</td>" in page for name in table)
    assert "<tr class=main><td>generator</td>" in page
    assert (folder / "sheet-1.png").stat().st_size > 1000
    stored = json.loads((folder / "report.json").read_text())
    assert np.isfinite(stored["tables"][PAIRS]["generator"]["ssim"]["low"])
    assert stored["about"]["perceptual measures"] == "tiny"


def test_without_a_backbone_its_measures_are_left_out(caplog):
    assert run._backbone("missing.h5") is None
    assert "missing.h5" in caplog.text


def test_missing_weights_are_one_sentence(tmp_path):
    garments, styles, _ = fill_wardrobe(tmp_path)
    with pytest.raises(RenderError, match="no weights"):
        evaluate(EvaluationOptions(garments, styles, tmp_path, weights=tmp_path / "none.safetensors"))
