"""Judging on held-out pseudo-pairs, where the right picture is known exactly."""

from __future__ import annotations

import time
from collections.abc import Mapping

import torch
from torch import Tensor

from gan.data.dataset import Batch, ExampleDataset
from gan.data.pack import Pack
from gan.evaluation import measures
from gan.evaluation.contestants import Contestant
from gan.perceptual import PerceptualFeatures
from gan.training.samples import psnr

HEIGHT, WIDTH = 256, 192

Scores = dict[str, dict[str, list[float]]]
"""contestant → measure → one value a picture."""


def printed_pairs(pack: Pack, count: int, seed: int = 11) -> Batch:
    """Return `count` held-out pseudo-pairs whose garments all carry an old print."""
    dataset = ExampleDataset(pack, HEIGHT, WIDTH, seed, 0.0, 0.0, printed_only=True)
    examples = [dataset[number] for number in range(count)]
    return {name: torch.stack([example[name] for example in examples]) for name in examples[0]}


@torch.no_grad()
def judge_pairs(
    contestants: Mapping[str, Contestant], batch: Batch, backbone: PerceptualFeatures | None
) -> tuple[Scores, dict[str, Tensor]]:
    """Return every contestant's scores and pictures.

    Args:
        contestants: by name.
        batch: pseudo-pairs.
        backbone: for the perceptual distance; None leaves it out.
    """
    scores: Scores = {}
    shown: dict[str, Tensor] = {}
    for name, paint in contestants.items():
        started = time.process_time()
        with torch.enable_grad():
            picture = paint(batch).detach().clamp(0, 1)
        seconds = (time.process_time() - started) / picture.shape[0]
        shown[name] = batch["mask"] * picture + (1 - batch["mask"]) * batch["garment"]
        scores[name] = _scores(picture, shown[name], batch, backbone) | {"cpu_seconds": [seconds]}
    return scores, shown


def _scores(
    picture: Tensor, shown: Tensor, batch: Batch, backbone: PerceptualFeatures | None
) -> dict[str, list[float]]:
    mask, guide, light = batch["mask"], batch["guide"], batch["log_shading"]
    truth = mask * batch["truth"] + (1 - mask) * batch["garment"]
    found: dict[str, Tensor] = {}
    found["psnr"] = psnr(picture, batch["truth"], mask)
    found["ssim"] = measures.ssim(shown, truth, mask)
    if backbone is not None:
        found["perceptual_distance"] = measures.perceptual_distance(backbone, shown, truth, mask)
    found["fold_correlation"] = measures.fold_correlation(picture, light, guide, mask)
    found["edge_agreement"] = measures.edge_agreement(picture, light, guide, mask)
    found["style_distance"] = measures.texture_distance(shown, truth, mask, mask)
    found["pattern_fidelity"] = measures.pattern_fidelity(picture, guide, mask)
    return {name: [float(value) for value in values] for name, values in found.items()}
