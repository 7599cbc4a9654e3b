import subprocess
import sys

import numpy as np
import pytest
import torch

from gan import colour, colour_tensors
from gan.rendering.light import DECODE, ENCODE, LIGHT_UNIT

LIGHT = np.linspace(0, 3, 901, dtype=np.float32)
BYTES = np.arange(256, dtype=np.uint8)


@pytest.mark.parametrize("name", ["srgb_to_linear", "linear_to_srgb", "soft_clip"])
def test_arrays_and_tensors_are_treated_alike(name: str):
    ours, theirs = getattr(colour, name)(LIGHT), getattr(colour_tensors, name)(torch.from_numpy(LIGHT))
    assert ours.dtype == np.float32
    assert np.allclose(ours, theirs.numpy(), atol=1e-5)


def test_luminance_weighs_alike_and_white_is_one():
    light = np.random.default_rng(0).random((3, 4, 5), np.float32)
    seen = colour_tensors.luminance(torch.from_numpy(light)[None])[0, 0]
    assert np.allclose(np.moveaxis(light, 0, 2) @ colour.LUMINANCE, seen.numpy(), atol=1e-6)
    assert sum(colour.LUMINANCE_WEIGHTS) == pytest.approx(1.0)


def test_every_byte_survives_linear_light():
    assert np.array_equal(colour.bytes_from_linear(colour.linear_from_bytes(BYTES)), BYTES)
    assert np.allclose(colour.linear_from_bytes(BYTES), DECODE / LIGHT_UNIT, atol=1e-6)


def test_light_out_of_range_is_clipped():
    assert colour.bytes_from_linear(np.array([-1.0, 2.0], np.float32)).tolist() == [0, 255]


def test_tables_of_no_pixels_give_no_pixels():
    assert colour.linear_from_bytes(np.empty((0, 3), np.uint8)).shape == (0, 3)


def test_the_encoding_table_is_the_curve_after_the_soft_clip():
    light = np.array([0, LIGHT_UNIT // 2, LIGHT_UNIT, 65535])
    assert np.allclose(ENCODE[light], 255 * colour.linear_to_srgb(colour.soft_clip(light / LIGHT_UNIT)), atol=1e-3)


def test_oklab_there_and_back():
    colours = np.random.default_rng(2).integers(0, 256, (500, 3), dtype=np.uint8)
    back = colour.srgb_from_oklab(colour.oklab_from_srgb(colours))
    assert np.abs(back.astype(int) - colours).max() <= 1


@pytest.mark.parametrize("module", ["gan.patterns", "gan.colour"])
def test_patterns_need_neither_guides_nor_networks(module: str):
    script = f"import sys, {module}; sys.exit(bool({{'torch', 'gan.guide', 'gan.mask'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], timeout=120).returncode == 0
