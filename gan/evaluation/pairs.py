"""Judging on held-out pseudo-pairs, where the right picture is known exactly."""

from __future__ import annotations

import time
from collections.abc import Mapping

import torch
from torch import Tensor

from gan.data.dataset import Batch, ExampleDataset
from gan.data.pack import Pack
from gan.data.prints import BOLD, PrintMix
from gan.evaluation import measures
from gan.evaluation.contestants import Contestant
from gan.evaluation.two_sample import classifier_accuracy, crops_inside, describe
from gan.networks.perceptual import PerceptualFeatures
from gan.shading import light_as_grey
from gan.training.samples import psnr

HEIGHT, WIDTH = 256, 192
LIGHT_CROPS = 12

Scores = dict[str, dict[str, list[float]]]
"""contestant → measure → one value a picture."""


def printed_pairs(pack: Pack, count: int, mix: PrintMix = BOLD, seed: int = 11) -> Batch:
    """Return `count` held-out pseudo-pairs whose garments all carry an old print out of `mix`."""
    dataset = ExampleDataset(pack, HEIGHT, WIDTH, seed, 0.0, 0.0, printed_only=True, mix=mix)
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


@torch.no_grad()
def tell_light_apart(shown: Mapping[str, Tensor], batch: Batch, backbone: PerceptualFeatures, truth: str) -> Scores:
    """Can a classifier tell the light that a contestant put on the cloth from the exact one?

    A picture's light is its log-luminance over the guide's: folds without the pattern that hides them. No training
    loss looks at it through these features.

    Args:
        shown: contestants' pictures, the exact ones under the name `truth` among them.
        batch: the pseudo-pairs.
        backbone: whose features the classifier sees.
        truth: the name.

    Returns:
        Garment by garment the share of crops on which the classifier was right.
    """
    codes = {name: _light_codes(picture, batch, backbone) for name, picture in shown.items()}
    real, real_groups = codes[truth]
    scores: Scores = {}
    for name, (fake, groups) in codes.items():
        if name != truth and len(fake) and len(real):
            scores[name] = {"light_told_apart": classifier_accuracy(real, fake, real_groups, groups)}
    return scores


def _light_codes(picture: Tensor, batch: Batch, backbone: PerceptualFeatures) -> tuple[Tensor, list[int]]:
    """Return descriptions of crops of the light, and which picture each is from."""
    grey = _light_on(batch["guide"], picture)
    codes, groups = [], []
    for number, (one, mask) in enumerate(zip(grey, batch["mask"], strict=True)):
        crops = crops_inside(one[None], mask[None], LIGHT_CROPS, seed=number)
        if len(crops):
            codes.append(describe(backbone, crops))
            groups += [number] * len(crops)
    return (torch.cat(codes) if codes else torch.zeros(0, 1)), groups


def _light_on(guide: Tensor, picture: Tensor) -> Tensor:
    """Return the light that a picture puts on a guide, as a grey picture."""
    return light_as_grey(measures.log_luminance(picture) - measures.log_luminance(guide))


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
    lights = _light_on(guide, picture), _light_on(guide, truth)
    found["light_distance"] = measures.texture_distance(*lights, mask, mask)
    found["pattern_fidelity"] = measures.pattern_fidelity(picture, guide, mask)
    return {name: [float(value) for value in values] for name, values in found.items()}
