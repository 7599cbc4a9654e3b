"""Sample grids on held-out garments, and the figure that tells whether a run gets better."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from gan.data.dataset import Batch, ExampleDataset
from gan.data.pack import Pack
from gan.networks.generator import NOISE_SIZE, Generator
from gan.shading import Controls, apply_controls, garment_shading

PAIRS = 48
SHOWN = 10


@dataclass(frozen=True)
class HeldOutBatches:
    """Fixed held-out examples: pseudo-pairs with truth, and real photos."""

    pairs: Batch
    photos: Batch


@dataclass(frozen=True, slots=True)
class Quality:
    """PSNR in dB against the truth inside the mask, means over held-out pseudo-pairs."""

    generator: float
    shaded_guide: float

    @property
    def gain(self) -> float:
        """Decibels above the guide with the analytic shading."""
        return self.generator - self.shaded_guide


def draw_held_out(pack: Pack, height: int, seed: int = 7, pairs: int = PAIRS) -> HeldOutBatches:
    """Draw the held-out examples; the same ones for the same pack, height and seed."""
    exact = ExampleDataset(pack, height, height * 3 // 4, seed, 0.0, 0.0)
    photos = ExampleDataset(pack, height, height * 3 // 4, seed + 1, 1.0, 0.0)
    return HeldOutBatches(_stacked(exact, pairs), _stacked(photos, min(SHOWN, pairs)))


@torch.no_grad()
def measure(generator: Generator, held_out: HeldOutBatches, precision: torch.dtype) -> Quality:
    """Measure a generator on the held-out pseudo-pairs."""
    batch = held_out.pairs
    found = psnr(pictures(generator, batch, precision), batch["truth"], batch["mask"])
    plain = psnr(shaded_guide(batch), batch["truth"], batch["mask"])
    return Quality(float(found.mean()), float(plain.mean()))


def psnr(picture: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Return each picture's peak signal-to-noise ratio in dB inside the mask."""
    weights = mask.expand_as(picture)
    error = ((picture - truth).square() * weights).sum(dim=(1, 2, 3)) / weights.sum(dim=(1, 2, 3)).clamp_min(1)
    return -10 * torch.log10(error.clamp_min(1e-8))


@torch.no_grad()
def pictures(generator: Generator, batch: Batch, precision: torch.dtype, slice_size: int = 8) -> Tensor:
    """Return the generator's pictures, with zero noise and full strength."""
    found = []
    for start in range(0, batch["garment"].shape[0], slice_size):
        part = {name: value[start : start + slice_size] for name, value in batch.items()}
        count = part["garment"].shape[0]
        device = next(generator.parameters()).device
        noise, strength = torch.zeros(count, NOISE_SIZE, device=device), torch.ones(count, device=device)
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == torch.bfloat16):
            inputs = (part[name].to(device) for name in ("garment", "mask", "guide"))
            found.append(generator(*inputs, noise, strength)[0].float().cpu())
    return torch.cat(found)


def shaded_guide(batch: Batch) -> Tensor:
    """Return the guide with the garment's analytic shading: what the untrained generator gives."""
    shading = garment_shading(batch["garment"], batch["mask"])
    return apply_controls(batch["guide"], shading, Controls.identity(batch["garment"]))


@torch.no_grad()
def write_grid(generator: Generator, held_out: HeldOutBatches, path: Path, precision: torch.dtype) -> None:
    """Write a contact sheet: garment, shaded guide, generator, and the truth (for photos: the flat guide)."""
    blocks, count = [], held_out.photos["garment"].shape[0]
    for batch, last in ((held_out.pairs, "truth"), (held_out.photos, "guide")):
        shown = {name: value[:count] for name, value in batch.items()}
        mask = shown["mask"]
        over = [
            mask * picture + (1 - mask) * shown["garment"]
            for picture in (shaded_guide(shown), pictures(generator, shown, precision))
        ]
        blocks.append(np.vstack([_row(picture) for picture in (shown["garment"], *over, shown[last])]))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(blocks)[..., ::-1])


def _row(batch: Tensor) -> np.ndarray:
    return np.hstack([(one.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy() for one in batch])


def _stacked(dataset: ExampleDataset, count: int) -> Batch:
    examples = [dataset[number] for number in range(count)]
    return {name: torch.stack([example[name] for example in examples]) for name in examples[0]}
