"""The fast arithmetic on bytes against its definition on tensors."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from gan.rendering.composite import Compositor
from gan.rendering.light import GarmentLight, light_guide
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

    fast = light_guide(guide, GarmentLight.read(photo, alpha, shading), controls)

    exact = apply_controls(tensor(guide), shading, controls)[0].permute(1, 2, 0).numpy() * 255
    inside = cv2.erode(alpha, np.ones((5, 5))) > 0.99
    assert np.abs(fast - exact)[inside].max() <= 1.0


def test_identity_controls_leave_a_flat_garments_guide_as_it_is():
    photo = np.full((50, 40, 3), 140, np.uint8)
    shading = garment_shading(tensor(photo), torch.ones(1, 1, 50, 40))
    guide = np.random.default_rng(1).integers(0, 230, (50, 40, 3), np.uint8)

    lit = light_guide(
        guide, GarmentLight.read(photo, np.ones((50, 40), np.float32), shading), Controls.identity(tensor(photo))
    )

    assert np.abs(lit.astype(int) - guide).max() <= 1


def test_low_resolution_controls_light_a_large_picture_alike():
    """Sixteen times the pixels, the same picture: nothing shifts or turns blocky when controls are upsampled."""
    photo, alpha = shirt_photo(480, 640), shirt_alpha(480, 640)
    small, small_alpha = shirt_photo(120, 160), shirt_alpha(120, 160)
    shading = garment_shading(tensor(small), torch.from_numpy(small_alpha)[None, None])
    controls = smooth_controls(160, 120, 0.5)
    guide = np.full((640, 480, 3), (90, 120, 150), np.uint8)

    large = light_guide(guide, GarmentLight.read(photo, alpha, shading), controls)
    reference = light_guide(guide[:160, :120].copy(), GarmentLight.read(small, small_alpha, shading), controls)

    inside = small_alpha > 0.99
    shrunk = large.reshape(160, 4, 120, 4, 3).mean((1, 3))
    assert np.abs(shrunk - reference)[inside].mean() < 2.0


def test_a_bright_background_makes_no_glaring_rim_on_a_dark_garment():
    """The mask reaches two pixels too far, as automatic masks do."""
    alpha = shirt_alpha(240, 320)
    photo = np.rint(235 - 205 * alpha[..., None].repeat(3, axis=2)).astype(np.uint8)
    reaching = cv2.dilate(alpha, np.ones((3, 3)))
    unmixed = Compositor(photo, reaching).unmixed()
    shading = garment_shading(tensor(unmixed), torch.from_numpy(reaching)[None, None])
    guide = np.full(photo.shape, 120, np.uint8)

    lit = light_guide(guide, GarmentLight.read(unmixed, reaching, shading), Controls.identity(tensor(photo)))

    rim = (reaching > 0.5) & (alpha < 0.98)
    assert rim.sum() > 300
    # Without care the rim burns out: 208 on average, 255 at most.
    assert lit[rim].mean() < 155
    assert lit[rim].max() < 190


def lit_dash(cloth: int, dash: int) -> tuple[float, float]:
    """Grey levels of a mid-grey guide on plain cloth, and in a dash of another brightness on it."""
    photo = np.full((200, 160, 3), cloth, np.uint8)
    photo[99:102, 74:86] = dash
    alpha = np.ones(photo.shape[:2], np.float32)
    shading = garment_shading(tensor(photo), torch.from_numpy(alpha)[None, None])
    guide = np.full(photo.shape, 110, np.uint8)
    lit = light_guide(guide, GarmentLight.read(photo, alpha, shading), Controls.identity(tensor(photo)))
    return float(lit[40, 80].mean()), float(lit[100, 78:82].mean())


def test_pale_lettering_on_dark_cloth_does_not_glare_on_the_new_one():
    plain, dash = lit_dash(cloth=45, dash=230)
    assert plain < dash < 1.45 * plain  # with all of its light: 1.8 times as bright


def test_folds_of_pale_cloth_and_dark_seams_of_dark_cloth_stay():
    plain, dash = lit_dash(cloth=160, dash=230)
    assert dash > 1.3 * plain
    plain, dash = lit_dash(cloth=60, dash=35)
    assert dash < 0.7 * plain


def test_an_old_prints_sharp_edges_go_with_the_print():
    """Controls of an eighth of the size that take a print away must not leave its outline at full size."""
    photo = np.full((512, 512, 3), 200, np.uint8)
    cv2.putText(photo, "OLD", (60, 300), cv2.FONT_HERSHEY_SIMPLEX, 6, (70, 70, 70), 40)
    small = cv2.resize(photo, (64, 64), interpolation=cv2.INTER_AREA)
    shading = garment_shading(tensor(small), torch.ones(1, 1, 64, 64))
    identity = Controls.identity(tensor(small))
    removing = replace(identity, gain=-(shading.coarse + shading.fine))
    light = GarmentLight.read(photo, np.ones((512, 512), np.float32), shading)

    before, after = (np.abs(light.exposure(controls)) for controls in (identity, removing))

    assert before.mean() > 0.1
    assert after.mean() < 0.02
    assert after.max() < 0.3
