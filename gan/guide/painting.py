"""`paint`: the style's strokes scattered over the garment, guided by its light and shape but not by the style's layout.

Texture transfer after Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001: each block
is a patch of the style whose lightness corresponds to the garment's at that place, that fits its neighbours, and whose
strokes run along the cloth; blocks are joined by minimal cuts. Blocks are chosen in a reduced picture, in which a block
measures `BLOCK` pixels, and pasted at full size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import lab_planes
from gan.guide.cloth import StyleCloth
from gan.guide.form import GarmentForm
from gan.guide.minimal_cut import minimal_cuts

BLOCK, OVERLAP, STRIDE, CELLS = 12, 4, 4, 4  # reduced pixels; a block's lightness is compared in CELLS × CELLS means
STEP = BLOCK - OVERLAP
BLOCKS_ACROSS_GARMENT = 8.0
BLOCKS_ACROSS_STYLE = 7.0
SHORTLIST = 28  # patches with the best lightness, among which the best fit to the neighbours is taken
LIGHT_WEIGHT, DIRECTION_WEIGHT, REUSE_WEIGHT = 1.0, 0.8, 0.25
MISFIT_SCALE = 200.0  # squared Lab units that weigh as much as one squared deviation of lightness
WANDER = 0.7  # how far the wanted lightness strays from the garment's, in deviations: plain cloth gets all tones
_QUARTER_TURNS = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)


@dataclass(frozen=True, slots=True)
class _Bank:
    """Every patch the style offers, in four quarter turns.

    Attributes:
        patches: N×BLOCK×BLOCK×3 float32 Lab.
        before: left and upper overlap of every patch, N×2×(OVERLAP·BLOCK·3).
        after: right and lower overlap of every patch, in the same shape.
        light: N×CELLS² float32 normalised lightness.
        direction: N×2 float32 stroke direction as (cos 2θ, sin 2θ), its length the strokes' coherence.
        origin: N×3 int (quarter turns, y, x) in reduced pixels.
        turned: the style in each quarter turn at full size, uint8.
        factor: full-size pixels per reduced pixel.
    """

    patches: np.ndarray
    before: np.ndarray
    after: np.ndarray
    light: np.ndarray
    direction: np.ndarray
    origin: np.ndarray
    turned: list[np.ndarray]
    factor: float


def lay_paint(cloth: StyleCloth, form: GarmentForm, scale: float, angle: float, seed: int) -> np.ndarray:
    """Return the style's strokes over the garment, H×W×3 uint8.

    Args:
        cloth: the prepared style.
        form: the garment.
        scale: stroke size as a factor of the default.
        angle: degrees the strokes are turned against the cloth's direction, clockwise.
        seed: decides which patches are taken.
    """
    rng = np.random.default_rng(seed)
    block = float(np.clip(form.width / BLOCKS_ACROSS_GARMENT * scale, 8, 0.6 * max(form.size)))
    bank = _patch_bank(cloth, block)
    rows, columns = (max(1, -(-int(np.ceil(side / bank.factor - OVERLAP)) // STEP)) for side in form.size)
    light, wanted = _targets(form, rows, columns, rng, angle)
    covered = _covered(form, rows, columns)
    choice = _chosen(bank, light, wanted, covered, rng)
    return _pasted(cloth, form, bank, choice)


def _patch_bank(cloth: StyleCloth, block: float) -> _Bank:
    """Cut the style into overlapping patches; `block` is a block's side in full-size pixels."""
    side = float(np.sqrt(cloth.picture.shape[0] * cloth.picture.shape[1]))
    zoom = block * BLOCKS_ACROSS_STYLE / side
    factor = block / BLOCK
    size = [max(BLOCK + 1, round(edge * zoom / factor)) for edge in cloth.picture.shape[1::-1]]
    full_size = [int(np.ceil(edge * factor)) for edge in size]
    enlarges = full_size[0] > cloth.fine.shape[1]
    full = cv2.resize(cloth.fine, full_size, interpolation=cv2.INTER_CUBIC if enlarges else cv2.INTER_AREA)
    reduced = lab_planes(cv2.resize(cloth.picture, size, interpolation=cv2.INTER_AREA))
    parts = [_patches(np.ascontiguousarray(np.rot90(reduced, -turn)), turn) for turn in range(4)]
    patches, direction, origin = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    cell = BLOCK // CELLS
    light = patches[..., 0].reshape(-1, CELLS, cell, CELLS, cell).mean((2, 4)).reshape(-1, CELLS * CELLS)
    light = (light - light.mean()) / max(float(light.std()), 2.0)
    turned = [full, *(cv2.rotate(full, turn) for turn in _QUARTER_TURNS)]
    before = _strips(patches[:, :, :OVERLAP], patches[:, :OVERLAP])
    after = _strips(patches[:, :, -OVERLAP:], patches[:, -OVERLAP:])
    return _Bank(patches, before, after, light, direction, origin, turned, factor)


