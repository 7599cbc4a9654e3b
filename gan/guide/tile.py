"""A piece of cloth that repeats without a joint, and how to cut one out of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.guide.lattice import Lattice

BLEND_BAND = 0.16  # share of a cell over which it is joined with its neighbour
LARGEST_TILE_SIDE = 1024
SHARP_ENOUGH = 0.9


@dataclass(frozen=True, slots=True)
class Tile:
    """A seamless picture of one cell.

    Attributes:
        image: h×w×3 uint8 in the cell's own coordinates: left and right, top and bottom edges meet.
        basis: 2×2, the columns are the cell's edges (x, y) in pixels of the style picture.
    """

    image: np.ndarray
    basis: np.ndarray

    def measured_in(self, picture: np.ndarray, fine: np.ndarray) -> Tile:
        """Return the tile of a large picture with its basis in pixels of the same picture at a smaller size."""
        return Tile(self.image, self.basis / _enlargement(picture, fine)[:, None])


def cut_cell(picture: np.ndarray, lattice: Lattice, fine: np.ndarray | None = None) -> Tile:
    """Return one clean cell of a repeating picture.

    Repeats are averaged where that stays sharp (it removes folds and noise), else the block of whole repeats that fits
    the picture is kept, so that the cloth's irregularities do not recur at every period.

    Args:
        picture: H×W×3 RGB.
        lattice: the picture's lattice.
        fine: the same picture with more pixels, which the cell is then cut from.
    """
    fine = picture if fine is None else fine
    return Tile(_cell_image(fine, lattice.basis * _enlargement(picture, fine)[:, None]), lattice.basis)


def _cell_image(picture: np.ndarray, basis: np.ndarray) -> np.ndarray:
    width, height = (int(np.clip(np.ceil(np.linalg.norm(edge)), 2, LARGEST_TILE_SIDE)) for edge in basis.T)
    grid = _cell_grid(width, height)
    repeats = _repeats(picture, basis, grid)
    if len(repeats) >= 2:
        mean = np.mean(repeats, axis=0)
        if _sharpness(mean) >= SHARP_ENOUGH * float(np.mean([_sharpness(repeat) for repeat in repeats])):
            return _joined(mean, width, height)
    if not repeats:
        repeats = [_sampled(picture, _centred_origin(picture, basis), basis, grid)]
    return _joined(_most_typical(repeats), width, height)


def tile_between(picture: np.ndarray, across: tuple[int, int, int], down: tuple[int, int, int]) -> Tile:
    """Return the upright piece between two columns and two rows, each given as (start, end, overlap) in pixels.

    The overlap beyond the end is what the start is cross-faded with.
    """
    (left, right, wide), (top, bottom, high) = across, down
    extended = picture[top : bottom + high, left : right + wide].astype(np.float32)
    image = _joined(extended, right - left, bottom - top)
    return Tile(image, np.diag([float(right - left), float(bottom - top)]))


def _enlargement(picture: np.ndarray, fine: np.ndarray) -> np.ndarray:
    """How many times as wide and as high the fine picture is."""
    return np.array(fine.shape[1::-1], np.float64) / picture.shape[1::-1]


def _cell_grid(width: int, height: int) -> np.ndarray:
    """Cell coordinates of the texels, 0..1 plus the band that is blended away, h×w×2."""
    u = np.arange(int(np.ceil(width * (1 + BLEND_BAND)))) / width
    v = np.arange(int(np.ceil(height * (1 + BLEND_BAND)))) / height
    return np.stack(np.meshgrid(u, v), -1)


def _centred_origin(picture: np.ndarray, basis: np.ndarray) -> np.ndarray:
    size = np.array([picture.shape[1], picture.shape[0]], np.float64)
    return (size - 1) / 2 - basis.sum(1) * (1 + BLEND_BAND) / 2


def _repeats(picture: np.ndarray, basis: np.ndarray, grid: np.ndarray) -> list[np.ndarray]:
    """Every whole cell, band included, that lies inside the picture."""
    size = np.array([picture.shape[1], picture.shape[0]], np.float64) - 1
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float64) * (1 + BLEND_BAND) @ basis.T
    low, high = -corners.min(0), size - corners.max(0)
    if np.any(high < low):
        return []
    reach = int(np.ceil(np.linalg.norm(size) / np.linalg.norm(basis, axis=0).min()))
    reach = min(reach, 40)
    steps = np.stack(np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1)), -1).reshape(-1, 2)
    origins = (low + high) / 2 + steps @ basis.T
    origins = origins[np.all((origins >= low - 1e-6) & (origins <= high + 1e-6), axis=1)]
    middle = np.argsort(np.linalg.norm(origins - (low + high) / 2, axis=1), kind="stable")[:9]
    return [_sampled(picture, origins[index], basis, grid) for index in middle]


def _sampled(picture: np.ndarray, origin: np.ndarray, basis: np.ndarray, grid: np.ndarray) -> np.ndarray:
    points = (grid @ basis.T + origin).astype(np.float32)
    return cv2.remap(
        picture, points[..., 0], points[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    ).astype(np.float32)


def _sharpness(picture: np.ndarray) -> float:
    """Mean gradient energy: averaging repeats that do not fit each other lowers it."""
    across, down = np.diff(picture, axis=1), np.diff(picture, axis=0)
    return float(np.sqrt(np.mean(across**2) + np.mean(down**2)))


def _most_typical(repeats: list[np.ndarray]) -> np.ndarray:
    median = np.median(repeats, axis=0)
    return min(repeats, key=lambda repeat: float(np.abs(repeat - median).mean()))


def _joined(extended: np.ndarray, width: int, height: int) -> np.ndarray:
    """Cross-fade the band beyond each edge into the opposite edge, so that the cell meets itself."""
    for length in (width, height):
        band = extended.shape[1] - length
        body = extended[:, :length].copy()
        if band > 0:
            fade = ((np.arange(band) + 0.5) / band).astype(np.float32)[None, :, None]
            body[:, :band] = fade * extended[:, :band] + (1 - fade) * extended[:, length:]
        extended = body.transpose(1, 0, 2)
    return np.ascontiguousarray(np.clip(np.rint(extended), 0, 255).astype(np.uint8))
