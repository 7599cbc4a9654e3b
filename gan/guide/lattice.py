"""Does a picture repeat, and by which two vectors? Read from its autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import lab_planes
from gan.guide.autocorrelation import CorrelationSurface, autocorrelation, vertex_offset

WORKING_SIDE = 400
SMALLEST_PERIOD = 5.0
SMALLEST_PATTERN = 0.025  # of the picture's side: a finer period is the weave
LEAST_MATCH = 0.55
LEAST_PROMINENCE = 0.25
STRIPE_MATCH = 0.9
MOST_PEAKS = 500
MOTIFS_APART = 2.0  # times as much is left over between different motifs as between the same one
LEAST_APART = 0.01
SOFTER = 1.5  # pixels


@dataclass(frozen=True, slots=True)
class Lattice:
    """The translations that map a pattern onto itself.

    Attributes:
        basis: 2×2, the columns are the two shortest period vectors (x, y) in pixels.
        match: correlation of the picture with its shifted self, averaged over the nearest periods, 0..1.
        striped: the second vector runs along stripes, so that its length is a free choice.
    """

    basis: np.ndarray
    match: float
    striped: bool = False

    @property
    def period(self) -> float:
        """Side of the square with the cell's area, in pixels; for stripes the stripes' period."""
        if self.striped:
            return float(np.linalg.norm(self.basis[:, 0]))
        return float(np.sqrt(abs(np.linalg.det(self.basis))))


def find_lattice(picture: np.ndarray) -> Lattice | None:
    """Return the picture's lattice, or None when it does not repeat.

    Args:
        picture: H×W×3 RGB.
    """
    factor = min(1.0, WORKING_SIDE / max(picture.shape[:2]))
    if factor < 1.0:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if min(picture.shape[:2]) < 24:
        return None
    planes = _detrended(lab_planes(picture))
    surface = CorrelationSurface(autocorrelation(planes))
    lattice = _striped_lattice(surface)
    if lattice is None:
        lattice = _full_lattice(surface)
        lattice = lattice and _with_all_motifs(surface, planes, lattice)
    if lattice is None or not _believable(lattice, float(np.sqrt(picture.shape[0] * picture.shape[1]))):
        return None
    return Lattice(lattice.basis / factor, lattice.match, lattice.striped)


def _believable(lattice: Lattice, side: float) -> bool:
    """Weave alone is no pattern, and a period seen hardly twice must match better than one seen often."""
    longest = float(np.linalg.norm(lattice.basis[:, : 1 if lattice.striped else 2], axis=0).max())
    if longest < max(SMALLEST_PATTERN * side, 2 * SMALLEST_PERIOD):
        return False
    return lattice.match >= LEAST_MATCH + 0.35 * longest / side


def _detrended(planes: np.ndarray) -> np.ndarray:
    """Take out the best quadratic surface per plane: uneven light must not pass for pattern."""
    height, width = planes.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    flat = planes.reshape(-1, planes.shape[2])
    weights = np.linalg.solve(terms.T @ terms, terms.T @ flat)
    return (flat - terms @ weights).reshape(planes.shape).astype(np.float32)


def _peaks(surface: CorrelationSurface) -> tuple[np.ndarray, np.ndarray]:
    """Tops of one half plane that stand out of the valley between them and the origin, shortest first."""
    values = surface.values
    tops = (values >= cv2.dilate(values, np.ones((5, 5), np.uint8))) & (values > LEAST_MATCH)
    rows, columns = np.nonzero(tops)
    shifts = np.stack([columns, rows], 1) - surface.centre
    upper = (shifts[:, 1] > 0) | ((shifts[:, 1] == 0) & (shifts[:, 0] > 0))
    length = np.linalg.norm(shifts, axis=1)
    shifts = shifts[upper & surface.reaches(shifts) & (length >= SMALLEST_PERIOD)]
    shifts = shifts[np.argsort(-surface.at(shifts), kind="stable")[:MOST_PEAKS]] if len(shifts) else shifts
    if not len(shifts):
        return shifts, np.zeros(0, np.float32)
    steps = np.linspace(0.1, 0.9, 17)[:, None, None]
    valley = surface.at((steps * shifts).reshape(-1, 2)).reshape(17, -1).min(0)
    height = surface.at(shifts)
    keep = height - valley >= LEAST_PROMINENCE
    order = np.argsort(np.linalg.norm(shifts[keep], axis=1), kind="stable")
    return shifts[keep][order], height[keep][order]


def _full_lattice(surface: CorrelationSurface) -> Lattice | None:
    shifts, heights = _peaks(surface)
    if len(shifts) < 2:
        return None
    good = heights >= max(LEAST_MATCH, 0.9 * float(np.quantile(heights, 0.98)))
    shifts = shifts[good][:24]
    best: tuple[float, np.ndarray] | None = None
    for i, first in enumerate(shifts):
        for second in shifts[i + 1 :]:
            area = abs(first[0] * second[1] - first[1] * second[0])
            if area < 0.25 * np.linalg.norm(first) * np.linalg.norm(second) or (best and area >= 0.97 * best[0]):
                continue
            basis = _reduced(np.stack([first, second], 1))
            if _neighbour_match(surface, basis).min() >= max(LEAST_MATCH, 0.86 * float(heights[good].max())):
                best = (area, basis)
    if best is None:
        return None
    basis = _refined(surface, best[1])
    return Lattice(basis, float(_neighbour_match(surface, basis).mean()))


def _neighbour_match(surface: CorrelationSurface, basis: np.ndarray) -> np.ndarray:
    shifts = (basis @ np.array([[1, 0, 1, 1, 2, 0], [0, 1, 1, -1, 0, 2]])).T
    return surface.at(shifts[surface.reaches(shifts)])


def _reduced(basis: np.ndarray) -> np.ndarray:
    """Gauss's reduction: the two shortest vectors of the same lattice, the flatter one first, right-handed."""
    a, b = basis[:, 0], basis[:, 1]
    for _ in range(20):
        if np.dot(a, a) > np.dot(b, b):
            a, b = b, a
        turns = np.rint(np.dot(a, b) / np.dot(a, a))
        if turns == 0:
            break
        b = b - turns * a
    if abs(a[0]) * np.linalg.norm(b) < abs(b[0]) * np.linalg.norm(a):
        a, b = b, a
    a = a if a[0] >= 0 else -a
    return np.stack([a, b if a[0] * b[1] - a[1] * b[0] > 0 else -b], 1)


