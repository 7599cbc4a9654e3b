import torch

from gan.training.shaded_reference import fold_light


def test_fold_light_is_smooth_and_varies():
    torch.manual_seed(0)
    light = fold_light(8, 64, 48, torch.device("cpu"))
    assert light.shape == (8, 1, 64, 48)
    assert light.std() > 0.05
    assert light.diff(dim=-1).abs().max() < 0.3
