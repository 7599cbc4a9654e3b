"""Garments cut out of their pictures, as far as the teacher can be believed, and shapes drawn from nothing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.boxes import mask_box
from gan.mask.foreground import estimate_foreground
from gan.mask.refine import refine_mask
from gan.mask.teacher import Lesson

# What a believable mask looks like; all are shares.
LEAST_AGREEMENT = 0.94
AREA = (0.06, 0.8)
MOST_BORDER_CONTACT = 0.06
LEAST_IN_ONE_PIECE = 0.97
LEAST_STEP = 12.0


@dataclass(frozen=True, slots=True)
class Cutout:
    """A garment without its picture.

    Attributes:
        colours: h×w×3 uint8 RGB, free of the old background.
        alpha: h×w float32 in 0..1.
    """

    colours: np.ndarray
    alpha: np.ndarray


def agreement(votes: np.ndarray) -> float:
    """Intersection over union of what nearly all runs and what any run calls garment."""
    widest = int((votes > 0.1).sum())
    return float((votes > 0.9).sum() / widest) if widest else 0.0


def is_believable(lesson: Lesson) -> bool:
    """Tell whether all runs agree on one compact thing that stands out and stays inside the frame."""
    mask = lesson.mask.astype(np.uint8)
    area = float(mask.mean())
    if not AREA[0] <= area <= AREA[1] or agreement(lesson.votes) < LEAST_AGREEMENT:
        return False
    return (
        border_contact(mask) <= MOST_BORDER_CONTACT
        and largest_share(mask) >= LEAST_IN_ONE_PIECE
        and edge_step(lesson.garment, mask) >= LEAST_STEP
    )


def border_contact(mask: np.ndarray) -> float:
    """Part of the picture's frame, a few pixels wide, that the mask covers."""
    width = max(1, round(0.04 * min(mask.shape)))
    inner = np.zeros(mask.shape, bool)
    inner[width:-width, width:-width] = True
    return float(mask[~inner].mean()) if (~inner).any() else 1.0


def largest_share(mask: np.ndarray) -> float:
    """Area of the largest connected piece over the whole area."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    return float(areas.max() / areas.sum()) if areas.size else 0.0


def edge_step(garment: np.ndarray, mask: np.ndarray) -> float:
    """Median colour difference in CIELAB across the mask's edge: low where the mask cuts through one surface."""
    lab = cv2.cvtColor(garment, cv2.COLOR_RGB2LAB).astype(np.float32)
    disc = np.ones((3, 3), np.uint8)
    inside, outside = mask.astype(np.float32), 1.0 - mask
    window = (9, 9)
    means = [
        cv2.blur(lab * part[..., None], window) / np.maximum(cv2.blur(part, window), 1e-3)[..., None]
        for part in (inside, outside.astype(np.float32))
    ]
    edge = cv2.dilate(mask, disc) != cv2.erode(mask, disc)
    return float(np.median(np.linalg.norm(means[0] - means[1], axis=2)[edge])) if edge.any() else 0.0


def cut_out(lesson: Lesson) -> Cutout:
    """Cut a believable garment out, with soft edges and without the fringe of its picture."""
    alpha = refine_mask(lesson.garment, lesson.mask)
    colours = estimate_foreground(lesson.garment, alpha)
    box = mask_box(alpha > 0)
    return Cutout(colours[box].copy(), alpha[box].copy())


def drawn_cutout(texture: np.ndarray, rng: np.random.Generator) -> Cutout:
    """Draw a cushion, bag or scarf from a texture: home textiles and accessories that no garment picture shows."""
    height, width = (int(side) for side in rng.integers(90, 200, 2))
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    roundness = rng.uniform(2.2, 8)
    bulge = np.abs(rows) ** roundness + np.abs(columns) ** roundness
    body = (bulge < 0.75).astype(np.float32)
    if rng.random() < 0.5:
        body = np.maximum(_handles(body, rng), body)
    alpha = cv2.GaussianBlur(body, (3, 3), 0)
    light = 1.0 - rng.uniform(0.1, 0.6) * bulge + rng.uniform(-0.2, 0.2) * (rows + columns)
    cloth = cv2.resize(texture, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    colours = np.clip(cloth * np.clip(light, 0.2, 1.3)[..., None], 0, 255).astype(np.uint8)
    return Cutout(colours, alpha)


def _handles(body: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two arcs over the body like a bag's handles; the hole between them is not bag."""
    height, width = body.shape
    lowered = np.zeros_like(body)
    drop = round(height * rng.uniform(0.25, 0.4))
    lowered[drop:] = cv2.resize(body, (width, height - drop), interpolation=cv2.INTER_NEAREST)
    axes = (round(width * rng.uniform(0.15, 0.3)), drop)
    thickness = int(rng.integers(3, 9))
    cv2.ellipse(lowered, (width // 2, drop + height // 12), axes, 0, 180, 360, 1.0, thickness)
    body[:] = 0
    return lowered
