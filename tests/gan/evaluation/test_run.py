import json

import numpy as np
import pytest
import torch

from gan.evaluation.contestants import WITHOUT_CRITICS
from gan.evaluation.run import EvaluationOptions, evaluate
from gan.generator import Generator
from gan.request import RenderError
from gan.training.checkpoint import save_weights
from tests.gan.wardrobe import fill_wardrobe


@pytest.fixture
def weights(tmp_path):
    torch.manual_seed(0)
    generator = Generator()
    save_weights(generator, tmp_path / "generator.safetensors")
    return tmp_path / "generator.safetensors"


def test_the_whole_report(tmp_path, weights):
    garments, styles, masks = fill_wardrobe(tmp_path / "wardrobe")
    out = tmp_path / "report"
    result = evaluate(
        EvaluationOptions(
            garments, styles, out, masks=masks, weights=weights, comparisons={WITHOUT_CRITICS: weights},
            perceptual="missing.h5", pairs=2, photos=1, gatys=0, device="cpu",
        )
    )  # fmt: skip
    pairs, worn, photos = result["tables"].values()
    assert set(worn) == set(pairs)
    assert worn["shaded guide"]["psnr"] != pairs["shaded guide"]["psnr"]
    assert {"truth", "garment unchanged", "flat guide", "shaded guide"} <= set(pairs)
    assert {"generator", "generator, as rendered"} <= set(pairs)
    assert pairs[WITHOUT_CRITICS]["psnr"] == pairs["generator"]["psnr"]
    assert photos[WITHOUT_CRITICS]["style_distance"] == photos["generator"]["style_distance"]
    # An untrained generator is the shaded guide, but for the care that renders take at the mask's border:
    assert pairs["generator"]["psnr"][0] == pytest.approx(pairs["shaded guide"]["psnr"][0], abs=0.05)
    # the two rows must nearly agree, and the truth must win.
    assert pairs["generator, as rendered"]["psnr"][0] == pytest.approx(pairs["shaded guide"]["psnr"][0], abs=1.0)
    assert pairs["truth"]["psnr"][0] > pairs["shaded guide"]["psnr"][0] > pairs["garment unchanged"]["psnr"][0]
    assert photos["generator"]["background_difference"] == [0, 0, 0]
    assert "retrieval" not in photos["generator"]
    page = (out / "index.html").read_text()
    assert "styletransfer" in page or "shaded guide" in page
    assert (out / "sheet-1.png").stat().st_size > 1000
    stored = json.loads((out / "report.json").read_text())
    assert np.isfinite(stored["tables"]["Held-out pseudo-pairs"]["generator"]["ssim"]["low"])


def test_missing_weights_are_one_sentence(tmp_path):
    garments, styles, _ = fill_wardrobe(tmp_path)
    with pytest.raises(RenderError, match="no weights"):
        evaluate(EvaluationOptions(garments, styles, tmp_path, weights=tmp_path / "none.safetensors"))
