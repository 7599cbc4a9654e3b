"""Training scenes: a cut-out on a background with shadow, clutter, and the traps that real pictures hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gan.mask.backgrounds import Backgrounds, random_crop
from gan.mask.cutouts import Cutout, drawn_cutout
from gan.pictures import prefiltered

DRAWN_SHARE = 0.08
REPRINTED_SHARE = 0.25
CAMOUFLAGED_SHARE = 0.4
HANGER_SHARE = 0.12
PERSON_SHARE = 0.12
CLUTTER_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Stage:
    """The cut-outs and backgrounds that scenes are made of."""

    cutouts: Sequence[Cutout]
    backgrounds: Backgrounds


def draw_scene(stage: Stage, shape: tuple[int, int], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Compose a random scene.

    Args:
        stage: what it is made of.
        shape: height and width.
        random: decides everything.

    Returns:
        The picture, h×w×3 float32 in 0..255, and the exact alpha, h×w float32 in 0..1.
    """
    colours, alpha = _place(_choose(stage, random), shape, random)
    background = stage.backgrounds.draw(shape, random)
    if random.random() < CLUTTER_SHARE:
        background = _lean_clutter(background, stage, random)
    if random.random() < CAMOUFLAGED_SHARE:
        background = _camouflage(background, colours, alpha, random)
    background = _cast_shadow(background, alpha, random)
    trap = random.random()
    if trap < HANGER_SHARE:
        _draw_hanger(background, alpha, random)
    elif trap < HANGER_SHARE + PERSON_SHARE:
        _draw_person(background, alpha, random)
    opacity = alpha[..., None]
    return opacity * colours + (1 - opacity) * background, alpha


def _choose(stage: Stage, random: np.random.Generator) -> Cutout:
    textures = stage.backgrounds.textures
    if random.random() < DRAWN_SHARE:
        return drawn_cutout(textures[int(random.integers(len(textures)))], random)
    cutout = stage.cutouts[int(random.integers(len(stage.cutouts)))]
    if random.random() < REPRINTED_SHARE:
        return _reprint(cutout, textures[int(random.integers(len(textures)))], random)
    return cutout


