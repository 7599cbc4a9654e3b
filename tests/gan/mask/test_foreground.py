import cv2
import numpy as np

from gan.mask import estimate_foreground, estimate_layers


def composed() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A red disc with a soft edge on a green ground: picture, alpha, and the disc's true colour."""
    alpha = np.zeros((160, 160), np.float32)
    cv2.circle(alpha, (80, 80), 50, 1.0, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 3)
    alpha[alpha < 0.01], alpha[alpha > 0.99] = 0, 1
    red, green = np.array([200.0, 30, 40]), np.array([20.0, 190, 60])
    picture = alpha[..., None] * red + (1 - alpha[..., None]) * green
    return np.rint(picture).astype(np.uint8), alpha, red


def test_the_soft_edge_keeps_nothing_of_the_old_background():
    picture, alpha, red = composed()
    foreground = estimate_foreground(picture, alpha).astype(float)
    edge = (alpha > 0.1) & (alpha < 1)
    assert np.abs(foreground[edge] - red).mean() < 4
    assert np.abs(picture[edge] - red).mean() > 40


def test_both_layers_are_each_other_s_background():
    picture, alpha, _ = composed()
    front, back = estimate_layers(picture, alpha)
    assert np.array_equal(front, estimate_foreground(picture, alpha))
    assert np.array_equal(back, estimate_foreground(picture, 1 - alpha))
    edge = (alpha > 0) & (alpha < 0.9)
    assert np.abs(back[edge] - np.array([20.0, 190, 60])).mean() < 4


def test_inside_the_garment_every_byte_stays():
    picture, alpha, _ = composed()
    foreground = estimate_foreground(picture, alpha)
    assert np.array_equal(foreground[alpha == 1], picture[alpha == 1])


def test_extreme_masks_and_a_single_pixel():
    picture = np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(estimate_foreground(picture, np.ones((20, 30), np.float32)), picture)
    assert estimate_foreground(picture, np.zeros((20, 30), np.float32)).shape == picture.shape
    pixel = np.full((1, 1, 3), 7, np.uint8)
    assert np.array_equal(estimate_foreground(pixel, np.ones((1, 1), np.float32)), pixel)
