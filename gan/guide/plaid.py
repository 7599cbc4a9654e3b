"""Plaids and stripes that stand upright: one sett is cut out along threads, and no band of it is lost."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import lab_planes
from gan.guide.lattice import Lattice
from gan.guide.tile import Tile, tile_between

PLAID_SHARE = 0.88  # of a plaid's gradient energy belongs to lines across the whole picture
SOFTNESS = 0.01  # of the picture's side: a coarse twill's lines are not the plaid's
LEAST_STEP = 0.8  # Lab units per pixel, root mean square: a sky's slow gradient is no plaid
PLAIN_VARIANCE = 2.0  # Lab units squared: threads of one colour
PLAIN_SHARE = 0.1  # of the other threads' variance: a buttonhole or a crease
MOST_ASKEW = 0.02  # of a cell's longer side: how far an upright cell's sides may lean
SHORTEST_SETT = 0.2  # of the picture's side
SAME_THREADS = 0.12  # of the profile's variance: by how much a sett and its repeat may differ
LEAST_SEEN_AGAIN = 0.3  # of the profile's variance must lie in what is compared
JOINT_SHARE = 0.05  # of the picture's side: how much must agree at a joint within the sett
SHORTEST_CUT = 0.8  # of the picture's side
WORST_JOINT = 0.1  # of the profile's variance
LIKE_WARP = 0.3  # the variance of a plaid's weft against that of its warp, at least
SHARP_SHARE = 0.75  # of a profile's gradient energy lies in a quarter of its lines, if it is made of bands
LOST_BAND = 0.15  # of the profile's variance: a thread this far from all that are kept is a band lost


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines [start, end) of a profile are one sett; `overlap` lines beyond the end agree with those at the start."""

    start: int
    end: int
    overlap: int

    def enlarged(self, factor: float) -> tuple[int, int, int]:
        end = round(self.end * factor)
        return round(self.start * factor), end, int((self.end + self.overlap) * factor) - end


def plaid_tile(picture: np.ndarray, fine: np.ndarray | None = None) -> Tile | None:
    """Return one sett of an upright plaid or stripe, else None.

    A sett that the picture shows again, at least in part, is cut at its period. Else the picture itself is one: cut
    between two places near its ends where the threads agree, or, as bands of cloth may end anywhere, at its ends.

    Args:
        picture: H×W×3 RGB.
        fine: the same picture with more pixels, which the tile is then cut from.
    """
    planes = lab_planes(picture)
    if not is_plaid(planes):
        return None
    profiles = _profiles(planes)
    plain = max(PLAIN_VARIANCE, PLAIN_SHARE * max(map(_variance, profiles)))
    setts = [_sett(profile, plain) for profile in profiles]
    if None in setts and not _is_banded([profile for profile in profiles if _variance(profile) >= plain]):
        return None
    fine = picture if fine is None else fine
    across, down = (
        (sett or _Stretch(0, len(profile), 0)).enlarged(fine_length / len(profile))
        for sett, profile, fine_length in zip(setts, profiles, fine.shape[1::-1], strict=True)
    )
    return tile_between(fine, across, down).measured_in(picture, fine)


def keeps_bands(picture: np.ndarray, lattice: Lattice) -> bool:
    """Tell whether a plaid's lattice is a period of all its threads; of other pictures it always is.

    A plaid's lines match at parts of its sett too, and cut there it would lose the bands between them.

    Args:
        picture: H×W×3 RGB.
        lattice: what was found in it.
    """
    planes = lab_planes(picture)
    if lattice.striped or not is_plaid(planes):
        return True
    steps = np.abs(lattice.basis).max(1)  # of an upright lattice: its width and height
    if np.abs(lattice.basis).min(1).max() > MOST_ASKEW * steps.max():
        return True
    return all(
        _difference(profile, float(step)) <= SAME_THREADS
        for profile, step in zip(_profiles(planes), steps, strict=True)
    )


def is_plaid(planes: np.ndarray) -> bool:
    """Whether the picture's steps run the whole width or height: threads do, a scene's outlines do not."""
    common, energy = _gradient_energy(planes)
    return bool(common >= PLAID_SHARE * energy and energy >= LEAST_STEP**2 * planes[..., 0].size)


