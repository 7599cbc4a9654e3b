"""Classical masks: GrabCut from a border colour model and a centre prior.

They teach the network, stand in where its weights are missing, and are the baseline it is measured by.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np

from gan.boxes import Box, mask_box
from gan.mask.colours import colour_bins, likelihood_ratio
from gan.pictures import shrink

WORKING_SIZE = 256
ITERATIONS = 4
CLUSTERS = 4
# A component smaller than this part of the largest is clutter.
SMALLEST_COMPONENT = 0.15
# A hole smaller than this part of the garment is closed.
LARGEST_HOLE = 0.004
# A probability beyond this is left alone when GrabCut redraws an edge.
SURELY = 0.97
# What colours say beside the probability where that is not certain, and over how much of the long side they are
# averaged to either side. Chosen while looking at the labelled pictures of `tests/gan/mask/labels`.
COLOUR_WEIGHT = 0.5
COLOUR_REACH = 0.0066
LARGEST_RATIO = 3.0
CLEAREST = 0.98
# Fewer certain pixels make no histogram.
COLOUR_SAMPLES = 200
# Pixels of either side that the redrawing's colour mixtures are made from, likewise.
MIXTURE_SAMPLES = 2000
# Room, as a part of the long side, around what a redrawing can change.
CUT_MARGIN = 0.07
# Border pixels that the colour clusters are made from; more of them change nothing but the time.
BORDER_SAMPLES = 600


@dataclass(frozen=True, slots=True)
class Start:
    """How one GrabCut run begins.

    Attributes:
        border: width of the frame that is surely background, in parts of the short side.
        seed: of the colour clusters.
        spread: width of the centre prior in half picture sizes; None starts from the bare rectangle.
    """

    border: float
    seed: int
    spread: float | None


STARTS = (Start(0.03, 1, 0.55), Start(0.05, 2, 0.7), Start(0.03, 3, None))
PLAIN = Start(0.03, 1, None)


def agreement_mask(garment: np.ndarray, starts: tuple[Start, ...] = STARTS, size: int = WORKING_SIZE) -> np.ndarray:
    """Average GrabCut runs from several starts.

    Args:
        garment: H×W×3 uint8 RGB.
        starts: the runs.
        size: long side at which they run.

    Returns:
        H×W float32 in 0..1 at the picture's size: the part of the runs that call a pixel garment.
    """
    height, width = garment.shape[:2]
    small = shrink(garment, size)
    votes = np.stack([grabcut_mask(small, start) for start in starts]).mean(axis=0).astype(np.float32)
    return cv2.resize(votes, (width, height), interpolation=cv2.INTER_LINEAR)


def plain_grabcut(garment: np.ndarray) -> np.ndarray:
    """GrabCut as tutorials run it, from a rectangle just inside the border; the baseline of every report.

    Args:
        garment: H×W×3 uint8 RGB.

    Returns:
        H×W float32 of zeros and ones.
    """
    return (agreement_mask(garment, (PLAIN,)) > 0.5).astype(np.float32)


def grabcut_mask(garment: np.ndarray, start: Start) -> np.ndarray:
    """Run GrabCut once (Rother, Kolmogorov and Blake 2004).

    Pixels that look unlike the border, weighted by nearness to the centre, begin as garment; without a
    centre prior everything inside the border does.

    Args:
        garment: H×W×3 uint8 RGB, best at most 300 pixels long.
        start: border, seed and prior of this run.

    Returns:
        H×W uint8 of zeros and ones.
    """
    labels = np.full(garment.shape[:2], cv2.GC_PR_FGD, np.uint8)
    if start.spread is not None:
        evidence = border_distance(garment, start) * centre_prior(garment.shape[:2], start.spread)
        labels[evidence <= np.median(evidence)] = cv2.GC_PR_BGD
    _mark_border(labels, start.border)
    return largest_components(run_grabcut(garment, labels, start.seed))


def seeded_grabcut(garment: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Let GrabCut redraw the edge of a probability: what is certain stays, the colours decide the rest.

    GrabCut keeps much of how it begins. So what is not certain begins as what the colours of the certain parts
    make of it: a strap in the garment's colour comes in, ground that shows between trouser legs stays out.

    Args:
        garment: H×W×3 uint8 RGB.
        probability: H×W float32 in 0..1.

    Returns:
        H×W uint8 of zeros and ones.
    """
    labels = np.where(_begins_as_garment(garment, probability), cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[probability > SURELY] = cv2.GC_FGD
    labels[probability < 1 - SURELY] = cv2.GC_BGD
    return _cut_once(garment, labels)


def _begins_as_garment(garment: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Weigh a probability with the likelihood of each pixel's colour, boolean H×W."""
    inside, outside = probability > SURELY, probability < 1 - SURELY
    if min(inside.sum(), outside.sum()) < COLOUR_SAMPLES:
        return np.asarray(probability > 0.5)
    ratio = likelihood_ratio(colour_bins(garment), inside, outside)
    side = 2 * round(COLOUR_REACH * max(garment.shape)) + 1
    ratio = cv2.blur(np.clip(ratio, -LARGEST_RATIO, LARGEST_RATIO), (side, side))
    certain = np.clip(probability, 1 - CLEAREST, CLEAREST)
    return np.asarray(np.log(certain / (1 - certain)) + COLOUR_WEIGHT * ratio > 0)


def border_distance(garment: np.ndarray, start: Start) -> np.ndarray:
    """Distance in CIELAB from each pixel to the nearest of the border's main colours, H×W float32."""
    lab = cv2.cvtColor(garment, cv2.COLOR_RGB2LAB).astype(np.float32)
    frame = np.zeros(garment.shape[:2], np.uint8)
    _mark_border(frame, max(start.border, 0.04), inner=1, outer=0)
    samples = lab[frame == 0]
    samples = np.ascontiguousarray(samples[:: max(1, len(samples) // BORDER_SAMPLES)])
    cv2.setRNGSeed(start.seed)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    count = min(CLUSTERS, len(samples))
    labels = np.empty((len(samples), 1), np.int32)
    _, _, centres = cv2.kmeans(samples, count, labels, criteria, 1, cv2.KMEANS_PP_CENTERS)
    # OpenCV's loops beat a matrix product with three columns.
    squared = [cv2.transform((lab - centre) ** 2, np.ones((1, 3), np.float32)) for centre in centres]
    return np.sqrt(np.minimum.reduce(squared))


def centre_prior(shape: tuple[int, int], spread: float) -> np.ndarray:
    """A Gaussian bump over the middle of the picture; `spread` is its deviation in half picture sizes."""
    rows = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] if shape[0] > 1 else np.zeros((1, 1), np.float32)
    columns = np.linspace(-1, 1, shape[1], dtype=np.float32)[None] if shape[1] > 1 else np.zeros((1, 1), np.float32)
    return np.exp(-(rows**2 + columns**2) / (2 * spread**2))


def largest_components(mask: np.ndarray) -> np.ndarray:
    """Keep the largest connected component and those not much smaller; uint8 of zeros and ones."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask.astype(np.uint8)
    areas = statistics[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = areas >= SMALLEST_COMPONENT * areas.max()
    kept[0] = False
    return kept[labels].astype(np.uint8)


def fill_small_holes(mask: np.ndarray) -> np.ndarray:
    """Fill holes that are too small to be the gap under an arm: buttons, labels, prints; uint8 of zeros and ones."""
    filled = mask.astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(1 - filled, connectivity=4)
    small = statistics[:, cv2.CC_STAT_AREA] < LARGEST_HOLE * filled.sum()
    if count > 1:
        small[0] = False
        filled[small[labels]] = 1
    return filled


def _mark_border(labels: np.ndarray, share: float, inner: int | None = None, outer: int = cv2.GC_BGD) -> None:
    """Write `outer` into the frame of the picture in place, and `inner` inside it when given."""
    if inner is not None:
        labels[:] = inner
    width = max(1, round(share * min(labels.shape)))
    labels[:width] = labels[-width:] = outer
    labels[:, :width] = labels[:, -width:] = outer


def run_grabcut(garment: np.ndarray, labels: np.ndarray, seed: int, iterations: int = ITERATIONS) -> np.ndarray:
    """Run GrabCut from labels of garment and background (OpenCV's `GC_…`), which it changes.

    Args:
        garment: H×W×3 uint8 RGB.
        labels: H×W uint8.
        seed: of the colour clusters.
        iterations: how often colours are learned and the edge is cut.

    Returns:
        H×W uint8 of zeros and ones; as the labels had it where GrabCut cannot run.
    """
    begun = _is_garment(labels)
    if begun.any() and not begun.all():
        with suppress(cv2.error):  # Its Gaussian mixtures need more samples than tiny or one-coloured pictures have.
            _grabcut(garment, labels, _no_mixtures(), seed, iterations, cv2.GC_INIT_WITH_MASK)
            return _is_garment(labels)
    return begun


def _cut_once(garment: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cut labels, which it changes, along the edges once, with colour mixtures made from a part of the pixels.

    A probability is a far better start than a rectangle: its mixtures are right at once, and clustering all pixels
    for them would take most of the time.
    """
    begun = _is_garment(labels)
    if begun.any() and not begun.all():
        chosen = np.concatenate([_spread(np.flatnonzero(begun.ravel() == side)) for side in (0, 1)])
        sample, sides = garment.reshape(1, -1, 3)[:, chosen], begun.reshape(1, -1)[:, chosen]
        with suppress(cv2.error):
            mixtures = _no_mixtures()
            _grabcut(sample, sides, mixtures, seed=1, iterations=0, mode=cv2.GC_INIT_WITH_MASK)
            window = _undecided_window(labels)
            cut = np.ascontiguousarray(labels[window])
            _grabcut(garment[window], cut, mixtures, seed=1, iterations=1, mode=cv2.GC_EVAL_FREEZE_MODEL)
            labels[window] = cut
            return _is_garment(labels)
    return begun


def _undecided_window(labels: np.ndarray) -> Box:
    """The rows and columns that a cut can change, and a margin: far background only costs time.

    The margin is wide, as GrabCut measures edges against the mean contrast of all that it sees.
    """
    return mask_box(labels != cv2.GC_BGD, margin=round(CUT_MARGIN * max(labels.shape)))


def _spread(places: np.ndarray) -> np.ndarray:
    """Return about `MIXTURE_SAMPLES` of some places, evenly spread, or all where they are fewer."""
    return places[:: max(1, len(places) // MIXTURE_SAMPLES)]


def _no_mixtures() -> tuple[np.ndarray, np.ndarray]:
    """Return OpenCV's memory of two Gaussian mixtures, of the background and of the garment, empty."""
    return np.zeros((1, 65)), np.zeros((1, 65))


def _grabcut(
    garment: np.ndarray,
    labels: np.ndarray,
    mixtures: tuple[np.ndarray, np.ndarray],
    seed: int,
    iterations: int,
    mode: int,
) -> None:
    cv2.setRNGSeed(seed)
    cv2.grabCut(cv2.cvtColor(garment, cv2.COLOR_RGB2BGR), labels, (0, 0, 1, 1), *mixtures, iterations, mode)


def _is_garment(labels: np.ndarray) -> np.ndarray:
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
