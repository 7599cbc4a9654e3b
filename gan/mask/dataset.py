"""Batches for the mask network: real pictures with believed labels, and composed scenes with exact ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from gan.mask.camera import photograph
from gan.mask.inputs import MULTIPLE, network_inputs
from gan.mask.scenes import Stage, draw_scene

# Height and width in parts of the working size; most pictures are upright.
SHAPES = ((1.0, 0.75), (0.75, 1.0), (1.0, 1.0), (1.0, 0.75), (1.0, 0.625))
SCENE_SHARE = 0.55
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A real picture with the label that the teacher, or teacher and network together, gave it.

    Attributes:
        garment: h×w×3 uint8 RGB.
        target: h×w float32, 1 on garment.
        weight: h×w float32 in 0..1, how far the target is believed.
    """

    garment: np.ndarray
    target: np.ndarray
    weight: np.ndarray


class MaskBatches:
    """Batch i depends on seed and i alone, so a resumed training sees what an unbroken one sees."""

    def __init__(self, labelled: Sequence[Labelled], stage: Stage, batch: int, seed: int, size: int) -> None:
        self.labelled, self.stage, self.batch, self.seed, self.size = labelled, stage, batch, seed, size

    def following(self, index: int) -> Iterator[Batch]:
        """Yield batches from `index` on; a thread draws the next one while the present one is trained on."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="mask-batches") as pool:
            pending = pool.submit(self.draw, index)
            while True:
                index += 1
                batch, pending = pending.result(), pool.submit(self.draw, index)
                yield batch

    def draw(self, index: int) -> Batch:
        """Make batch `index`.

        Returns:
            Inputs B×7×h×w, target B×1×h×w and weight B×1×h×w; all pictures of a batch have one shape.
        """
        random = np.random.default_rng((self.seed, index))
        height, width = SHAPES[int(random.integers(len(SHAPES)))]
        shape = (_fitting(height * self.size), _fitting(width * self.size))
        samples = [self._sample(shape, random) for _ in range(self.batch)]
        inputs, targets, weights = (torch.from_numpy(np.stack(parts)) for parts in zip(*samples, strict=True))
        return inputs, targets[:, None], weights[:, None]

    def _sample(self, shape: tuple[int, int], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if not self.labelled or random.random() < SCENE_SHARE:
            picture, target = draw_scene(self.stage, shape, random)
            weight = np.ones_like(target)
        else:
            chosen = self.labelled[int(random.integers(len(self.labelled)))]
            picture, target, weight = _move(chosen, shape, random)
        return network_inputs(photograph(picture, random)), target, weight


def _fitting(side: float) -> int:
    return max(1, round(side / MULTIPLE)) * MULTIPLE


def _move(
    labelled: Labelled, shape: tuple[int, int], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flip, turn a little, zoom and stretch a real picture into the frame."""
    height, width = labelled.target.shape
    zoom = random.uniform(0.95, 1.35)
    centre = np.array([width, height]) * (0.5 + random.uniform(-0.5, 0.5, 2) * (1 - 1 / max(zoom, 1.0)))
    half = np.array([width, height]) / (2 * zoom)
    if random.random() < 0.5:
        half[0] *= -1
    angle = random.normal(0, 0.06)
    across = np.array([np.cos(angle), np.sin(angle)]) * half[0]
    down = np.array([-np.sin(angle), np.cos(angle)]) * half[1]
    corners = np.array([centre - across - down, centre + across - down, centre - across + down], np.float32)
    frame = np.array([[0, 0], [shape[1], 0], [0, shape[0]]], np.float32)
    matrix = cv2.getAffineTransform(corners, frame)
    size = shape[::-1]
    picture = cv2.warpAffine(labelled.garment, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    target = cv2.warpAffine(labelled.target, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    # Beyond the picture's frame nothing is known: reflections are seen but not learned from.
    weight = cv2.warpAffine(labelled.weight, matrix, size, flags=cv2.INTER_LINEAR, borderValue=0)
    return picture.astype(np.float32), target, weight