def _reprint(cutout: Cutout, texture: np.ndarray, random: np.random.Generator) -> Cutout:
    """Give the garment another cloth under its own folds, so that the network learns shapes beside colours."""
    light = cv2.cvtColor(cutout.colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    middle = max(float(np.median(light[cutout.alpha > 0.5])), 16.0)
    shading = np.clip(light / middle, 0.3, 1.6)[..., None]
    cloth = random_crop(texture, cutout.alpha.shape, random)
    return Cutout(np.clip(cloth * shading, 0, 255).astype(np.uint8), cutout.alpha)


def _place(cutout: Cutout, shape: tuple[int, int], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Scale, turn, flip and move the cut-out into the frame; sometimes a part of it is outside."""
    height, width = cutout.alpha.shape
    fit = min(shape[0] / height, shape[1] / width)
    scale = fit * float(np.clip(random.normal(0.85, 0.2), 0.3, 1.25))
    upright = random.random() < 0.8
    angle = random.normal(0, 8) if upright else random.uniform(-180, 180)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    if random.random() < 0.5:
        matrix[:, 0] *= -1
        matrix[:, 2] -= matrix[:, 0] * width
    slack = np.maximum(np.array(shape[::-1]) - scale * np.array([width, height]), 0.06 * np.array(shape[::-1]))
    matrix[:, 2] += np.array(shape[::-1]) / 2 - np.array([width, height]) / 2 + slack * random.uniform(-0.45, 0.45, 2)
    (colours, _), (alpha, matrix) = prefiltered(cutout.colours, matrix), prefiltered(cutout.alpha, matrix)
    placed = cv2.warpAffine(colours, matrix, shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return placed.astype(np.float32), cv2.warpAffine(alpha, matrix, shape[::-1])


def _camouflage(
    background: np.ndarray, colours: np.ndarray, alpha: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Move the background's mean towards the garment's: dark on dark, white on white, beige on beige."""
    inside = alpha > 0.5
    if not inside.any():
        return background
    garment = colours[inside].mean(axis=0)
    mean = np.array(cv2.mean(background)[:3], np.float32)
    wanted = mean + random.uniform(0.6, 1.0) * (garment - mean) + random.normal(0, 12)
    contrast = random.uniform(0.3, 1.0)
    return np.clip(wanted.astype(np.float32) + np.float32(contrast) * (background - mean), 0, 255)


def _cast_shadow(background: np.ndarray, alpha: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Darken what lies beside the garment, softly and to one side."""
    reach = max(shape_side * random.uniform(0.005, 0.05) for shape_side in alpha.shape)
    shift = np.array([[1, 0, random.normal(0, reach)], [0, 1, random.normal(0, reach)]], np.float32)
    moved = cv2.warpAffine(alpha, shift, alpha.shape[::-1])
    shadow = cv2.GaussianBlur(moved, (0, 0), max(0.6, reach * random.uniform(0.3, 1.2)))
    return background * (1 - np.float32(random.uniform(0.0, 0.65)) * shadow)[..., None]


def _lean_clutter(background: np.ndarray, stage: Stage, random: np.random.Generator) -> np.ndarray:
    """Cover a strip along one side with another surface: the end of the bed, a door, a skirting board."""
    other = stage.backgrounds.draw(background.shape[:2], random)
    rows, columns = np.mgrid[-1 : 1 : background.shape[0] * 1j, -1 : 1 : background.shape[1] * 1j]
    angle = random.integers(4) * np.pi / 2 + random.normal(0, 0.12)
    covered = rows * np.sin(angle) + columns * np.cos(angle) > random.uniform(0.3, 0.95)
    return np.where(covered[..., None], other, background)


def _draw_hanger(background: np.ndarray, alpha: np.ndarray, random: np.random.Generator) -> None:
    """Draw a hook and shoulders of a hanger behind the garment, in place; it is not garment."""
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0.5), np.flatnonzero(alpha.max(axis=0) > 0.5)
    if not rows.size:
        return
    top, middle = int(rows[0]), int(columns.mean())
    span = max(4, columns.size // 3)
    colour = [float(random.uniform(0, 255))] * 3
    thickness = int(random.integers(1, 6))
    neck = (middle, top + int(random.integers(-8, 8)))
    for side in (-1, 1):
        cv2.line(background, neck, (middle + side * span, neck[1] + span // 2), colour, thickness, cv2.LINE_AA)
    radius = max(3, span // 4)
    cv2.ellipse(background, (middle, neck[1] - 2 * radius), (radius, radius), 0, -200, 90, colour, 2, cv2.LINE_AA)
    cv2.line(background, neck, (middle, neck[1] - radius), colour, 2, cv2.LINE_AA)


def _draw_person(background: np.ndarray, alpha: np.ndarray, random: np.random.Generator) -> None:
    """Draw head, neck and limbs in skin tones behind the garment, in place; they are not garment."""
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0.5), np.flatnonzero(alpha.max(axis=0) > 0.5)
    if not rows.size:
        return
    skin = np.array([224, 172, 138]) * random.uniform(0.3, 1.1) + random.normal(0, 8, 3)
    tone = [float(value) for value in np.clip(skin, 10, 250)]
    hair = [float(value) for value in np.clip(np.array([70, 50, 35]) * random.uniform(0.2, 2.5), 0, 250)]
    top, middle, span = int(rows[0]), int(columns.mean()), max(6, columns.size // 6)
    cv2.ellipse(background, (middle, top - span), (span, round(span * 1.3)), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(background, (middle, top - span // 2), (span * 3 // 4, span), 0, 0, 360, tone, -1, cv2.LINE_AA)
    cv2.line(background, (middle, top - span), (middle, top + span), tone, max(2, span), cv2.LINE_AA)
    for edge in (int(columns[0]), int(columns[-1])):
        start = (edge + (middle - edge) // 6, top + rows.size // 2)
        end = (edge + int(random.integers(-span, span)), top + rows.size + int(random.integers(0, 2 * span)))
        cv2.line(background, start, end, tone, max(2, span * 2 // 3), cv2.LINE_AA)