def _strips(beside: np.ndarray, above: np.ndarray) -> np.ndarray:
    return np.stack([strip.reshape(len(strip), -1) for strip in (beside, above)], 1)


def _patches(reduced: np.ndarray, turn: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    windows = np.lib.stride_tricks.sliding_window_view(reduced, (BLOCK, BLOCK), axis=(0, 1))[::STRIDE, ::STRIDE]
    rows, columns = windows.shape[:2]
    patches = windows.transpose(0, 1, 3, 4, 2).reshape(-1, BLOCK, BLOCK, 3)
    across, down = cv2.Scharr(reduced[..., 0], cv2.CV_32F, 1, 0), cv2.Scharr(reduced[..., 0], cv2.CV_32F, 0, 1)
    tensor = np.stack([down * down - across * across, -2 * across * down, across * across + down * down], -1)
    smooth = cv2.blur(tensor, (BLOCK, BLOCK))[BLOCK // 2 :: STRIDE, BLOCK // 2 :: STRIDE][:rows, :columns]
    direction = (smooth[..., :2] / (smooth[..., 2:] + 1e-3)).reshape(-1, 2)
    y, x = np.mgrid[0 : rows * STRIDE : STRIDE, 0 : columns * STRIDE : STRIDE]
    origin = np.stack([np.full(y.size, turn), y.ravel(), x.ravel()], -1)
    return patches, direction, origin


def _targets(
    form: GarmentForm, rows: int, columns: int, rng: np.random.Generator, angle: float
) -> tuple[np.ndarray, np.ndarray]:
    """Wanted lightness (rows×columns×CELLS²) and stroke direction (rows×columns×2) of every block."""
    high, wide = rows * STEP + OVERLAP, columns * STEP + OVERLAP
    light = cv2.resize(form.light, (wide, high), interpolation=cv2.INTER_AREA)
    stray = cv2.resize(rng.standard_normal((rows // 3 + 2, columns // 3 + 2)).astype(np.float32), (wide, high))
    cells = cv2.blur(light + np.float32(WANDER) * stray, (BLOCK // CELLS,) * 2)
    offsets = np.arange(CELLS) * (BLOCK // CELLS) + BLOCK // CELLS // 2
    y = np.arange(rows)[:, None, None, None] * STEP + offsets[:, None]
    x = np.arange(columns)[None, :, None, None] * STEP + offsets[None, :]
    along = np.radians(90.0 + _axes(form, rows, columns) + angle)
    wanted = np.stack([np.cos(2 * along), np.sin(2 * along)], -1).astype(np.float32)
    return cells[y, x].reshape(rows, columns, -1), wanted


def _axes(form: GarmentForm, rows: int, columns: int) -> np.ndarray:
    """The panels' direction at every block, degrees clockwise from straight down."""
    axes = np.zeros((rows, columns), np.float32)
    for panel in form.panels:
        if panel.weight is None:
            axes[:] = panel.axis
            continue
        top, bottom, left, right = panel.box
        y = ((np.arange(rows) + 0.5) * form.size[0] / rows).astype(int)
        x = ((np.arange(columns) + 0.5) * form.size[1] / columns).astype(int)
        inside_y, inside_x = (y >= top) & (y < bottom), (x >= left) & (x < right)
        here = np.ix_(np.flatnonzero(inside_y), np.flatnonzero(inside_x))
        weight = panel.weight[np.ix_(y[inside_y] - top, x[inside_x] - left)]
        axes[here] = np.where(weight > 0.5, panel.axis, axes[here])
    return axes


def _covered(form: GarmentForm, rows: int, columns: int) -> np.ndarray:
    share = cv2.resize(form.alpha, (columns, rows), interpolation=cv2.INTER_AREA)
    return cv2.dilate(share, np.ones((3, 3), np.uint8)) > 0.02


def _chosen(
    bank: _Bank, light: np.ndarray, wanted: np.ndarray, covered: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Index of the patch for every block (−1: none), row by row."""
    rows, columns = covered.shape
    choice = np.full((rows, columns), -1)
    reuse = np.zeros(len(bank.patches), np.float32)
    tie = rng.random(len(bank.patches)).astype(np.float32) * 0.3 + np.square(bank.light).mean(1) * LIGHT_WEIGHT
    places = np.argwhere(covered)
    costs = tie - (2 * LIGHT_WEIGHT / CELLS**2) * (light[covered] @ bank.light.T)
    costs -= DIRECTION_WEIGHT * (wanted[covered] @ bank.direction.T)
    shortlist = min(SHORTLIST, len(reuse))
    beside = np.zeros((rows + 1, columns + 1, *bank.after.shape[1:]), np.float32)  # the overlaps already laid there
    weight = np.zeros((rows + 1, columns + 1, 2), np.float32)  # of each of them: 0 where there is none
    for (row, column), own in zip(places, costs, strict=True):
        cost = own + reuse
        best = np.argpartition(cost, shortlist - 1)[:shortlist]
        misfit = bank.before.take(best, 0) - beside[row, column]
        fit = cost[best] + np.einsum("nsd,nsd->ns", misfit, misfit) @ weight[row, column]
        taken = best[int(fit.argmin())]
        choice[row, column] = taken
        reuse[taken] += REUSE_WEIGHT
        for side, ahead in enumerate(((row, column + 1), (row + 1, column))):
            beside[(*ahead, side)] = bank.after[taken, side]
            weight[(*ahead, side)] = 1 / (misfit.shape[2] * MISFIT_SCALE)
    return choice


def _pasted(cloth: StyleCloth, form: GarmentForm, bank: _Bank, choice: np.ndarray) -> np.ndarray:
    """Paste the chosen patches at full size, each over its left and upper neighbours along minimal cuts."""
    height, width = form.size
    side = int(np.ceil(BLOCK * bank.factor))
    canvas = np.empty((height + side, width + side, 3), np.uint8)
    canvas[:] = np.tile(np.array(cv2.mean(cloth.picture)[:3], np.uint8), (width + side, 1))  # whole rows: far quicker
    weights = _cuts(bank, choice)
    seam = int(np.ceil((OVERLAP + 1) * bank.factor))  # from here on a block hides what was before it
    joints = (np.s_[:seam], np.s_[seam:, :seam]) if seam < side else (np.s_[:],)
    for number, (row, column) in enumerate(np.argwhere(choice >= 0)):
        turn, y, x = bank.origin[choice[row, column]]
        top, left = round(row * STEP * bank.factor), round(column * STEP * bank.factor)
        if top >= height or left >= width:
            continue
        source = bank.turned[turn]
        y, x = min(round(y * bank.factor), source.shape[0] - side), min(round(x * bank.factor), source.shape[1] - side)
        weight = cv2.resize(weights[number], (side, side), interpolation=cv2.INTER_LINEAR)
        patch, under = source[y : y + side, x : x + side], canvas[top : top + side, left : left + side]
        for place in joints:
            under[place] = cv2.blendLinear(patch[place], under[place], weight[place], 1 - weight[place])
        under[seam:, seam:] = patch[seam:, seam:]
    return np.ascontiguousarray(canvas[:height, :width])


def _cuts(bank: _Bank, choice: np.ndarray) -> np.ndarray:
    """Weight of every placed block over those before it, N×BLOCK×BLOCK, all cuts found at once."""
    places = np.argwhere(choice >= 0)
    weights = np.ones((len(places), BLOCK, BLOCK), np.float32)
    for down, across in ((0, 1), (1, 0)):
        before = places - (down, across)
        known = np.flatnonzero((before >= 0).all(1))
        known = known[choice[tuple(before[known].T)] >= 0]
        if not len(known):
            continue
        new = bank.patches[choice[tuple(places[known].T)]]
        old = bank.patches[choice[tuple(before[known].T)]]
        if down:
            new, old = new.transpose(0, 2, 1, 3), old.transpose(0, 2, 1, 3)
        over = _cut_weights(np.square(new[:, :, :OVERLAP] - old[:, :, -OVERLAP:]).sum(3))
        target = weights[known]
        strip = target[:, :, :OVERLAP] if across else target[:, :OVERLAP].transpose(0, 2, 1)
        np.minimum(strip, over, out=strip)
        weights[known] = target
    return weights


def _cut_weights(errors: np.ndarray) -> np.ndarray:
    """Weight over every N×length×width overlap: 1 to the right of the minimal cut down it, one pixel soft."""
    cuts = minimal_cuts(errors, steps=(0, -1, 1))
    return np.clip(np.arange(errors.shape[2]) - cuts[..., None] + 0.5, 0, 1).astype(np.float32)
