"""Black cloth is black, but not as a screen can be: folds must show on it."""

import numpy as np
import pytest

from gan.colour import LUMINANCE, linear_from_bytes
from gan.guide import GarmentForm, lay_guide, prepare_style
from gan.guide.blacks import as_dyed
from gan.request import Mode


def test_the_deepest_blacks_give_back_light_and_still_are_black() -> None:
    raised = as_dyed(np.zeros((4, 4, 3), np.uint8))
    luminance = linear_from_bytes(raised) @ LUMINANCE
    assert luminance.min() == pytest.approx(0.01, abs=0.0006) and luminance.max() == luminance.min()


def test_light_colours_stay_as_they_are() -> None:
    codes = np.arange(90, 256, dtype=np.uint8)
    grey = np.repeat(codes[None, :, None], 3, axis=2)
    assert as_dyed(grey) is grey
    mixed = np.concatenate([np.zeros_like(grey), grey])
    assert (as_dyed(mixed)[1] == grey[0]).all()


def test_what_was_darker_stays_darker_and_hues_stay() -> None:
    ramp = np.repeat(np.arange(0, 120, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert (np.diff(as_dyed(ramp)[0, :, 0].astype(int)) >= 0).all()
    navy = as_dyed(np.full((2, 2, 3), (4, 8, 60), np.uint8))[0, 0].astype(int)
    assert navy[2] > 1.8 * navy[0] and navy[1] > navy[0]


@pytest.mark.parametrize("mode", [Mode.PRINT, Mode.PAINT])
def test_no_guide_is_blacker_than_cloth(form: GarmentForm, mode: Mode) -> None:
    style = np.zeros((120, 120, 3), np.uint8)
    style[20:40, 20:40] = style[70:100, 60:110] = (220, 40, 40)
    guide = lay_guide(prepare_style(style), form, mode)[form.alpha > 0.9]
    assert np.quantile(linear_from_bytes(guide) @ LUMINANCE, 0.02) > 0.008
