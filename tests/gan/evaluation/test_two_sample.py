"""The classifiers that try to tell results from photographs."""

import pytest
import torch
from torch.nn import functional as F

from gan.evaluation.pairs import tell_light_apart
from gan.evaluation.two_sample import classifier_accuracy, crops_inside
from gan.networks.perceptual import PerceptualFeatures


class Gradients:
    """Stands in for a backbone: smoothness shows in the deviation of its features."""

    def __call__(self, pictures, layers):
        across = pictures[..., 1:] - pictures[..., :-1]
        return {layers[0]: torch.cat([pictures[..., :-1], 10 * across], dim=1)}


def batch_and_light(blur):
    """Twelve flat grey guides under random folds, and the same folds blurred."""
    torch.manual_seed(0)
    folds = F.interpolate(torch.randn(12, 1, 24, 18), size=(96, 72), mode="bicubic") * 0.2
    guide = torch.full((12, 3, 96, 72), 0.5)
    truth = (guide * torch.exp(folds)).clamp(0, 1)
    soft = F.avg_pool2d(folds, blur, stride=1, padding=blur // 2)
    batch = {"guide": guide, "mask": torch.ones(12, 1, 96, 72)}
    return batch, truth, (guide * torch.exp(soft)).clamp(0, 1)


def told(blur):
    batch, truth, soft = batch_and_light(blur)
    backbone: PerceptualFeatures = Gradients()
    scores = tell_light_apart({"truth": truth, "soft": soft}, batch, backbone, "truth")
    assert set(scores) == {"soft"}
    right = scores["soft"]["light_told_apart"]
    return sum(right) / len(right)


def test_flattened_folds_are_told_from_real_ones():
    assert told(9) > 0.8


def test_the_same_light_cannot_be_told_apart():
    assert told(1) == pytest.approx(0.5, abs=0.12)


def test_the_classifier_never_sees_the_garment_that_it_judges():
    torch.manual_seed(1)
    # Every garment has a mark of its own, which tells nothing about other garments.
    marks = torch.randn(10, 16)
    groups = [number for number in range(10) for _ in range(6)]
    codes = marks[groups] + 0.01 * torch.randn(60, 16)
    right = classifier_accuracy(codes, codes.clone(), groups, groups)
    assert sum(right) / len(right) < 0.65


def test_crops_lie_inside_the_mask_or_are_not_taken():
    mask = torch.zeros(1, 1, 128, 128)
    mask[..., 20:100, 20:100] = 1
    crops = crops_inside(mask.expand(-1, 3, -1, -1), mask, 5, seed=0)
    assert len(crops) == 5
    assert crops.mean() > 0.97
    assert len(crops_inside(mask, torch.zeros_like(mask), 5, seed=0)) == 0
