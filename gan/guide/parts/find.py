"""Finds the parts of a garment that the picture shows, as the part network sees them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from gan.guide.limbs import Limb
from gan.guide.parts.grain import collar_turn, leg_axis, sleeve_axis
from gan.guide.parts.leaves import FINER, crisp_leaf
from gan.guide.parts.view import cut_out, view_inputs

logger = logging.getLogger(__name__)

SLEEVES, LEGS, COLLARS, HOOD = (0, 1), (2, 3), (4, 5), 6
"""The parts' places among the network's answers, as `gan.guide.parts.network.PARTS` names them."""
LIKELY = 0.5
UNDECIDED = (0.2, 0.8)
"""Probabilities between no and yes."""
LEAST_PAIR = 0.3
"""Of the larger partner's area."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What must hold of a part for it to be believed.

    Attributes:
        area: least and most of the garment's area.
        sure: least mean probability inside the part.
        vaguest: most pixels that are `UNDECIDED` against those of the part.
    """

    area: tuple[float, float]
    sure: float
    vaguest: float


# The collars' limits were chosen on the held-out pictures whose figures are in `weights/PARTS_MODEL_CARD.md`.
_SLEEVE = Limits(area=(0.012, 0.3), sure=0.8, vaguest=0.45)
_LEG = Limits(area=(0.2, 0.62), sure=0.85, vaguest=0.35)
_COLLAR = Limits(area=(0.0085, 0.14), sure=0.82, vaguest=0.9)  # round necklines are seen as leaves that are smaller
_HOOD = Limits(area=(0.03, 0.4), sure=0.8, vaguest=0.5)
LIMITS = (_SLEEVE, _SLEEVE, _LEG, _LEG, _COLLAR, _COLLAR, _HOOD)
LONE_SLEEVE = Limits(area=_SLEEVE.area, sure=0.93, vaguest=0.3)

Predictor = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found, the pieces that lie above others last.

    Attributes:
        sleeves: none, one or two.
        legs: none or both.
        trims: hood and collar leaves.
    """

    sleeves: tuple[Limb, ...] = ()
    legs: tuple[Limb, ...] = ()
    trims: tuple[Limb, ...] = ()


def find_parts(garment: np.ndarray, mask: np.ndarray) -> Parts:
    """Return the parts that are seen clearly; none where the network's weights are missing.

    Args:
        garment: H×W×3 RGB uint8.
        mask: h×w float32 in 0..1, reduced; the parts' masks have its size, those of collar leaves FINER times it.
    """
    predict = _predictor()
    if predict is None:
        return Parts()
    parts = believed_parts(part_probabilities(predict, garment, mask), mask > 0.5)
    return replace(parts, trims=_crisp(parts.trims, garment, mask.shape))


def _crisp(trims: tuple[Limb, ...], garment: np.ndarray, size: tuple[int, ...]) -> tuple[Limb, ...]:
    """Collar leaves with sharp outlines; a hood is round and stays as it is."""
    if not any(limb.side for limb in trims):
        return trims
    grey = cv2.cvtColor(garment, cv2.COLOR_RGB2GRAY)
    method = cv2.INTER_AREA if grey.shape[0] > size[0] * FINER else cv2.INTER_LINEAR
    grey = cv2.resize(grey, (size[1] * FINER, size[0] * FINER), interpolation=method)
    light = cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.float32)
    return tuple(replace(limb, mask=crisp_leaf(limb.mask, light)) if limb.side else limb for limb in trims)


def part_probabilities(predict: Predictor, garment: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return every part's probability, 7×h×w float32 at the mask's size; nothing of parts that are nowhere likely."""
    picture, small, box = cut_out(garment, mask)
    size = mask[box].shape[::-1]
    seen = predict(view_inputs(picture, small))
    probabilities = np.zeros((len(seen), *mask.shape), np.float32)
    for whole, plane in zip(probabilities, seen, strict=True):
        if plane.max() > LIKELY:
            whole[box] = cv2.resize(plane, size)
    return probabilities


def believed_parts(probabilities: np.ndarray, inside: np.ndarray) -> Parts:
    """Keep of the probabilities what is certain, of a sensible size, and symmetrical where it must be.

    Args:
        probabilities: 7×h×w float32.
        inside: h×w bool, the garment.
    """
    best = probabilities.argmax(axis=0)
    found = [
        _piece(probability, (best == index) & inside, inside, limits)
        for index, (probability, limits) in enumerate(zip(probabilities, LIMITS, strict=True))
    ]
    sleeves = [(piece, index) for index in SLEEVES if (piece := found[index]) is not None]
    if len(sleeves) == 1 and not _is_clear(probabilities[sleeves[0][1]], sleeves[0][0], inside, LONE_SLEEVE):
        sleeves = []
    rest = inside & ~np.any([piece for piece, _ in sleeves], axis=0) if sleeves else inside
    legs, collars = _pair(found, LEGS), _pair(found, COLLARS)
    trims = [] if (hood := found[HOOD]) is None else [Limb(hood, 0.0)]
    if collars:
        turn = collar_turn(*collars)
        trims += [Limb(collars[0], -turn, side=-1), Limb(collars[1], turn, side=1)]
    return Parts(
        tuple(Limb(piece, sleeve_axis(piece, rest), side=2 * index - 1) for piece, index in sleeves),
        tuple(Limb(piece, leg_axis(piece)) for piece in legs),
        tuple(trims),
    )


def _piece(probability: np.ndarray, chosen: np.ndarray, inside: np.ndarray, limits: Limits) -> np.ndarray | None:
    """The part's largest connected piece, if it can be believed."""
    likely = chosen & (probability > LIKELY)
    if not likely.any():
        return None
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(likely.view(np.uint8))
    largest = 1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax())
    least, most = limits.area
    sized = least <= statistics[largest, cv2.CC_STAT_AREA] / np.count_nonzero(inside) <= most
    piece = labels == largest
    return piece if sized and _is_clear(probability, piece, inside, limits) else None


def _is_clear(probability: np.ndarray, piece: np.ndarray, inside: np.ndarray, limits: Limits) -> bool:
    """Whether the network is certain within a piece and seldom undecided around it."""
    undecided = np.count_nonzero((probability > UNDECIDED[0]) & (probability < UNDECIDED[1]) & inside)
    return bool(probability[piece].mean() >= limits.sure and undecided <= limits.vaguest * np.count_nonzero(piece))


def _pair(found: list[np.ndarray | None], indices: tuple[int, int]) -> list[np.ndarray]:
    first, second = (found[index] for index in indices)
    if first is None or second is None:
        return []
    smaller, larger = sorted((np.count_nonzero(first), np.count_nonzero(second)))
    return [first, second] if smaller >= LEAST_PAIR * larger else []


@cache
def _predictor() -> Predictor | None:
    # Imported here, so that importing the guides does not load PyTorch.
    import torch

    from gan.guide.parts.network import SHIPPED, load_network
    from gan.mask.network import fused

    if not SHIPPED.exists():
        logger.warning("no weights at %s: sleeves and legs are read from the outline alone", SHIPPED)
        return None
    network = fused(load_network())

    def predict(inputs: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            batch = torch.from_numpy(inputs[None]).contiguous(memory_format=torch.channels_last)
            probabilities: np.ndarray = torch.sigmoid(network(batch))[0].contiguous().numpy()
            return probabilities

    return predict
