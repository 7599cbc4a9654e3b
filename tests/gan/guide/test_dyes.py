import numpy as np

from gan.colour import oklab_from_srgb
from gan.guide.dyes import find_palette


def painted(*areas: tuple[tuple[int, int, int], int]) -> np.ndarray:
    """OKLab colours of a picture of these sRGB colours and pixel counts, with a painter's unevenness."""
    plain = np.concatenate([np.tile(np.array(colour), (count, 1)) for colour, count in areas])
    uneven = plain + np.random.default_rng(0).normal(0, 4, plain.shape)
    return oklab_from_srgb(np.clip(uneven, 0, 255).astype(np.uint8))


def nearest(palette: np.ndarray, colour: tuple[int, int, int]) -> tuple[int, float]:
    steps = np.linalg.norm(palette - oklab_from_srgb(np.array([colour], np.uint8))[0], axis=1)
    return int(steps.argmin()), float(steps.min())


def test_a_small_strong_colour_is_among_the_first() -> None:
    browns = [((60 + 12 * step, 48 + 10 * step, 34 + 8 * step), 1000) for step in range(6)]
    palette = find_palette(painted(*browns, ((190, 40, 30), 220)), 4)
    place, distance = nearest(palette.colours, (190, 40, 30))
    assert place < 3 and distance < 0.04


def test_shades_of_one_colour_do_not_crowd_out_another() -> None:
    blues = [((20 + 5 * step, 60 + 9 * step, 120 + 9 * step), 1500) for step in range(8)]
    palette = find_palette(painted(*blues, ((120, 118, 90), 1500)), 3)
    assert nearest(palette.colours, (120, 118, 90))[1] < 0.04


def test_specks_are_left_out_and_shares_sum_to_one() -> None:
    palette = find_palette(painted(((200, 190, 180), 5000), ((30, 60, 90), 4000), ((255, 0, 0), 20)), 6)
    assert nearest(palette.colours, (255, 0, 0))[1] > 0.1
    assert np.isclose(palette.shares.sum(), 1.0)


def test_one_colour_is_a_palette() -> None:
    palette = find_palette(oklab_from_srgb(np.full((50, 3), 128, np.uint8)), 6)
    assert len(palette.colours) == 1 and palette.shares.tolist() == [1.0]
