"""Judging on held-out photos, through the very path that renders take; the right picture is not known."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan.data.masks import MaskSource
from gan.data.plain import measure_plainness
from gan.data.reviewed import NOT_PATTERNED
from gan.devices import Compute
from gan.evaluation import measures
from gan.evaluation.contestants import FLAT, GENERATOR, PEER, SHADED, UNCHANGED, to_tensor
from gan.evaluation.pairs import Scores
from gan.evaluation.peer import Peer, peer_available
from gan.evaluation.two_sample import classifier_accuracy, crops_inside, describe
from gan.guide import plan_variants, prepare_style
from gan.networks.perceptual import PerceptualFeatures, relative_error
from gan.pictures import read_picture, resize_picture, result_size
from gan.rendering.control_network import ControlNetwork
from gan.rendering.scene import MaskedGarment, Scene, load_garment
from gan.rendering.style_photo import NetworkReader
from gan.request import Mode, RenderError, RenderRequest

SIZE = 400
VARIANTS = 4
STYLES_TO_CHOOSE_FROM = 50
CROPS = 16
FEATURE_SIZE = 256


@dataclass(frozen=True)
class Shot:
    """One garment with one style and every contestant's picture of it.

    Attributes:
        garment: the photo with its mask.
        style: H×W×3 uint8.
        pictures: contestant → H×W×3 uint8.
        guides: contestant → H×W×3 uint8, the flat cloth that its picture was drawn from; who draws without one is
            judged beside the generator's.
        laid: H×W float32, 1 where the guides show cloth and 0 around it.
        variants: the generator's four variants.
        style_number: which of the styles.
    """

    garment: MaskedGarment
    style: np.ndarray
    pictures: dict[str, np.ndarray]
    guides: dict[str, np.ndarray]
    laid: np.ndarray
    variants: list[np.ndarray]
    style_number: int


def shoot(
    garments: list[Path], styles: list[Path], weights: Path, comparisons: Mapping[str, Path], compute: Compute
) -> tuple[list[Shot], Scores]:
    """Render each garment with one style by every contestant; returns the shots and the times taken.

    Only the first fifty styles are used: results are looked up among these.
    """
    styles = styles[:STYLES_TO_CHOOSE_FROM]
    networks = {SHADED: ControlNetwork(compute, None), GENERATOR: ControlNetwork(compute, weights)}
    networks |= {name: ControlNetwork(compute, file) for name, file in comparisons.items()}
    shots, times = [], defaultdict(list)
    for number, garment in enumerate(garments):
        chosen = number % len(styles)
        try:
            shot, seconds = _shoot_one(garment, styles[chosen], chosen, networks)
        except RenderError:
            continue  # A photo without a garment to be found says nothing about the generator.
        shots.append(shot)
        for name, value in seconds.items():
            times[name].append(value)
    return shots, {name: {"cpu_seconds": values} for name, values in times.items()}


@torch.no_grad()
def judge_photos(
    shots: list[Shot], styles: list[Path], real: list[MaskedGarment], backbone: PerceptualFeatures | None
) -> Scores:
    """Return every contestant's scores on the shots.

    Args:
        shots: what `shoot` returned.
        styles: the styles that the shots' numbers count in.
        real: photos of patterned garments, for the two-sample test.
        backbone: for retrieval, diversity and the two-sample test; None leaves them out.
    """
    scores: dict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for shot in shots:
        for name, picture in shot.pictures.items():
            guide = shot.guides.get(name, shot.guides[GENERATOR])
            for measure, value in _scores(shot, picture, guide).items():
                scores[name][measure].append(value)
        if backbone is not None:
            scores[GENERATOR]["diversity"].append(_diversity(shot, backbone))
    if backbone is not None and shots:
        _retrieve(shots, styles, backbone, scores)
        _tell_apart(shots, real, backbone, scores)
    return {name: dict(values) for name, values in scores.items()}


def patterned(garments: list[Path], masks: MaskSource, most: int) -> list[MaskedGarment]:
    """Return photos of garments that carry a pattern of their own: real counterparts of results."""
    found: list[MaskedGarment] = []
    for file in garments:
        photo = read_picture(file)
        picture = resize_picture(photo, result_size(photo, SIZE))
        alpha = resize_picture(masks(file, photo), (picture.shape[1], picture.shape[0]))
        if measure_plainness(picture, alpha).is_patterned and file.stem not in NOT_PATTERNED:
            mask = alpha.astype(np.float32) / 255
            found.append(MaskedGarment(picture, mask, mask, None))
        if len(found) == most:
            break
    return found


def _request(garment: Path, style: Path) -> RenderRequest:
    output = Path(tempfile.gettempdir())
    return RenderRequest(garment, style, output, variants=VARIANTS, mode=Mode.PRINT, size=SIZE)


def _shoot_one(
    garment_file: Path, style_file: Path, number: int, networks: dict[str, ControlNetwork]
) -> tuple[Shot, dict[str, float]]:
    request = _request(garment_file, style_file)
    garment, style = load_garment(request), read_picture(style_file)
    cloth = prepare_style(style, NetworkReader(networks[GENERATOR]))
    pictures: dict[str, np.ndarray] = {UNCHANGED: garment.picture}
    guides: dict[str, np.ndarray] = {}
    laid = np.zeros_like(garment.alpha)
    seconds: dict[str, float] = {}
    variants: list[np.ndarray] = []
    for name, network in networks.items():
        started = time.process_time()
        scene = Scene(garment, network)
        plans = plan_variants(cloth, scene.form, request)
        pictures[name] = scene.draw(cloth, plans[0], 1.0)
        seconds[name] = time.process_time() - started
        guides[name] = scene.guide(cloth, plans[0])
        laid[scene.window] = 1.0
        if name == GENERATOR:
            variants = [pictures[name], *(scene.draw(cloth, plan, 1.0) for plan in plans[1:])]
    alpha = garment.alpha[..., None]
    pictures[FLAT] = np.rint(alpha * guides[GENERATOR] + (1 - alpha) * garment.picture).astype(np.uint8)
    if peer_available():
        peer = Peer(style)
        started = time.process_time()
        pictures[PEER] = peer.stylise(garment.picture)
        seconds[PEER] = time.process_time() - started
    return Shot(garment, style, pictures, guides, laid, variants, number), seconds


def _scores(shot: Shot, picture: np.ndarray, guide_picture: np.ndarray) -> dict[str, float]:
    photo, alpha = to_tensor(shot.garment.picture), torch.from_numpy(shot.garment.alpha)[None, None]
    shown, guide = to_tensor(picture), to_tensor(guide_picture)
    light = measures.log_luminance(photo)
    laid = torch.from_numpy(shot.laid)[None, None]
    return {
        "style_distance": float(measures.texture_distance(shown, guide, alpha, laid)),
        "pattern_fidelity": float(measures.pattern_fidelity(shown, guide, alpha)),
        "fold_correlation": float(measures.fold_correlation(shown, light, guide, alpha)),
        "edge_agreement": float(measures.edge_agreement(shown, light, guide, alpha)),
        "old_print_left": float(measures.old_print_left(shown, photo, guide, alpha)),
        "background_difference": float(measures.background_difference(shown, photo, alpha)),
    }


def _diversity(shot: Shot, backbone: PerceptualFeatures) -> float:
    """Mean perceptual distance between the variants of one render."""
    variants = torch.cat([_small(to_tensor(variant)) for variant in shot.variants])
    mask = _small(torch.from_numpy(shot.garment.alpha)[None, None])
    features = backbone(variants, measures.JUDGING_LAYERS)
    distances = [
        float(relative_error(_chosen(features, one), _chosen(features, other), mask))
        for one, other in itertools.combinations(range(len(variants)), 2)
    ]
    return float(np.mean(distances)) if distances else float("nan")


def _small(picture: Tensor) -> Tensor:
    """Shrink to the size at which deep features are compared."""
    factor = min(1.0, FEATURE_SIZE / max(picture.shape[-2:]))
    size = [max(1, round(side * factor)) for side in picture.shape[-2:]]
    return torch.nn.functional.interpolate(picture, size=size, mode="area")


def _chosen(features: dict[str, Tensor], index: int) -> dict[str, Tensor]:
    return {name: value[index : index + 1] for name, value in features.items()}


def _retrieve(
    shots: list[Shot],
    styles: list[Path],
    backbone: PerceptualFeatures,
    scores: dict[str, defaultdict[str, list[float]]],
) -> None:
    """Is each picture nearest to its own style among fifty?"""
    codes = []
    for file in styles[:STYLES_TO_CHOOSE_FROM]:
        style = to_tensor(read_picture(file))
        codes.append(measures.style_descriptor(backbone, _small(style), torch.ones(1, 1, *style.shape[-2:])))
    gallery = torch.cat(codes)
    for shot in shots:
        mask = _small(torch.from_numpy(shot.garment.alpha)[None, None])
        for name, picture in shot.pictures.items():
            code = measures.style_descriptor(backbone, _small(to_tensor(picture)), mask)
            nearest = int((gallery @ code[0]).argmax())
            scores[name]["retrieval"].append(float(nearest == shot.style_number))


def _tell_apart(
    shots: list[Shot],
    real: list[MaskedGarment],
    backbone: PerceptualFeatures,
    scores: dict[str, defaultdict[str, list[float]]],
) -> None:
    real_codes, real_groups = _described([(g.picture, g.alpha) for g in real], backbone, 0)
    if not len(real_codes):
        return
    for name in shots[0].pictures:
        pictures = [(shot.pictures[name], shot.garment.alpha) for shot in shots]
        codes, groups = _described(pictures, backbone, len(real))
        if len(codes):
            scores[name]["told_from_photos"] = classifier_accuracy(real_codes, codes, real_groups, groups)


def _described(
    pictures: list[tuple[np.ndarray, np.ndarray]], backbone: PerceptualFeatures, first_group: int
) -> tuple[Tensor, list[int]]:
    codes, groups = [], []
    for number, (picture, alpha) in enumerate(pictures):
        crops = crops_inside(to_tensor(picture), torch.from_numpy(alpha)[None, None], CROPS, seed=number)
        if len(crops):
            codes.append(describe(backbone, crops))
            groups += [first_group + number] * len(crops)
    return (torch.cat(codes), groups) if codes else (torch.zeros(0, 1), groups)
