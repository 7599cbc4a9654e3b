"""From a garment picture to its mask, and how sure that mask is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from gan.mask.fringe import add_fringe
from gan.mask.grabcut import agreement_mask, fill_small_holes, largest_components, plain_grabcut, seeded_grabcut
from gan.mask.people import without_people
from gan.mask.refine import refine_mask
from gan.pictures import shrink

Predictor = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
# These were chosen while looking at the labelled pictures of `tests/gan/mask/labels`.
DRAWING_SIZE = 448
UNSURE = 0.8
SURE = 0.78
SMALLEST_AREA, LARGEST_AREA = 0.02, 0.95
CLASSICAL_SIZE = 192
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GarmentMask:
    """Which pixels are garment.

    Attributes:
        alpha: H×W float32 in 0..1 at the garment's full resolution, in steps of 1/255.
        confidence: 0 to 1, the overlap with the true mask that is to be expected.
        doubt: one sentence for the designer when the mask should be looked at, else None.
    """

    alpha: np.ndarray
    confidence: float
    doubt: str | None


def find_mask(garment: np.ndarray) -> GarmentMask:
    """Find the garment in a picture.

    The shipped network looks at the picture as it is and mirrored, at a small size; GrabCut seeded by the mean
    redraws the edge, and a guided filter brings it to full resolution. Where the network's weights are missing,
    agreeing GrabCut runs stand in for it. People who wear the garment are no part of it.

    Args:
        garment: H×W×3 uint8 RGB.

    Returns:
        The mask at full resolution with its confidence.
    """
    plain, flipped = _predictor()(garment)
    probability = (plain + flipped) / 2
    small = shrink(garment, DRAWING_SIZE)
    seed = cv2.resize(probability, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    drawn = draw_edge(small, seed)
    alpha = _in_bytes(add_fringe(refine_mask(garment, without_people(small, drawn))))
    confidence = expected_overlap(probability) * soft_overlap(plain, flipped) * soft_overlap(seed, drawn)
    return GarmentMask(alpha, confidence, _doubt(float(alpha.mean()), confidence))


def _in_bytes(alpha: np.ndarray) -> np.ndarray:
    """Round to what an 8-bit mask file holds, so that the saved mask gives the same render again."""
    levels: np.ndarray = np.rint(alpha * np.float32(255))
    return levels / np.float32(255)


def draw_edge(garment: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Turn the network's blurred probability into a sharp mask that follows the picture's colours.

    Where the network itself is unsure, GrabCut without its help gets a third vote.

    Args:
        garment: H×W×3 uint8 RGB.
        probability: H×W float32 in 0..1.

    Returns:
        H×W float32 of zeros and ones, without clutter and small holes.
    """
    redrawn = seeded_grabcut(garment, probability)
    if expected_overlap(probability) < UNSURE:
        votes = redrawn + plain_grabcut(garment) + (probability > 0.5)
        redrawn = (votes >= 2).astype(np.uint8)
    return fill_small_holes(largest_components(redrawn)).astype(np.float32)


def expected_overlap(probability: np.ndarray) -> float:
    """Intersection over union with the truth that a probability promises when it is cut at one half."""
    inside = probability > 0.5
    union = float(inside.sum() + probability[~inside].sum())
    return float(probability[inside].sum() / union) if union > 0 else 0.0


def soft_overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Intersection over union of two probabilities."""
    union = float(np.maximum(first, second).sum())
    return float(np.minimum(first, second).sum() / union) if union > 0 else 0.0


@cache
def _predictor() -> Predictor:
    """Load the network once; torch is imported here so that mask edits and user masks do without it."""
    from gan.mask.predict import predict_both_ways
    from gan.mask.weights import SHIPPED, shipped_network

    if not SHIPPED.exists():
        logger.warning("no weights at %s: garments are found by GrabCut, which is slower and less sure", SHIPPED)
        return _classical
    return lambda garment: predict_both_ways(shipped_network(), garment)


def _classical(garment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    small = shrink(garment, CLASSICAL_SIZE)
    votes = agreement_mask(small)
    return votes, cv2.GaussianBlur(votes, (3, 3), 0)


def _doubt(area: float, confidence: float) -> str | None:
    if area < SMALLEST_AREA:
        return "I found hardly any garment in this picture; please check the mask or send your own."
    if area > LARGEST_AREA:
        return "I took nearly the whole picture for the garment; please check the mask or send your own."
    if confidence < SURE:
        return "I was not sure where the garment ends; please check the mask or send your own."
    return None
