"""The fast arithmetic on bytes against its definition on tensors, and edges against exact mixtures."""

import itertools

import numpy as np
import pytest
import torch

from gan.composite import Compositor, GarmentLight, light_guide
from gan.shading import Controls, apply_controls, garment_shading
from tests.gan.scenery import checks, shirt_alpha, shirt_photo


def tensor(picture: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255


def smooth_controls(height: int, width: int, residual: float) -> Controls:
    rows, columns = torch.meshgrid(torch.linspace(0, 3, height), torch.linspace(0, 5, width), indexing="ij")
    wave = (torch.sin(rows) * torch.cos(columns))[None, None]
    return Controls(1 + 0.5 * wave, 1 - 0.4 * wave, 0.6 * wave, residual * torch.cat([wave, -wave, wave.square()], 1))


@pytest.mark.parametrize("residual", [0.0, 0.7])
def test_bytes_follow_the_definition(residual):
    photo, alpha = shirt_photo(), shirt_alpha()
    guide = np.tile(checks(40, 10), (4, 3, 1))
    shading = garment_shading(tensor(photo), torch.from_numpy(alpha)[None, None])
    controls = smooth_controls(160, 120, residual)

    fast = light_guide(guide, GarmentLight.read(photo, shading), controls)

    exact = apply_controls(tensor(guide), shading, controls)[0].permute(1, 2, 0).numpy() * 255
    assert np.abs(fast - exact).max() <= 1.0


def test_identity_controls_leave_a_flat_garments_guide_as_it_is():
    photo = np.full((50, 40, 3), 140, np.uint8)
    shading = garment_shading(tensor(photo), torch.ones(1, 1, 50, 40))
    guide = np.random.default_rng(1).integers(0, 230, (50, 40, 3), np.uint8)

    lit = light_guide(guide, GarmentLight.read(photo, shading), Controls.identity(tensor(photo)))

    assert np.abs(lit.astype(int) - guide).max() <= 1


def test_low_resolution_controls_light_a_large_picture_alike():
    """Sixteen times the pixels, the same picture: nothing shifts or turns blocky when controls are upsampled."""
    photo = shirt_photo(480, 640)
    small, small_alpha = shirt_photo(120, 160), shirt_alpha(120, 160)
    shading = garment_shading(tensor(small), torch.from_numpy(small_alpha)[None, None])
    controls = smooth_controls(160, 120, 0.5)
    guide = np.full((640, 480, 3), (90, 120, 150), np.uint8)

    large = light_guide(guide, GarmentLight.read(photo, shading), controls)
    reference = light_guide(guide[:160, :120].copy(), GarmentLight.read(small, shading), controls)

    inside = small_alpha > 0.99
    shrunk = large.reshape(160, 4, 120, 4, 3).mean((1, 3))
    assert np.abs(shrunk - reference)[inside].mean() < 2.0


def exact_mixture(foreground, background, alpha) -> np.ndarray:
    return np.rint(alpha[..., None] * foreground + (1 - alpha[..., None]) * background).astype(np.uint8)


def test_background_bytes_stay_and_the_inside_is_the_picture():
    photo, alpha = shirt_photo(), shirt_alpha()
    picture = np.random.default_rng(2).integers(0, 256, photo.shape, np.uint8)

    result = Compositor(photo, alpha).compose(picture)

    assert (result[alpha == 0] == photo[alpha == 0]).all()
    assert (result[alpha == 1] == picture[alpha == 1]).all()


def test_soft_edges_keep_no_fringe_of_the_old_colour():
    alpha = shirt_alpha(240, 320)
    red, blue, green = np.array([220, 20, 30.0]), np.array([20, 40, 210.0]), np.array([30, 200, 60.0])
    photo = exact_mixture(red, blue, alpha)
    picture = np.full(photo.shape, green, np.uint8)

    result = Compositor(photo, alpha).compose(picture).astype(float)

    wanted = alpha[..., None] * green + (1 - alpha[..., None]) * blue
    edge = (alpha > 0.02) & (alpha < 0.98)
    assert edge.sum() > 500
    assert np.abs(result - wanted)[edge].max() < 16
    assert np.abs(result - wanted)[edge].mean() < 3


def test_strength_goes_from_the_photo_to_the_picture_without_jumps():
    photo, alpha = shirt_photo(), shirt_alpha()
    compositor, picture = Compositor(photo, alpha), np.full(photo.shape, 128, np.uint8)
    steps = [compositor.compose(picture, strength).astype(int) for strength in np.linspace(0, 1, 21)]

    assert (steps[0] == photo).all()
    assert (steps[-1] == compositor.compose(picture)).all()
    assert max(np.abs(after - before).max() for before, after in itertools.pairwise(steps)) <= 8


@pytest.mark.parametrize("opacity", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (33, 1)])
def test_tiny_pictures_are_composed(shape, opacity):
    photo = np.full((*shape, 3), 10, np.uint8)
    result = Compositor(photo, np.full(shape, opacity, np.float32)).compose(np.full((*shape, 3), 210, np.uint8))
    assert result.shape == photo.shape
    assert (result == photo).all() == (opacity == 0)