def straightness(planes: np.ndarray) -> float:
    """Return the share of the steps in H×W×C planes that run the whole width or height, 0..1."""
    common, energy = _gradient_energy(planes)
    return common / max(energy, 1e-6)


def _gradient_energy(planes: np.ndarray) -> tuple[float, float]:
    """Gradient energy of the mean row and column, each as often as there are such lines, and that of the picture."""
    smooth = cv2.GaussianBlur(planes, (0, 0), max(planes.shape) * SOFTNESS)
    across, down = np.diff(smooth, axis=1), np.diff(smooth, axis=0)
    common = (across.mean(0) ** 2).sum() * across.shape[0] + (down.mean(1) ** 2).sum() * down.shape[1]
    return float(common), float((across**2).sum() + (down**2).sum())


def _profiles(planes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean colour of every column and of every row, about their common mean."""
    centred = planes - planes.mean((0, 1))
    return centred.mean(0), centred.mean(1)


def _is_banded(profiles: list[np.ndarray]) -> bool:
    """Whether sharp bands run both ways alike, or one way alone: a picture's frame and horizon do neither."""
    variances = [_variance(profile) for profile in profiles]
    return min(variances) >= LIKE_WARP * max(variances) and all(_is_sharp(profile) for profile in profiles)


def _is_sharp(profile: np.ndarray) -> bool:
    steps = np.sort(np.square(np.diff(profile, axis=0)).sum(1))
    return float(steps[-len(steps) // 4 :].sum()) >= SHARP_SHARE * float(steps.sum())


def _variance(profile: np.ndarray) -> float:
    return float((profile**2).sum(1).mean())


def _sett(profile: np.ndarray, plain: float) -> _Stretch | None:
    length = len(profile)
    window = max(2, round(JOINT_SHARE * length))
    if _variance(profile) < plain:
        return _Stretch(0, length - window, window)
    return _seen_again(profile, window) or _agreeing(profile, window)


def _difference(profile: np.ndarray, step: float) -> float:
    """Mean square of the change over a step, in shares of the profile's variance; inf where too little is compared."""
    variance = _variance(profile)
    whole = int(step)
    part = np.float32(step - whole)
    later = profile[whole:-1] * (1 - part) + profile[whole + 1 :] * part
    first, second = profile[: len(later)], later
    if min(float(compared.var(axis=0).sum()) for compared in (first, second)) < LEAST_SEEN_AGAIN * variance:
        return float("inf")
    return float(((first - second) ** 2).sum(1).mean()) / variance


def _seen_again(profile: np.ndarray, window: int) -> _Stretch | None:
    """The shortest period that all of the profile agrees with, cut where the joint is best."""
    length = len(profile)
    steps = range(round(SHORTEST_SETT * length), length - 2 * window)
    differences = np.array([_difference(profile, step) for step in steps])
    good = np.flatnonzero(differences <= SAME_THREADS)
    if not len(good):
        return None
    first = good[0]
    while first + 1 < len(differences) and differences[first + 1] < differences[first]:
        first += 1
    start = int(_joint_errors(profile, steps[first], window).argmin())
    return _Stretch(start, start + steps[first], window)


def _agreeing(profile: np.ndarray, window: int) -> _Stretch | None:
    """The longest stretch after which the profile goes on as it began, if no band lies outside it alone."""
    length, variance = len(profile), _variance(profile)
    for step in range(length - window, round(SHORTEST_CUT * length) - 1, -1):
        errors = _joint_errors(profile, step, window) / variance
        start = int(errors.argmin())
        if errors[start] <= WORST_JOINT and _lost(profile, start, start + step) <= LOST_BAND * variance:
            return _Stretch(start, start + step, window)
    return None


def _joint_errors(profile: np.ndarray, step: int, window: int) -> np.ndarray:
    """Mean square difference of a window at each start and the window a step later."""
    error = ((profile[step:] - profile[: len(profile) - step]) ** 2).sum(1)
    return np.convolve(error, np.ones(window), "valid") / window


def _lost(profile: np.ndarray, start: int, end: int) -> float:
    """Greatest squared distance of a line outside [start, end) to the nearest inside."""
    outside = np.concatenate([profile[:start], profile[end:]])
    if not len(outside):
        return 0.0
    distances = ((outside[:, None] - profile[None, start:end]) ** 2).sum(2)
    return float(distances.min(1).max())
