"""From lessons to training material: first by the teacher alone, then by teacher and network together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from gan.mask.backgrounds import Backgrounds, empty_room
from gan.mask.cutouts import AREA, agreement, cut_out, is_believable
from gan.mask.dataset import Labelled
from gan.mask.grabcut import seeded_grabcut
from gan.mask.network import MaskNetwork
from gan.mask.predict import predict
from gan.mask.scenes import Stage
from gan.mask.teacher import PICTURE_SUFFIXES, Lesson, read_small

LEAST_USABLE_AGREEMENT = 0.8
STEEPNESS = 4.0
TEXTURE_SIZE = 256
MOST_TEXTURES = 500
logger = logging.getLogger(__name__)


def read_textures(folder: Path) -> list[np.ndarray]:
    """Read evenly spread style pictures, h×w×3 uint8 RGB."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    chosen = paths[:: max(1, -(-len(paths) // MOST_TEXTURES))]
    return [picture for path in chosen if (picture := read_small(path, TEXTURE_SIZE)) is not None]


def set_stage(lessons: Iterable[Lesson], textures: Sequence[np.ndarray]) -> Stage:
    """Cut out every believable garment and empty its room.

    Raises:
        ValueError: no lesson can be believed, so there is nothing to compose scenes from.
    """
    believed = [lesson for lesson in lessons if is_believable(lesson)]
    if not believed or not textures:
        raise ValueError("none of the garment pictures has a mask that can be believed, or there is no style picture")
    logger.info("%d garments cut out for scenes", len(believed))
    rooms = [empty_room(lesson) for lesson in believed]
    return Stage([cut_out(lesson) for lesson in believed], Backgrounds(rooms, textures))


def label(lessons: Iterable[Lesson]) -> list[Labelled]:
    """Label real pictures by their votes; a pixel counts the less the more the votes differ."""
    labelled = []
    for lesson in lessons:
        mask = lesson.mask
        if agreement(lesson.votes) >= LEAST_USABLE_AGREEMENT and AREA[0] <= mask.mean() <= AREA[1]:
            weight = (2 * lesson.votes - 1) ** 2
            labelled.append(Labelled(lesson.garment, mask, weight.astype(np.float32)))
    logger.info("%d real pictures labelled", len(labelled))
    return labelled


def learn_together(network: MaskNetwork, lessons: Sequence[Lesson], size: int) -> list[Lesson]:
    """Self-training: fuse the teacher's votes with the network's and with GrabCut seeded by the network.

    Args:
        network: in evaluation mode.
        lessons: with the teacher's votes.
        size: long side at which the network was trained.

    Returns:
        Lessons with fused votes where the three settle the matter, else as they were.
    """
    fused = [_fuse(network, lesson, size) for lesson in lessons]
    return [
        new if agreement(new.votes) >= LEAST_USABLE_AGREEMENT else old for new, old in zip(fused, lessons, strict=True)
    ]


def _fuse(network: MaskNetwork, lesson: Lesson, size: int) -> Lesson:
    probability = predict(network, lesson.garment, size)
    redrawn = seeded_grabcut(lesson.garment, probability).astype(np.float32)
    # Steepened, so that the network's blur along the edge is not taken for doubt.
    decided = np.clip((probability - 0.5) * STEEPNESS + 0.5, 0, 1)
    votes = (lesson.votes + decided + redrawn) / 3
    return Lesson(lesson.name, lesson.garment, votes.astype(np.float32))
