"""Trains the part network."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from gan.guide.parts.augment import vary
from gan.guide.parts.network import SHIPPED, PartNetwork, load_network
from gan.guide.parts.pictures import LabelledPicture, read_pictures
from gan.guide.parts.view import VIEW_SIDE, view_inputs
from gan.mask.inputs import working_shape
from gan.mask.weights import load_network as load_mask_network
from gan.mask.weights import save_network
from gan.patterns import draw_pattern

BATCH = 16
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-4
PRINTS = 120
EDGE_WEIGHT = 0.05  # of the pixels outside the garment: what is said there is never used
REPORT_EVERY = 50

log = logging.getLogger(__name__)

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def train_parts(garments: Path, masks: Path | None, weights: Path, minutes: float, seed: int) -> Path:
    """Make the part network's weights from garment photos and the project's own labels; returns their file.

    Args:
        garments: folder of photos named kind-number.jpg; the held-out tenth is left alone.
        masks: folder of their masks as PNG files; missing ones are found.
        weights: the file.
        minutes: wall time of the training, without reading the pictures.
        seed: decides first weights, order and variations.

    Raises:
        ValueError: the folder holds no photo that teaches anything.
    """
    pictures = list(read_pictures(garments, masks))
    if not pictures:
        raise ValueError(f"{garments} holds no photos named like a kind of garment")
    log.info("%d pictures, %d with parts", len(pictures), sum(bool(one.parts.any()) for one in pictures))
    save_network(train(pictures, first_network(seed), minutes, seed), weights)
    return weights


def train(pictures: Sequence[LabelledPicture], network: PartNetwork, minutes: float, seed: int) -> PartNetwork:
    """Train a network for some minutes, its learning rate falling to zero over that time, and return it.

    Args:
        pictures: from `read_pictures`.
        network: to begin with.
        minutes: wall time.
        seed: decides the order and the variations.
    """
    rng = np.random.default_rng(seed)
    network.train()
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    prints = [draw_pattern(number, 128) for number in range(PRINTS)]
    start, step, losses = time.monotonic(), 0, 0.0
    while (passed := (time.monotonic() - start) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * np.cos(np.pi * passed))
        loss = part_loss(network, make_batch(pictures, prints, rng))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step, losses = step + 1, losses + float(loss.detach())
        if step % REPORT_EVERY == 0:
            log.info("step %d, %.0f %% of the time, loss %.4f", step, 100 * passed, losses / REPORT_EVERY)
            losses = 0.0
    return network.eval()


def make_batch(pictures: Sequence[LabelledPicture], prints: list[np.ndarray], rng: np.random.Generator) -> Batch:
    """Return inputs B×7×h×w, parts B×7×h×w and weights B×7×h×w, all of one picture's proportions."""
    odds = np.array([picture.weight for picture in pictures])
    chosen = rng.choice(len(pictures), BATCH, p=odds / odds.sum())
    height, width = pictures[chosen[0]].mask.shape
    shape = working_shape(height, width, VIEW_SIDE)
    inputs, targets, weights = [], [], []
    for index in chosen:
        varied = vary(pictures[index], prints, shape, rng)
        inputs.append(view_inputs(varied.picture, varied.mask))
        targets.append(varied.parts)
        weights.append(varied.known[:, None, None] * np.maximum(varied.mask, EDGE_WEIGHT)[None])
    stacked = (torch.from_numpy(np.stack(group).astype(np.float32)) for group in (inputs, targets, weights))
    first, second, third = stacked
    return first.contiguous(memory_format=torch.channels_last), second, third


def part_loss(network: PartNetwork, batch: Batch) -> torch.Tensor:
    """Cross-entropy over the known pixels, and how little the parts overlap (Milletari et al. 2016, "V-Net")."""
    inputs, targets, weights = batch
    logits = network(inputs)
    entropy = F.binary_cross_entropy_with_logits(logits, targets, weights, reduction="sum") / weights.sum()
    probabilities, truth = torch.sigmoid(logits) * weights, targets * weights
    overlap = (probabilities * truth).sum((2, 3))
    dice = (2 * overlap + 1) / (probabilities.sum((2, 3)) + truth.sum((2, 3)) + 1)
    there = truth.sum((2, 3)) > 4
    return entropy + 0.3 * (1 - dice)[there].mean() if there.any() else entropy


def first_network(seed: int) -> PartNetwork:
    """Return the shipped network, or where there is none, one that knows what the mask network knows of garments.

    Its first layers will stay so.
    """
    torch.manual_seed(seed)
    if SHIPPED.exists():
        network = load_network()
    else:
        network = PartNetwork()
        network.start_from(load_mask_network())
    network.hold_first_layers()
    return network