def _refined(surface: CorrelationSurface, basis: np.ndarray) -> np.ndarray:
    """Fit the basis to the tops at all its multiples: far ones fix the period to a fraction of a pixel."""
    for reach in (1, 2, 4, 8):
        steps = np.stack(np.meshgrid(np.arange(-reach, reach + 1), np.arange(0, reach + 1)), -1).reshape(-1, 2)
        steps = steps[np.any(steps != 0, axis=1)].astype(np.float64)
        shifts = steps @ basis.T
        inside = surface.reaches(shifts)
        if inside.sum() < 2:
            break
        tops = np.array([surface.climb(shift) for shift in shifts[inside]])
        near = np.linalg.norm(tops - shifts[inside], axis=1) < 0.2 * np.linalg.norm(basis, axis=0).min() + 1
        if near.sum() < 2 or np.linalg.matrix_rank(steps[inside][near]) < 2:
            break
        basis = np.linalg.lstsq(steps[inside][near], tops[near], rcond=None)[0].T
    return basis


_SUBLATTICES = tuple(
    np.array(columns).T
    for columns in (
        ((2, 0), (0, 1)), ((1, 0), (0, 2)), ((1, 1), (1, -1)), ((3, 0), (0, 1)), ((1, 0), (0, 3)), ((2, 0), (0, 2)),
    )
)  # fmt: skip
"""Every second or third repeat, each as two columns of whole steps along the basis."""


