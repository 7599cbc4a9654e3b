"""What a scene reads of a photo before any style is laid over it."""

from pathlib import Path

import cv2
import numpy as np

from gan.devices import choose_compute
from gan.guide import analyse_garment
from gan.rendering.control_network import ControlNetwork
from gan.rendering.scene import MaskedGarment, Scene

SHIRT = Path(__file__).parents[1] / "mask" / "labels" / "tshirt-0042"


def plain_shirt_with_print() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A real plain T-shirt and its mask, and where large white letters were printed on it."""
    photo = cv2.cvtColor(cv2.imread(f"{SHIRT}.jpg"), cv2.COLOR_BGR2RGB)
    alpha = (cv2.imread(f"{SHIRT}.png", cv2.IMREAD_GRAYSCALE) > 127).astype(np.float32)
    rows, columns = np.nonzero(alpha)
    letters = np.zeros(alpha.shape, np.uint8)
    place = (int(np.quantile(columns, 0.25)), int(np.quantile(rows, 0.55)))
    cv2.putText(letters, "BOLD", place, cv2.FONT_HERSHEY_DUPLEX, 1.4, 255, 7, cv2.LINE_AA)
    ink = letters * alpha / 255
    printed = photo + ink[..., None] * 0.8 * (235 - photo.astype(np.float32))
    return np.rint(printed).astype(np.uint8), alpha, ink


def test_an_old_print_does_not_bend_the_new_cloth():
    photo, alpha, ink = plain_shirt_with_print()
    scene = Scene(MaskedGarment(photo, alpha, alpha, None), ControlNetwork(choose_compute("cpu", 1)))
    beside = cv2.dilate(ink, np.ones((5, 5), np.uint8)) > 0.5

    def bend(displacement: np.ndarray, where: np.ndarray) -> float:
        size = where.shape[1::-1]
        return float(np.abs(cv2.resize(displacement, size)[where]).mean())

    window = scene.window
    assert bend(scene.form.displacement, beside[window]) < 0.5 * bend(
        analyse_garment(photo, alpha).displacement, beside
    )


def test_an_old_print_does_not_choose_the_strokes():
    """`paint` takes darker strokes where the garment lies in shade; an emblem is no shade."""
    photo, alpha, _ = plain_shirt_with_print()
    rows, columns = np.nonzero(alpha)
    emblem = np.zeros(alpha.shape, np.uint8)
    middle = (int(np.median(columns)), int(np.quantile(rows, 0.4)))
    cv2.circle(emblem, middle, int(columns.max() - columns.min()) // 7, 1, -1)
    photo = np.where(emblem[..., None] > 0, photo // 6, photo)
    scene = Scene(MaskedGarment(photo, alpha, alpha, None), ControlNetwork(choose_compute("cpu", 1)))

    def darker(light: np.ndarray, where: np.ndarray, inside: np.ndarray) -> float:
        light = cv2.resize(light, where.shape[1::-1])
        return float(light[inside & ~where].mean() - light[where].mean())

    raw = darker(analyse_garment(photo, alpha).light, emblem > 0, alpha > 0.5)
    read = darker(scene.form.light, (emblem > 0)[scene.window], (alpha > 0.5)[scene.window])
    assert raw > 1.0
    assert read < 0.4 * raw
