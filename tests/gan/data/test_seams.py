import numpy as np

from gan.data.seams import draw_seams


def test_seams_are_thin_dark_lines_on_untouched_cloth():
    for seed in range(20):
        light = draw_seams(192, 144, np.random.default_rng(seed))
        assert light.shape == (192, 144)
        assert np.isfinite(light).all()
        assert (np.abs(light) < 0.02).mean() > 0.5, "most of the cloth is untouched"
        assert light.max() < 1.0


def test_every_drawing_has_a_seam_that_shows():
    depths = [draw_seams(192, 144, np.random.default_rng(seed)).min() for seed in range(20)]
    assert all(depth < -0.04 for depth in depths)
    assert np.ptp(depths) > 0.3, "seams differ"


def test_the_same_seed_draws_the_same_seams():
    first, again = (draw_seams(96, 72, np.random.default_rng(4)) for _ in range(2))
    assert (first == again).all()
