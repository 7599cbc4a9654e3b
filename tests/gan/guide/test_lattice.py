"""Periods are found where there are any, to a fraction of a pixel, and nowhere else."""

import cv2
import numpy as np
import pytest

from gan.guide.lattice import Lattice, find_lattice
from gan.patterns import draw_pattern
from tests.gan.guide.drawn import first_angle


def drawn(first: tuple[float, float], second: tuple[float, float], size: int = 320) -> np.ndarray:
    """Two-colour motifs on a lattice, without any mirror symmetry."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    basis = np.array([first, second]).T
    cell = np.linalg.inv(basis) @ np.stack([x.ravel(), y.ravel()])
    p, q = (cell - np.floor(cell)).reshape(2, size, size)
    disc = np.clip((0.07 - (p - 0.35) ** 2 - (q - 0.4) ** 2) * 60 + 0.5, 0, 1)[..., None]
    bar = np.clip((0.08 - np.abs(p + 0.5 * q - 0.95)) * 30 + 0.5, 0, 1)[..., None]
    picture = np.array([230, 220, 200]) * (1 - disc) + disc * np.array([40, 60, 120])
    return np.clip(picture * (1 - 0.6 * bar) + 0.6 * bar * np.array([180, 40, 50]), 0, 255).astype(np.uint8)


def same_lattice(lattice: Lattice, first: tuple[float, float], second: tuple[float, float], within: float) -> bool:
    """Whether both bases span the same points: each one's vectors are whole sums of the other's."""
    truth = np.array([first, second]).T
    sums = np.linalg.inv(truth) @ lattice.basis
    whole = np.rint(sums)
    error = np.linalg.norm(truth @ (sums - whole), axis=0).max()
    return bool(abs(round(float(np.linalg.det(whole)))) == 1 and error < within)


LATTICES = [
    ((40.0, 0.0), (0.0, 40.0)),
    ((33.3, 0.0), (0.0, 51.7)),
    ((42.0, 14.0), (-14.0, 42.0)),
    ((50.0, 0.0), (25.0, 43.3)),
    ((24.6, -9.2), (11.0, 30.4)),
    ((90.0, 20.0), (-15.0, 80.0)),
]


@pytest.mark.parametrize(("first", "second"), LATTICES)
def test_the_period_is_found_to_a_third_of_a_pixel(first: tuple[float, float], second: tuple[float, float]) -> None:
    lattice = find_lattice(drawn(first, second))
    assert lattice is not None and same_lattice(lattice, first, second, within=0.34)


@pytest.mark.parametrize(("first", "second"), LATTICES[:5])
def test_noise_uneven_light_and_jpeg_do_not_hide_the_period(
    first: tuple[float, float], second: tuple[float, float]
) -> None:
    picture = drawn(first, second).astype(np.float32)
    light = np.linspace(0.65, 1.1, picture.shape[1], dtype=np.float32)[None, :, None]
    noise = np.random.default_rng(1).normal(0, 14, picture.shape)
    _, packed = cv2.imencode(".jpg", np.clip(picture * light + noise, 0, 255).astype(np.uint8), [1, 60])
    lattice = find_lattice(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    assert lattice is not None and same_lattice(lattice, first, second, within=0.6)


def test_a_two_colour_chequer_is_not_halved() -> None:
    """Neighbouring cells that differ only in colour make one period, not two."""
    y, x = np.mgrid[0:320, 0:320]
    inside = ((x % 32) - 16) ** 2 + ((y % 32) - 16) ** 2 < 90
    odd = (x // 32 + y // 32) % 2 == 1
    picture = np.full((320, 320, 3), 240, np.uint8)
    picture[inside & odd] = (200, 30, 40)
    picture[inside & ~odd] = (30, 80, 200)
    lattice = find_lattice(picture)
    assert lattice is not None and same_lattice(lattice, (32.0, 32.0), (-32.0, 32.0), within=0.5)


@pytest.mark.parametrize("odd_radius", [10, 14])
def test_motifs_that_take_turns_are_not_mixed(odd_radius: int) -> None:
    """Every second crossing of a grid of lines carries a dot: its neighbour matches it nearly as well as itself."""
    y, x = np.mgrid[0:384, 0:384]
    lines = (x % 48 < 6) | (y % 48 < 6) | ((x + y) % 48 < 6)
    dots = ((x + 21) % 48 - 24) ** 2 + ((y + 21) % 48 - 24) ** 2 < odd_radius**2
    odd = ((x + 21) // 48 + (y + 21) // 48) % 2 == 1
    picture = np.full((384, 384, 3), (20, 80, 100), np.uint8)
    picture[lines | (dots & odd)] = (140, 220, 160)
    picture = np.clip(picture + np.random.default_rng(0).normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    lattice = find_lattice(picture)
    assert lattice is not None and same_lattice(lattice, (48.0, 48.0), (-48.0, 48.0), within=0.5)


@pytest.mark.parametrize("side", [40.33, 51.6])
def test_a_period_between_pixels_is_not_multiplied(side: float) -> None:
    """Drawn without smoothing, every third repeat of 40⅓ pixels matches best, and is still no other motif."""
    y, x = np.mgrid[0:384, 0:384]
    inside = ((x % side) < side * 0.4) ^ ((y % side) < side * 0.3)
    picture = np.where(inside[..., None], np.uint8([30, 40, 120]), np.uint8([230, 220, 190]))
    lattice = find_lattice(picture)
    assert lattice is not None and same_lattice(lattice, (side, 0.0), (0.0, side), within=0.5)


@pytest.mark.parametrize("degrees", [0.0, 17.0, 45.0, 90.0])
def test_stripes_have_one_period_at_any_angle(degrees: float) -> None:
    turn = np.radians(degrees)
    y, x = np.mgrid[0:300, 0:300]
    wave = np.sin(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / 27.5)
    lattice = find_lattice((wave * 90 + 128)[..., None].repeat(3, 2).astype(np.uint8))
    assert lattice is not None and lattice.striped
    assert lattice.period == pytest.approx(27.5, abs=0.5)
    assert abs((first_angle(lattice) - degrees + 45) % 90 - 45) < 1.5


@pytest.mark.parametrize("words", ["gingham", "houndstooth", "dots", "hexagons", "argyle", "quatrefoil", "chevron"])
def test_textile_patterns_repeat(words: str) -> None:
    assert find_lattice(draw_pattern(words, 320)) is not None


def test_a_painting_does_not_repeat(scene: np.ndarray) -> None:
    assert find_lattice(scene) is None


@pytest.mark.parametrize("cells", [3, 8, 20, 80])
def test_noise_does_not_repeat(cells: int) -> None:
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(0, 255, (cells, cells, 3)).astype(np.uint8)
        assert find_lattice(cv2.resize(noise, (300, 240), interpolation=cv2.INTER_CUBIC)) is None


@pytest.mark.parametrize("words", ["camouflage", "leopard large", "marble", "watercolour", "tie-dye"])
def test_irregular_patterns_do_not_repeat(words: str) -> None:
    assert find_lattice(draw_pattern(words, 320)) is None


def test_fine_weave_is_not_taken_for_a_pattern() -> None:
    cloth = np.random.default_rng(3).normal(120, 4, (320, 320))
    cloth += 8 * ((np.add.outer(np.arange(320), np.arange(320)) % 4) < 2)
    assert find_lattice(cloth[..., None].repeat(3, 2).astype(np.uint8)) is None


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (30, 900), (24, 24), (700, 26)])
def test_odd_shapes_are_answered(shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert find_lattice(np.full((*shape, 3), value, np.uint8)) is None
