"""Garments drawn for the guide's tests: silhouettes with soft folds."""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.lattice import Lattice

Garment = tuple[np.ndarray, np.ndarray]


def shaded(alpha: np.ndarray, colour: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """A plain garment with soft folds on a light ground."""
    rng = np.random.default_rng(seed)
    folds = cv2.resize(rng.standard_normal((6, 6)).astype(np.float32), alpha.shape[::-1], interpolation=cv2.INTER_CUBIC)
    cloth = np.float32(colour) * (1 + 0.12 * folds)[..., None]
    ground = np.full((*alpha.shape, 3), 225, np.float32)
    return np.clip(ground + alpha[..., None] * (cloth - ground), 0, 255).astype(np.uint8)


def silhouette(size: tuple[int, int], *polygons: list[tuple[float, float]]) -> np.ndarray:
    """Alpha of polygons given in 0..1 of (width, height)."""
    alpha = np.zeros(size, np.uint8)
    for polygon in polygons:
        points = (np.array(polygon) * (size[1], size[0]) * 16).astype(np.int32)
        cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA, 4)
    return alpha.astype(np.float32) / 255


TSHIRT = [
    (0.33, 0.1), (0.42, 0.13), (0.58, 0.13), (0.67, 0.1), (0.95, 0.3), (0.86, 0.45), (0.72, 0.35), (0.72, 0.92),
    (0.28, 0.92), (0.28, 0.35), (0.14, 0.45), (0.05, 0.3),
]  # fmt: skip
LONGSLEEVE = [
    (0.35, 0.08), (0.65, 0.08), (0.72, 0.14), (0.97, 0.75), (0.86, 0.8), (0.69, 0.4), (0.69, 0.9), (0.31, 0.9),
    (0.31, 0.4), (0.14, 0.8), (0.03, 0.75), (0.28, 0.14),
]  # fmt: skip
TROUSERS = [
    (0.32, 0.05), (0.68, 0.05), (0.85, 0.95), (0.65, 0.95), (0.5, 0.35), (0.35, 0.95), (0.15, 0.95),
]  # fmt: skip
SKIRT = [(0.35, 0.1), (0.65, 0.1), (0.85, 0.9), (0.15, 0.9)]


def first_angle(lattice: Lattice) -> float:
    """Angle of a lattice's first vector to the x axis, in degrees."""
    return float(np.degrees(np.arctan2(lattice.basis[1, 0], lattice.basis[0, 0])))
