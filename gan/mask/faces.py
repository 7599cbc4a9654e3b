"""Finds faces: people wear what is to be restyled, and their heads are no part of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import Lock

import cv2
import numpy as np

from gan.shipped import FACES

SHIPPED = FACES
SURE = 0.8
SMALLEST = 12.0
"""Width in pixels below which nothing is seen of a face's skin."""
SECOND_LOOK, SECOND_SIDE = 2.0, 128
"""Each face is looked at again in a close-up, so many times as wide as the face and this many pixels large: necklines
and trimmings that pass for a face in the whole picture do not pass there."""
_LOCK = Lock()  # the detector keeps its input's size


@dataclass(frozen=True, slots=True)
class Face:
    """A face, forehead to chin, in pixels.

    Attributes:
        left, top, width, height: its box.
        features: 5×2, x and y of the eyes, the tip of the nose and the corners of the mouth.
    """

    left: float
    top: float
    width: float
    height: float
    features: np.ndarray


def find_faces(picture: np.ndarray) -> list[Face]:
    """Return the faces in a picture, the surest first; none where the detector's file is missing.

    The detector is YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023).

    Args:
        picture: H×W×3 uint8 RGB, a few hundred pixels on the long side.
    """
    if not SHIPPED.exists():
        return []
    faces = [
        Face(float(left), float(top), float(width), float(height), np.array(features).reshape(5, 2))
        for left, top, width, height, *features, _ in _detected(picture)
    ]
    return [face for face in faces if face.width >= SMALLEST and len(_detected(_close_up(picture, face)))]


def _detected(picture: np.ndarray) -> np.ndarray:
    """Return N×15: box, features and score."""
    height, width = picture.shape[:2]
    with _LOCK:
        detector = _detector()
        detector.setInputSize((width, height))
        _, rows = detector.detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return np.zeros((0, 15), np.float32) if rows is None else rows


def _close_up(picture: np.ndarray, face: Face) -> np.ndarray:
    scale = SECOND_SIDE / (SECOND_LOOK * max(face.width, face.height))
    middle = np.array([face.left + face.width / 2, face.top + face.height / 2])
    shift = SECOND_SIDE / 2 - scale * middle
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    return cv2.warpAffine(picture, matrix, (SECOND_SIDE, SECOND_SIDE), borderMode=cv2.BORDER_REPLICATE)


@cache
def _detector() -> cv2.FaceDetectorYN:
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of a target that nobody chose
    try:
        return cv2.FaceDetectorYN.create(str(SHIPPED), "", (320, 320), score_threshold=SURE)
    finally:
        cv2.utils.logging.setLogLevel(level)
