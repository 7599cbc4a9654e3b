"""Backgrounds to lay cut-outs on: rooms behind other garments, textures, tiles, boards and plain walls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gan.mask.teacher import Lesson
from gan.pictures import fit_size

INPAINTING_SIZE = 96
KINDS = ("room", "texture", "tiles", "plain")
KIND_SHARES = (0.35, 0.35, 0.12, 0.18)


@dataclass(frozen=True, slots=True)
class Backgrounds:
    """Where backgrounds come from.

    Attributes:
        rooms: pictures with their garment painted over, h×w×3 uint8 RGB.
        textures: style pictures, h×w×3 uint8 RGB.
    """

    rooms: Sequence[np.ndarray]
    textures: Sequence[np.ndarray]

    def draw(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """Return a random background, height×width×3 float32 in 0..255."""
        kind = rng.choice(KINDS, p=KIND_SHARES)
        if kind == "room":
            return random_crop(_pick(self.rooms, rng), shape, rng)
        if kind == "texture":
            return random_crop(_pick(self.textures, rng), shape, rng)
        if kind == "tiles":
            return _tiles(_pick(self.textures, rng), shape, rng)
        return _plain(shape, rng)


def empty_room(lesson: Lesson) -> np.ndarray:
    """Paint the garment over with its surroundings (Telea 2004), at a small size, since what is behind is unknown."""
    hidden = cv2.dilate((lesson.votes > 0.05).astype(np.uint8), np.ones((9, 9), np.uint8))
    size = fit_size(hidden.shape, INPAINTING_SIZE, enlarge=True)
    small = cv2.resize(lesson.garment, size, interpolation=cv2.INTER_AREA)
    filled = cv2.inpaint(small, cv2.resize(hidden, size, interpolation=cv2.INTER_NEAREST), 3, cv2.INPAINT_TELEA)
    filled = cv2.resize(filled, hidden.shape[::-1], interpolation=cv2.INTER_CUBIC)
    soft = cv2.blur(hidden.astype(np.float32), (7, 7))[..., None]
    return np.rint(soft * filled + (1 - soft) * lesson.garment).astype(np.uint8)


def random_crop(picture: np.ndarray, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Cut a random window of random size, turned by quarter turns and flips; float32 of the given shape."""
    turned = np.rot90(picture, int(rng.integers(4)))
    turned = turned[:, ::-1] if rng.random() < 0.5 else turned
    height, width = turned.shape[:2]
    share = rng.uniform(0.35, 1.0)
    rows, columns = max(1, round(height * share)), max(1, round(width * share))
    top, left = int(rng.integers(height - rows + 1)), int(rng.integers(width - columns + 1))
    window = np.ascontiguousarray(turned[top : top + rows, left : left + columns])
    return cv2.resize(window, shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)


def _pick(pictures: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    return pictures[int(rng.integers(len(pictures)))]


def _plain(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A wall or sheet: one greyish colour, light falling off, a little grain."""
    colour = rng.uniform(10, 250) + rng.normal(0, 25, 3)
    rows = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None, None]
    columns = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :, None]
    slopes = rng.normal(0, 18, 2).astype(np.float32)
    grain = rng.normal(0, rng.uniform(0, 8), (*shape, 1)).astype(np.float32)
    return np.clip(colour.astype(np.float32) + (slopes[0] * rows + slopes[1] * columns + grain), 0, 255)


def _tiles(texture: np.ndarray, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Floor tiles or boards: a calm texture with joints in one or both directions, seen at an angle."""
    floor = random_crop(texture, shape, rng)
    mean = np.array(cv2.mean(floor)[:3], np.float32)
    floor = mean + (floor - mean) * np.float32(rng.uniform(0.1, 0.6))
    angle = rng.uniform(-0.8, 0.8)
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    along = rows * np.cos(angle) + columns * np.sin(angle)
    across = columns * np.cos(angle) - rows * np.sin(angle)
    joints = along % rng.uniform(15, 110) < rng.uniform(1, 4)
    if rng.random() < 0.6:
        joints |= across % rng.uniform(15, 110) < rng.uniform(1, 4)
    floor[joints] *= rng.uniform(0.4, 1.4)
    return np.clip(floor, 0, 255)
