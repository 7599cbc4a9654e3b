"""Gives collar leaves and lapels the straight edges and sharp corners they are cut with, on the creases they cast."""

from __future__ import annotations

import cv2
import numpy as np

FINER = 2  # times the mask's size: a leaf is small, and its corners show
STRAIGHT = 0.09  # of the square root of a leaf's area: an outline that strays less is one edge
REACH = 4  # finer pixels that an edge may move to a crease
SHORTEST = 7.0  # finer pixels: shorter edges are corners and stay
CLEAR = 1.6  # a crease's slope against the mean slope of the lines beside it
SAMPLES = 24
LEAST_COMMON = 0.6  # of a leaf before and after: less is another leaf


def crisp_leaf(leaf: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Return a leaf as a polygon whose edges lie on the creases next to them.

    Args:
        leaf: h×w bool, one connected piece.
        light: H×W float32, the garment's lightness at FINER times that size.

    Returns:
        H×W bool.
    """
    size = light.shape[::-1]
    seen = cv2.GaussianBlur(cv2.resize(leaf.astype(np.uint8) * 255, size), (0, 0), 0.7 * FINER) > 127
    polygon = _straightened(seen.view(np.uint8))
    if len(polygon) < 3:
        return seen
    filled = np.zeros(light.shape, np.uint8)
    cv2.fillPoly(filled, [np.rint(_snapped(polygon, light) * 16).astype(np.int32)], 1, shift=4)
    cut = filled > 0
    return cut if (cut & seen).sum() >= LEAST_COMMON * (cut | seen).sum() else seen


def _straightened(piece: np.ndarray) -> np.ndarray:
    """The corners of a polygon about as large as the piece's largest part, N×2 float32, (x, y).

    Args:
        piece: H×W uint8, 0 or 1.
    """
    outlines, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return np.empty((0, 2), np.float32)
    outline = max(outlines, key=cv2.contourArea)
    area = cv2.contourArea(outline) + len(outline) / 2 + 1  # the outline runs through the middle of its pixels
    corners = cv2.approxPolyDP(outline, STRAIGHT * float(np.sqrt(area)), True)
    # The corners lie on the outline, so that the edges cut its bends off.
    growth = (area / max(cv2.contourArea(corners), 0.25 * area)) ** 0.5
    polygon: np.ndarray = corners[:, 0].astype(np.float32)
    middle = polygon.mean(0)
    return middle + (polygon - middle) * np.float32(growth)


def _snapped(polygon: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Move every long edge to the clearest crease within reach, and let the moved edges meet in the corners.

    Args:
        polygon: N×2 float32, (x, y).
        light: H×W float32.
    """
    following = np.roll(polygon, -1, axis=0)
    along = following - polygon
    lengths = np.linalg.norm(along, axis=1, keepdims=True)
    along /= np.maximum(lengths, 1e-3)
    across = along[:, ::-1] * np.array([1, -1], np.float32)
    shifts = [
        _crease(start, end, normal, light) if length > SHORTEST else 0.0
        for start, end, normal, length in zip(polygon, following, across, lengths[:, 0], strict=True)
    ]
    moved = polygon + across * np.array(shifts, np.float32)[:, None]
    return np.array([_corner(index, polygon, moved, along) for index in range(len(polygon))], np.float32)


def _crease(start: np.ndarray, end: np.ndarray, normal: np.ndarray, light: np.ndarray) -> float:
    """How far along its normal an edge must move to lie on the clearest crease; zero where none stands out."""
    steps = np.arange(-REACH - 1, REACH + 2, dtype=np.float32)
    points = start + (end - start) * np.linspace(0.08, 0.92, SAMPLES, dtype=np.float32)[:, None]
    places = points[None] + normal * steps[:, None, None]
    seen = cv2.remap(light, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # A crease is a step that keeps its sign along the edge; a print's lines cross it in both directions.
    slopes = np.abs((seen[2:] - seen[:-2]).mean(axis=1))
    near = slopes * (1 - 0.5 * (steps[1:-1] / REACH) ** 2)
    best = int(near.argmax())
    return float(steps[1 + best]) if slopes[best] > CLEAR * slopes.mean() else 0.0


def _corner(index: int, polygon: np.ndarray, moved: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Where the edge before a corner and the edge after it meet once they have moved."""
    before = index - 1
    directions = np.stack([along[before], -along[index]], axis=1)
    if abs(float(np.linalg.det(directions))) > 0.35:  # not almost in one line
        reach = np.linalg.solve(directions, moved[index] - moved[before])
        meeting = moved[before] + along[before] * reach[0]
        if np.linalg.norm(meeting - polygon[index]) <= 2 * REACH:
            return meeting
    end_before = moved[before] + (polygon[index] - polygon[before])
    return (end_before + moved[index]) / 2
