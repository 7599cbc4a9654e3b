"""Takes the heads, necks and hands of people who wear the garment out of its mask."""

from __future__ import annotations

import cv2
import numpy as np

from gan.mask.faces import Face, find_faces
from gan.mask.grabcut import fill_small_holes, largest_components, run_grabcut

CUT_ROUNDS = 3
WIDEST_HEAD = 3.0  # widths of the face, hair included; a face printed on a shirt has more cloth beside it
ABOVE = (0.7, 1.3)  # heights of the face above its top, between which there is nothing over a head
MOST_ABOVE = 0.15  # share of that place that may be in the mask all the same
HEAD = (0.9, 0.95)  # half axes of a head with its hair, in widths and heights of the face
FACE = (0.45, 0.5)
HEAD_CENTRE = 0.35  # of the face's height below its top
NECK = 0.75  # heights of the face below the chin in which a neck may be
SKIN_DISTANCE = 2.5  # Mahalanobis, to the colours of the face's middle
SHADED_SKIN = 2.5  # how much further lightness may vary: hands and legs lie in other light
LEAST_SKIN_SPREAD = 5.0  # Lab units
MOST_LIKE_SKIN = 0.3  # share of the cloth in the skin's colour from which colours do not tell them apart
LEAST_LEFT = 0.15  # of the mask: where less is left, the garment was taken for a person


def without_people(garment: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a mask without the people in it.

    A face that has cloth all around it is a print and stays. With a real one GrabCut (Rother et al. 2004) cuts off its
    head, and what has the skin's colour, unless the cloth has that colour too.

    Args:
        garment: H×W×3 uint8 RGB.
        mask: H×W float32 of zeros and ones.
    """
    heads = [face for face in find_faces(garment) if _is_head(face, mask)]
    if not heads or not mask.any():
        return mask
    inside = mask > 0
    doubtful, certain = np.zeros(mask.shape, bool), np.zeros(mask.shape, bool)
    for face in heads:
        head = _ellipse(face, HEAD, mask.shape)
        certain |= _ellipse(face, FACE, mask.shape)
        doubtful |= head | _neck(face, mask.shape)
    for face in heads:
        skin = _has_skin_colour(garment, face)
        cloth = inside & ~doubtful
        if cloth.any() and float(skin[cloth].mean()) <= MOST_LIKE_SKIN:
            doubtful |= skin
    cut = _cut(garment, inside, doubtful, certain)
    if cut.sum() < LEAST_LEFT * inside.sum():
        return mask
    return fill_small_holes(largest_components(cut.astype(np.uint8))).astype(np.float32)


def _cut(garment: np.ndarray, inside: np.ndarray, doubtful: np.ndarray, certain: np.ndarray) -> np.ndarray:
    """Cut what is doubtful between the certain person and background, and the rest of the mask."""
    seeds = np.full(inside.shape, cv2.GC_BGD, np.uint8)
    seeds[inside] = cv2.GC_FGD
    seeds[inside & doubtful] = cv2.GC_PR_BGD
    seeds[certain] = cv2.GC_BGD
    return run_grabcut(garment, seeds, seed=0, iterations=CUT_ROUNDS) > 0


def _is_head(face: Face, mask: np.ndarray) -> bool:
    """Whether a face belongs to somebody and is not printed on the garment."""
    height, width = mask.shape
    row = int(np.clip(face.features[:2, 1].mean(), 0, height - 1))
    column = int(np.clip(face.left + face.width / 2, 0, width - 1))
    if _run_through(mask[row] > 0, column) > WIDEST_HEAD * face.width:
        return False
    top, bottom = (int(np.clip(face.top - share * face.height, 0, height)) for share in reversed(ABOVE))
    left, right = (int(np.clip(face.left + share * face.width, 0, width)) for share in (-0.25, 1.25))
    above = mask[top:bottom, left:right]
    return not above.size or float(above.mean()) <= MOST_ABOVE


def _run_through(line: np.ndarray, place: int) -> int:
    """Length of the stretch that is set around a place; 0 where it is not."""
    if not line[place]:
        return 0
    gaps = np.flatnonzero(~line)
    before, after = gaps[gaps < place], gaps[gaps > place]
    return int((after[0] if len(after) else len(line)) - (before[-1] if len(before) else -1) - 1)


def _ellipse(face: Face, half_axes: tuple[float, float], shape: tuple[int, ...]) -> np.ndarray:
    y, x = np.ogrid[: shape[0], : shape[1]]
    across = (x - face.left - face.width / 2) / (half_axes[0] * face.width)
    down = (y - face.top - HEAD_CENTRE * face.height) / (half_axes[1] * face.height)
    return np.asarray(across**2 + down**2 <= 1)


def _neck(face: Face, shape: tuple[int, ...]) -> np.ndarray:
    place = np.zeros(shape, bool)
    top, bottom = face.top + 0.5 * face.height, face.top + (1 + NECK) * face.height
    rows = slice(max(0, int(top)), max(0, int(bottom)))
    place[rows, max(0, int(face.left)) : max(0, int(face.left + face.width))] = True
    return place


def _has_skin_colour(garment: np.ndarray, face: Face) -> np.ndarray:
    """Which pixels are of the colours between the eyes and the mouth."""
    lab = cv2.cvtColor(garment, cv2.COLOR_RGB2LAB).astype(np.float32)
    low, high = face.features.min(0).astype(int), face.features.max(0).astype(int) + 1
    seen = lab[max(0, low[1]) : max(0, high[1]), max(0, low[0]) : max(0, high[0])].reshape(-1, 3)
    if len(seen) < 9:
        return np.zeros(lab.shape[:2], bool)
    spread = np.maximum(seen.std(0), LEAST_SKIN_SPREAD) * (SHADED_SKIN, 1.0, 1.0)
    return np.asarray(np.square((lab - np.median(seen, axis=0)) / spread).sum(2) <= SKIN_DISTANCE**2)