def _with_all_motifs(surface: CorrelationSurface, planes: np.ndarray, lattice: Lattice) -> Lattice:
    """Return the lattice whose repeats are all of one motif.

    Motifs that take turns on one ground match each other nearly as well as themselves. What tells them apart is what
    each leaves over: noise and bent cloth leave as much at every repeat, another motif more than the same one.
    """
    steps = np.array([(x, y) for x in range(-3, 4) for y in range(4) if (y, x) > (0, 0)])
    shifts = steps @ lattice.basis.T
    inside = surface.reaches(shifts)
    steps, shifts = steps[inside], np.array([surface.climb(shift) for shift in shifts[inside]])
    soft = cv2.GaussianBlur(planes, (0, 0), SOFTER)  # else whole periods leave less than those between two pixels
    soft = soft / np.sqrt(2 * soft.var(axis=(0, 1)).mean())
    left = np.array([_left_over(soft, shift) for shift in shifts])
    best: tuple[float, np.ndarray] | None = None
    for sublattice in _SUBLATTICES:
        same = np.all(np.abs((sums := steps @ np.linalg.inv(sublattice).T) - np.rint(sums)) < 1e-6, axis=1)
        if same.all() or np.linalg.matrix_rank(steps[same]) < 2:
            continue
        within, between = float(left[same].mean()), float(left[~same].min())
        apart = between - within
        if between >= MOTIFS_APART * within and apart >= LEAST_APART and (best is None or apart > best[0]):
            best = (apart, sublattice)
    if best is None:
        return lattice
    basis = _refined(surface, _reduced(lattice.basis @ best[1]))
    return Lattice(basis, float(_neighbour_match(surface, basis).mean()))


def _left_over(planes: np.ndarray, shift: np.ndarray) -> float:
    """Mean square of what planes and their shifted selves differ by where they overlap."""
    height, width = planes.shape[:2]
    shifted = cv2.warpAffine(planes, np.array([[1, 0, -shift[0]], [0, 1, -shift[1]]]), (width, height))
    rows, columns = (
        slice(int(np.ceil(max(0.0, -step))), length - int(np.ceil(max(0.0, step))))
        for step, length in ((shift[1], height), (shift[0], width))
    )
    return float(np.square(planes[rows, columns] - shifted[rows, columns]).mean())


def _striped_lattice(surface: CorrelationSurface) -> Lattice | None:
    """A pattern that changes in one direction only: its correlation is a ridge, not peaks."""
    angles = np.radians(np.arange(0.0, 180.0, 1.0))
    directions = np.stack([np.cos(angles), np.sin(angles)], 1)
    radii = np.linspace(0.1, 0.6, 24) * surface.centre.min()
    along = surface.at((radii[:, None, None] * directions).reshape(-1, 2)).reshape(24, -1)
    ridge = along.min(0)
    best = int(ridge.argmax())
    if ridge[best] < STRIPE_MATCH:
        return None
    along_stripe = directions[best]
    across = np.array([-along_stripe[1], along_stripe[0]])
    period = _first_period(surface, across)
    if period is None:
        return None
    length = max(period[0], 0.6 * float(surface.centre.min()))
    return Lattice(np.stack([across * period[0], -along_stripe * length], 1), period[1], striped=True)


def _first_period(surface: CorrelationSurface, direction: np.ndarray) -> tuple[float, float] | None:
    radii = np.arange(0.0, float(surface.reach.min()), 0.5)
    profile = surface.at(radii[:, None] * direction)
    inner = np.arange(1, len(profile) - 1)
    tops = inner[(profile[inner] >= profile[inner - 1]) & (profile[inner] > profile[inner + 1])]
    tops = tops[(radii[tops] >= SMALLEST_PERIOD) & (profile[tops] > LEAST_MATCH)]
    tops = np.array([top for top in tops if profile[top] - profile[:top].min() >= LEAST_PROMINENCE], int)
    if not len(tops):
        return None
    first = tops[profile[tops] >= 0.93 * profile[tops].max()][0]
    return float(radii[first] + 0.5 * vertex_offset(profile[first - 1 : first + 2])), float(profile[first])
