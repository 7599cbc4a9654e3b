"""Makes many pictures of one: mirrored, turned, printed, and with sleeves and legs laid against each other."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from gan.guide.parts.network import MIRRORED
from gan.guide.parts.pictures import LabelledPicture

CLOSED_SHARE = 0.4  # of the pictures with limbs that stand apart
WIDEST_CLOSED_GAP = 0.3  # of the picture's width
PRINTED_SHARE = 0.3
TURNED_SHARE = 0.06  # lie sideways or upside down: nothing shall be seen there
PRINT_LIGHT = (0.4, 2.2)  # of the garment's median: how dark and bright a fold under a print may be

Sample = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Picture, mask and parts, as in `LabelledPicture`."""


def vary(
    source: LabelledPicture, prints: list[np.ndarray], shape: tuple[int, int], rng: np.random.Generator
) -> LabelledPicture:
    """Return a new picture made of a labelled one, of the same weight.

    Args:
        source: the labelled picture.
        prints: square seamless patterns, RGB uint8.
        shape: height and width of what is returned.
        rng: decides everything.
    """
    picture, mask, parts, known = source.picture, source.mask, source.parts, source.known
    if rng.random() < CLOSED_SHARE:
        picture, mask, parts = _closed(picture, mask, parts, rng)
    if rng.random() < 0.5:
        picture, mask = picture[:, ::-1], mask[:, ::-1]
        parts, known = parts[MIRRORED, :, ::-1], known[list(MIRRORED)]
    if rng.random() < TURNED_SHARE:
        turns = int(rng.integers(1, 4))
        picture, mask = np.rot90(picture, turns), np.rot90(mask, turns)
        parts, known = np.zeros((len(parts), *mask.shape), bool), np.ones_like(known)
    if rng.random() < PRINTED_SHARE:
        picture = _printed(picture, mask, prints[rng.integers(len(prints))], rng)
    return LabelledPicture(*_warped(_recoloured(picture, rng), mask, parts, shape, rng), known, source.weight)


def _closed(picture: np.ndarray, mask: np.ndarray, parts: np.ndarray, rng: np.random.Generator) -> Sample:
    """Push limbs row by row against the body or each other, so that only a crease is left between them."""
    reach = rng.uniform(0.1, WIDEST_CLOSED_GAP) * mask.shape[1]
    out = picture.copy(), mask.copy(), parts.copy()
    for row in range(mask.shape[0]):
        runs = _runs(mask[row] > 0.5)
        gaps = [(end, start) for (_, end), (start, _) in pairwise(runs)]
        if not 1 <= len(gaps) <= 2 or any(start - end > reach for end, start in gaps):
            continue
        order = _pushed_columns(runs, mask.shape[1])
        out[0][row], out[1][row], out[2][:, row] = picture[row, order], mask[row, order], parts[:, row, order]
        shade = np.float32(rng.uniform(0.5, 1.0))
        for column in _joints(runs):
            out[0][row, column] = (out[0][row, column] * shade).astype(np.uint8)
            out[1][row, column - 1 : column + 1] = 1.0
    return out


def _runs(line: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(line.view(np.int8), prepend=0, append=0))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _kept_run(runs: list[tuple[int, int]]) -> int:
    """The run that stays where it is: the body between two sleeves, else the wider one."""
    return 1 if len(runs) == 3 else int(np.argmax([end - start for start, end in runs]))


def _pushed_columns(runs: list[tuple[int, int]], width: int) -> np.ndarray:
    """For every column where its pixel comes from once the gaps are closed."""
    columns = np.arange(width)
    kept = _kept_run(runs)
    left = sum(runs[index + 1][0] - runs[index][1] for index in range(kept))
    right = sum(runs[index + 1][0] - runs[index][1] for index in range(kept, len(runs) - 1))
    columns[: runs[kept][0]] -= left
    columns[runs[kept][1] :] += right
    return np.clip(columns, 0, width - 1)


def _joints(runs: list[tuple[int, int]]) -> list[int]:
    start, end = runs[_kept_run(runs)]
    return [column for column, exists in ((start, start > runs[0][0]), (end, end < runs[-1][1])) if exists]


def _printed(picture: np.ndarray, mask: np.ndarray, pattern: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Print a pattern on the garment that follows no part: what it draws is no seam."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) + 4
    shade = np.clip(light / np.median(light[mask > 0.5]), *PRINT_LIGHT)[..., None]
    side = int(rng.integers(40, 200))
    cloth = cv2.resize(pattern, (side, side), interpolation=cv2.INTER_AREA)
    repeats = [-(-(length + side) // side) for length in picture.shape[:2]]
    top, left = rng.integers(side, size=2)
    laid = np.tile(cloth, (*repeats, 1))[top : top + picture.shape[0], left : left + picture.shape[1]]
    share = np.float32(rng.uniform(0.4, 1.0))
    return np.clip(laid * shade * share + picture * (1 - share), 0, 255).astype(np.uint8)


def _recoloured(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other dyes, other light, other cameras."""
    values = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma, gain = np.exp(rng.normal(0, [[0.35], [0.2]], (2, 3)) * [[1], [0.7]]).astype(np.float32)
    gamma *= np.float32(np.exp(rng.normal(0, 0.3)))
    table = np.clip(values**gamma * gain * 255, 0, 255).astype(np.uint8)[None]
    toned = cv2.LUT(np.ascontiguousarray(picture[..., rng.permutation(3)]), table)
    if rng.random() < 0.3:
        toned = cv2.GaussianBlur(toned, (0, 0), rng.uniform(0.4, 1.2))
    noise = rng.normal(0, rng.uniform(0, 8), (*picture.shape[:2], 1))
    return np.clip(toned + noise, 0, 255).astype(np.uint8)


def _warped(
    picture: np.ndarray, mask: np.ndarray, parts: np.ndarray, shape: tuple[int, int], rng: np.random.Generator
) -> Sample:
    """Turn, scale and shear; sometimes the mask has grown or lost an edge."""
    height, width = mask.shape
    turn, shear = np.radians(rng.normal(0, 7)), rng.normal(0, 0.06)
    scale = rng.uniform(0.85, 1.12) * min(shape[1] / width, shape[0] / height)
    turned = np.array([[np.cos(turn), -np.sin(turn) + shear], [np.sin(turn), np.cos(turn)]]) * scale
    stretch = np.diag([1.0, np.exp(rng.normal(0, 0.08))])
    turned = stretch @ turned
    shift = np.array(shape[::-1]) / 2 * (1 + rng.normal(0, 0.04, 2)) - turned @ [width / 2, height / 2]
    matrix = np.column_stack([turned, shift])
    if rng.random() < 0.3:
        kernel = np.ones((3, 3), np.uint8)
        mask = cv2.erode(mask, kernel) if rng.random() < 0.5 else cv2.dilate(mask, kernel)
    size = shape[::-1]
    stack = cv2.warpAffine(np.ascontiguousarray(np.moveaxis(parts, 0, -1)).view(np.uint8) * 255, matrix, size)
    return (
        cv2.warpAffine(np.ascontiguousarray(picture), matrix, size, borderMode=cv2.BORDER_REPLICATE),
        cv2.warpAffine(np.ascontiguousarray(mask), matrix, size),
        np.moveaxis(stack, -1, 0) > 127,
    )
