"""`restyle evaluate`: every contestant on held-out pictures, as figures and as contact sheets."""

from __future__ import annotations

import logging
import random
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan.data.dataset import Batch
from gan.data.masks import mask_source
from gan.data.pack import HELD_OUT_DRAWN, Pack, open_pack
from gan.data.prints import BOLD, WORN, PrintMix
from gan.devices import choose_compute
from gan.evaluation.bootstrap import Figure
from gan.evaluation.contestants import GATYS, TRUTH, contestants, gatys, to_bytes
from gan.evaluation.pairs import Scores, judge_pairs, printed_pairs, tell_light_apart
from gan.evaluation.photos import judge_photos, patterned, shoot
from gan.evaluation.report import contact_sheet, differences, summarise, write_report
from gan.networks.perceptual import PerceptualFeatures, load_perceptual
from gan.picture_folders import list_pictures
from gan.request import RenderError
from gan.shipped import GENERATOR

PAIRS, WORN_PAIRS = "Held-out pseudo-pairs", "Held-out pseudo-pairs, prints as they are worn"
PHOTOS = "Held-out photos"
DIFFERENCES = "{}: the generator less each other, picture by picture"
SHOWN_PAIRS = 12
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EvaluationOptions:
    """What is evaluated, on what, and how much of it.

    Attributes:
        garments: folder of garment photos.
        styles: folder of style pictures.
        out: folder for the report.
        masks: folder of ready-made masks for the pseudo-pairs, or None.
        cache: folder for decoded pictures; None is `out`/cache.
        weights: of the generator.
        comparisons: other weights of the generator by name, such as those without or with discriminators.
        perceptual: backbone of the perceptual measures; they are left out where it cannot be had.
        pairs: pseudo-pairs judged.
        photos: photos judged.
        gatys: pseudo-pairs on which Gatys's optimisation runs.
        device: "auto", "cpu" …
        seed: of the choice of photos.
    """

    garments: Path
    styles: Path
    out: Path
    masks: Path | None = None
    cache: Path | None = None
    weights: Path = GENERATOR
    comparisons: Mapping[str, Path] = field(default_factory=dict)
    perceptual: str = "hed"
    pairs: int = 48
    photos: int = 40
    gatys: int = 2
    device: str = "auto"
    seed: int = 0


def evaluate(options: EvaluationOptions) -> dict[str, Any]:
    """Judge all contestants and write the report; returns the tables as JSON-ready values.

    Raises:
        RenderError: a folder or the weights are unusable.
    """
    if not options.weights.is_file():
        raise RenderError(f"There are no weights “{options.weights}” to evaluate.")
    backbone = _backbone(options.perceptual)
    cache = options.cache or options.out / "cache"
    masks = mask_source(options.masks)
    pack = open_pack(options.garments, options.styles, masks, cache, held_out=True, drawn=HELD_OUT_DRAWN)
    pair_scores, pair_sheet = _on_pairs(options, pack, BOLD, options.gatys, backbone)
    worn_scores, worn_sheet = _on_pairs(options, pack, WORN, 0, backbone)
    photo_scores, photo_sheets = _on_photos(options, backbone)
    about = {
        "weights": options.weights.name,
        "pseudo-pairs": options.pairs,
        "photos": options.photos,
        "perceptual measures": options.perceptual if backbone else "left out",
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    tables: dict[str, Table] = {}
    for title, scores in {PAIRS: pair_scores, WORN_PAIRS: worn_scores, PHOTOS: photo_scores}.items():
        tables[title] = summarise(scores)
        tables[DIFFERENCES.format(title)] = differences(scores)
    page = write_report(options.out, tables, {PAIRS: pair_sheet, WORN_PAIRS: worn_sheet, **photo_sheets}, about)
    return {"report": str(page), "about": about, "tables": _means(tables)}


Table = dict[str, dict[str, Figure | None]]


def _on_pairs(
    options: EvaluationOptions, pack: Pack, mix: PrintMix, gatys_pairs: int, backbone: PerceptualFeatures | None
) -> tuple[Scores, np.ndarray]:
    batch = printed_pairs(pack, options.pairs, mix)
    compared = contestants(options.weights, options.comparisons, choose_compute(options.device, 1))
    scores, shown = judge_pairs(compared, batch, backbone)
    if backbone is not None:
        for name, told in tell_light_apart(shown, batch, backbone, TRUTH).items():
            scores[name] |= told
    if backbone is not None and gatys_pairs:
        few: Batch = {name: value[:gatys_pairs] for name, value in batch.items()}
        scores |= judge_pairs({GATYS: gatys(backbone)}, few, backbone)[0]
    names = list(shown)
    rows = [
        [to_bytes(batch["garment"][index]), *(to_bytes(shown[name][index]) for name in names)]
        for index in range(min(SHOWN_PAIRS, options.pairs))
    ]
    log.info("columns of the pair sheet: garment, %s", ", ".join(names))
    return scores, contact_sheet(rows)


def _on_photos(options: EvaluationOptions, backbone: PerceptualFeatures | None) -> tuple[Scores, dict[str, np.ndarray]]:
    garments = list_pictures(options.garments, held_out=True)
    styles = list_pictures(options.styles, held_out=True)
    shuffler = random.Random(options.seed)
    shuffler.shuffle(garments)
    shuffler.shuffle(styles)
    compute = choose_compute(options.device, 1)
    torch.set_num_threads(1)
    shots, times = shoot(garments[: options.photos], styles, options.weights, options.comparisons, compute)
    if not shots:
        raise RenderError("No garment was found in any of the held-out photos.")
    candidates = list_pictures(options.garments, held_out=False)
    shuffler.shuffle(candidates)
    real = patterned(candidates, mask_source(options.masks), options.photos) if backbone else []
    scores = judge_photos(shots, styles, real, backbone)
    for name, values in times.items():
        scores[name] |= values
    names = list(shots[0].pictures)
    rows = [[shot.style, *(shot.pictures[name] for name in names)] for shot in shots]
    title = "Photos: style, " + ", ".join(names)
    variants = [[shot.style, shot.garment.picture, *shot.variants] for shot in shots]
    return scores, {title: contact_sheet(rows), "Four variants of each": contact_sheet(variants)}


def _backbone(choice: str) -> PerceptualFeatures | None:
    try:
        return load_perceptual(choice)
    except RenderError as error:
        log.warning("Perceptual measures are left out: %s", error)
        return None


def _means(tables: dict[str, Table]) -> dict[str, Any]:
    return {
        title: {
            name: {key: [round(f.mean, 4), round(f.low, 4), round(f.high, 4)] for key, f in row.items() if f}
            for name, row in table.items()
        }
        for title, table in tables.items()
    }
