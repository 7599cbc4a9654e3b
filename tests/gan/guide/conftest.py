"""The garment, its form and the painting that the guide's tests share."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gan.guide import GarmentForm, analyse_garment
from tests.gan.guide.drawn import TSHIRT, Garment, shaded, silhouette


@pytest.fixture
def tshirt() -> Garment:
    alpha = silhouette((360, 300), TSHIRT)
    return shaded(alpha, (90, 110, 160)), alpha


@pytest.fixture
def form(tshirt: Garment) -> GarmentForm:
    return analyse_garment(*tshirt)


@pytest.fixture
def scene() -> np.ndarray:
    """A painting-like picture: sky, hills, a figure, brush noise; nothing repeats."""
    rng = np.random.default_rng(7)
    height, width = 260, 320
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = (
        (1 - y) * np.float32([120, 160, 210]) + y * np.float32([90, 110, 60]) + np.zeros((height, width, 1), np.float32)
    )
    coarse = rng.standard_normal((9, 11, 3)).astype(np.float32) * 22
    picture += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    picture += cv2.GaussianBlur(rng.standard_normal((height, width, 3)).astype(np.float32) * 60, (0, 0), 1.5)
    cv2.ellipse(picture, (110, 150), (32, 70), 12, 0, 360, (60, 30, 40), -1, cv2.LINE_AA)
    cv2.circle(picture, (122, 68), 22, (220, 180, 150), -1, cv2.LINE_AA)
    cv2.fillPoly(picture, [np.array([[200, 220], [260, 90], [318, 230]])], (70, 80, 90), cv2.LINE_AA)
    return np.clip(picture, 0, 255).astype(np.uint8)
