"""Which way the cloth runs on a part, from the part's own shape."""

from __future__ import annotations

import cv2
import numpy as np

from gan.guide.limbs import axis_of, principal_direction, spread_of

STEEPEST_SLEEVE = 112.0  # degrees from straight down
STEEPEST_LEG = 40.0
COLLAR_TURN = (12.0, 40.0)  # degrees, least and most


def sleeve_axis(sleeve: np.ndarray, rest: np.ndarray) -> float:
    """Return the direction of a sleeve, away from where it is sewn to the rest, in degrees as `Limb.axis`."""
    rim = cv2.dilate(rest.view(np.uint8), np.ones((3, 3), np.uint8)).view(bool)
    points = _pixels(sleeve)
    seam = _pixels(sleeve & rim)
    # A sleeve that lies against the body touches it all along: the upper third of the contact is the armhole.
    armhole = seam[seam[:, 1] <= np.quantile(seam[:, 1], 0.33)] if len(seam) else points
    axis = axis_of(principal_direction(points, armhole.mean(0)))
    return float(np.clip(axis, -STEEPEST_SLEEVE, STEEPEST_SLEEVE))


def leg_axis(leg: np.ndarray) -> float:
    """Return the direction of the lower half of a leg, in degrees."""
    points = _pixels(leg)
    lower = points[points[:, 1] >= np.median(points[:, 1])]
    slope = float(np.polyfit(lower[:, 1], lower[:, 0], 1)[0]) if np.ptp(lower[:, 1]) > 4 else 0.0
    return float(np.clip(axis_of(np.array([slope, 1.0])), -STEEPEST_LEG, STEEPEST_LEG))


def collar_turn(left: np.ndarray, right: np.ndarray) -> float:
    """Return by how many degrees the cloth turns on the leaves: clockwise on the right one, the other way on the left.

    One of the cloth's two directions is laid along the leaf, whichever is nearer: a lapel's stripes follow its
    edge, a shirt collar's cross it. Both leaves turn alike, as they are cut from one folded cloth.

    Args:
        left: h×w bool, the leaf on the picture's left.
        right: the other.
    """
    doubled = 0.0 + 0.0j
    for leaf, sign in ((left, -1), (right, 1)):
        points = _pixels(leaf)
        _, axes, variances = spread_of(points)
        slimness = 1 - float(variances[1]) / max(float(variances[0]), 1e-6)
        doubled += len(points) * slimness * np.exp(2j * np.radians(sign * axis_of(axes[0])))
    along = np.degrees(np.angle(doubled)) / 2
    turn = (along + 45) % 90 - 45
    return float(np.sign(turn or 1.0) * np.clip(abs(turn), *COLLAR_TURN))


def _pixels(piece: np.ndarray) -> np.ndarray:
    """The pixels (x, y) of a piece, N×2 float32."""
    found = cv2.findNonZero(piece.view(np.uint8))
    return np.empty((0, 2), np.float32) if found is None else found.reshape(-1, 2).astype(np.float32)
