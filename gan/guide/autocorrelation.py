"""How like itself a picture is after a shift: its normalised autocorrelation, and how to look at it between pixels."""

from __future__ import annotations

import cv2
import numpy as np

LARGEST_SHIFT = 0.72  # of the picture's side: beyond it too little of the picture overlaps itself
LEAST_OVERLAP = 0.3  # of the picture's area


def autocorrelation(planes: np.ndarray) -> np.ndarray:
    """Return the overlap-normalised autocorrelation of H×W×C planes, (2H−1)×(2W−1), zero shift in the centre.

    Each shift is normalised by the mean and variance of the overlap alone (Padfield 2012, "Masked object
    registration in the Fourier domain"), so far shifts are not damped.
    """
    height, width = planes.shape[:2]
    count = np.outer(_overlaps(height), _overlaps(width)).astype(np.float32)
    product, variance = np.zeros_like(count), np.zeros_like(count)
    for plane in np.moveaxis(planes, 2, 0):
        total, square = _overlap_sums(plane), _overlap_sums(plane * plane)
        mean = total / count
        product += _raw_correlation(plane) - mean * total[::-1, ::-1]
        variance += np.maximum(square - mean * total, 0.0)
    scale = np.sqrt(variance) * np.sqrt(variance[::-1, ::-1])
    floor = count * (1e-3 * variance[height - 1, width - 1] / count.max()) + 1e-6
    return product / np.maximum(scale, floor)


class CorrelationSurface:
    """An autocorrelation as a function of a shift (x, y) in pixels."""

    def __init__(self, correlation: np.ndarray) -> None:
        """Take what `autocorrelation` returns."""
        self.values = correlation
        self.centre = np.array([correlation.shape[1] // 2, correlation.shape[0] // 2], np.float64)
        self.reach = self.centre * LARGEST_SHIFT

    def at(self, shifts: np.ndarray) -> np.ndarray:
        """Return the bilinear value at N×2 shifts."""
        points = (np.asarray(shifts, np.float64) + self.centre).astype(np.float32)
        blocks = np.array_split(points, len(points) // 16384 + 1)  # OpenCV maps at most 32,767 rows at once
        return np.concatenate(
            [cv2.remap(self.values, block[:, None, 0], block[:, None, 1], cv2.INTER_LINEAR)[:, 0] for block in blocks]
        )

    def reaches(self, shifts: np.ndarray) -> np.ndarray:
        """Return which N×2 shifts leave enough overlap to be judged."""
        overlap = np.prod(1.0 - np.abs(shifts) / (self.centre + 1.0), axis=1)
        return np.all(np.abs(shifts) <= self.reach, axis=1) & (overlap >= LEAST_OVERLAP)

    def climb(self, shift: np.ndarray, radius: int = 2) -> np.ndarray:
        """Return the sub-pixel top nearest to a shift (parabola through the neighbours)."""
        x, y = np.rint(shift + self.centre).astype(int)
        for _ in range(3):
            window = self.values[y - radius : y + radius + 1, x - radius : x + radius + 1]
            if window.shape != (2 * radius + 1, 2 * radius + 1):
                return shift
            row, column = np.unravel_index(int(window.argmax()), window.shape)
            x, y = x + int(column) - radius, y + int(row) - radius
        if not (0 < x < self.values.shape[1] - 1 and 0 < y < self.values.shape[0] - 1):
            return shift
        offset = [vertex_offset(self.values[y, x - 1 : x + 2]), vertex_offset(self.values[y - 1 : y + 2, x])]
        return np.array([x, y], np.float64) + offset - self.centre


def vertex_offset(three: np.ndarray) -> float:
    """Return how far from the middle one of three equally spaced values their parabola has its top, −0.5 to 0.5."""
    before, top, after = (float(value) for value in three)
    bend = before - 2 * top + after
    return 0.0 if bend >= -1e-9 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


def _overlaps(length: int) -> np.ndarray:
    return length - np.abs(np.arange(1 - length, length))


def _overlap_sums(plane: np.ndarray) -> np.ndarray:
    """Sum of the plane over the part that a shifted copy covers, for every shift."""
    height, width = plane.shape
    integral = cv2.integral(plane, sdepth=cv2.CV_64F)
    up, down = integral[height] - integral[height - 1 : 0 : -1], integral[height:0:-1] - integral[0]
    strip = np.concatenate([up, down])
    left, right = strip[:, width:] - strip[:, width - 1 : 0 : -1], strip[:, width:0:-1] - strip[:, :1]
    return np.concatenate([left, right], axis=1).astype(np.float32)


def _raw_correlation(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    shape = (cv2.getOptimalDFTSize(2 * height), cv2.getOptimalDFTSize(2 * width))
    padded = np.zeros(shape, np.float32)
    padded[:height, :width] = plane
    spectrum = cv2.dft(padded, nonzeroRows=height)
    power = cv2.mulSpectrums(spectrum, spectrum, 0, conjB=True)
    circular = cv2.idft(power, flags=cv2.DFT_SCALE)
    rolled = np.roll(circular, (height - 1, width - 1), (0, 1))
    return rolled[: 2 * height - 1, : 2 * width - 1]
