"""Can a classifier tell results from photographs? Half right is indistinguishable.

Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests" (2017).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan.losses.patches import window_means
from gan.networks.perceptual import PerceptualFeatures

CROP = 64
FOLDS = 5
STEPS = 200
DECAY = 0.02
LAYERS = ("relu2_2", "relu3_3", "relu4_2")


def crops_inside(picture: Tensor, mask: Tensor, count: int, seed: int) -> Tensor:
    """Cut up to `count` squares of 64 px that lie inside the mask, N×3×64×64.

    Args:
        picture: 1×3×H×W.
        mask: 1×1×H×W.
        count: crops wanted.
        seed: which crops.
    """
    if min(picture.shape[-2:]) < CROP:
        return picture.new_zeros(0, 3, CROP, CROP)
    covered = window_means(mask, CROP)[0, 0]
    places = (covered > 0.97).nonzero()
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(seed))[:count]
    cut = [picture[0, :, top : top + CROP, left : left + CROP] for top, left in places[order].tolist()]
    return torch.stack(cut) if cut else picture.new_zeros(0, 3, CROP, CROP)


def describe(backbone: PerceptualFeatures, crops: Tensor) -> Tensor:
    """Return N×K means and deviations of features."""
    features = backbone(crops, LAYERS).values()
    return torch.cat([f(value, dim=(2, 3)) for value in features for f in (torch.mean, torch.std)], dim=1)


def classifier_accuracy(
    real: Tensor, fake: Tensor, real_groups: Sequence[int], fake_groups: Sequence[int]
) -> list[float]:
    """Return, garment by garment, the share of its crops on which a classifier that never saw it is right.

    A logistic regression on features, cross-validated so that a garment is never on both sides of the split. Crops of
    one garment are alike, so a confidence interval must count garments.

    Args:
        real: N×K descriptions of photographs.
        fake: M×K descriptions of results.
        real_groups: N garments' numbers.
        fake_groups: M garments' numbers.
    """
    values = torch.cat([real, fake])
    labels = torch.cat([torch.ones(len(real)), torch.zeros(len(fake))])
    groups = np.concatenate([np.asarray(real_groups), np.asarray(fake_groups)])
    names = np.unique(groups)
    part = dict(zip(names, np.random.default_rng(0).permutation(len(names)) % FOLDS, strict=True))
    folds = torch.tensor([int(part[group]) for group in groups])
    right = torch.zeros(len(labels))
    for fold in range(FOLDS):
        test = folds == fold
        if test.any() and (~test).any():
            scores = _fit(values[~test], labels[~test], values[test])
            right[test] = ((scores > 0) == (labels[test] > 0.5)).float()
    return [float(right[torch.from_numpy(groups == name)].mean()) for name in names]


@torch.enable_grad()
def _fit(values: Tensor, labels: Tensor, unseen: Tensor) -> Tensor:
    mean, deviation = values.mean(dim=0), values.std(dim=0) + 1e-4
    known, unknown = (values - mean) / deviation, (unseen - mean) / deviation
    weight = torch.zeros(values.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    balance = torch.where(labels > 0.5, 0.5 / labels.mean().clamp_min(1e-3), 0.5 / (1 - labels.mean()).clamp_min(1e-3))
    optimizer = torch.optim.Adam([weight, bias], 0.01)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(known @ weight + bias, labels, weight=balance)
        (loss + DECAY * weight.square().sum()).backward()
        optimizer.step()
    return (unknown @ weight + bias).detach()
