"""The generator as the renderer uses it: NumPy pictures in, controls out, on any device and precision."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from gan.devices import Compute
from gan.generator import NOISE_SIZE, STRIDE, WEIGHTS_FILE, WORKING_SIZE, Features, load_generator
from gan.shading import Controls, Shading, garment_shading

logger = logging.getLogger(__name__)

SHORTEST_SIDE = 4 * STRIDE


@dataclass(frozen=True, slots=True)
class EncodedGarment:
    """What the network knows about one garment, for all its variants.

    Attributes:
        features: the generator's.
        shading: the analytic shading at the working size.
        size: width and height of the working size.
    """

    features: Features
    shading: Shading
    size: tuple[int, int]


def working_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the width and height at which the network sees a picture of `shape` (height, width, …).

    The long side is `WORKING_SIZE`; both are multiples of the network's stride, so that nothing needs padding and a
    GPU meets few different shapes.
    """
    height, width = shape[:2]
    factor = WORKING_SIZE / max(height, width)
    sides = (max(SHORTEST_SIDE, round(side * factor / STRIDE) * STRIDE) for side in (width, height))
    return next(sides), next(sides)


class ControlNetwork:
    """Loads the generator once and runs it, one picture at a time, from any thread."""

    def __init__(self, compute: Compute, weights: Path | None = WEIGHTS_FILE, *, compiled: bool = False) -> None:
        """Load the generator.

        Args:
            compute: device and precision.
            weights: safetensors file; where it is missing, the untrained generator gives the analytic picture.
            compiled: use `torch.compile`, which is worth its start-up time on servers.
        """
        if weights is not None and not weights.exists():
            logger.warning("no generator weights at %s: pictures get the garment's shading only", weights)
            weights = None
        self._compute = compute
        generator = load_generator(weights).to(device=compute.device, dtype=compute.dtype)
        # One compilation for all shapes: garments come in every aspect, and compiling takes minutes.
        self._encode = torch.compile(generator.encode, dynamic=True) if compiled else generator.encode
        self._controls = torch.compile(generator.controls, dynamic=True) if compiled else generator.controls
        # Kernels on one GPU queue up anyway; a lock keeps their memory from adding up.
        self._turn: AbstractContextManager[object] = nullcontext() if compute.device.type == "cpu" else threading.Lock()

    def encode(self, garment: np.ndarray, alpha: np.ndarray) -> EncodedGarment:
        """Read a garment once.

        Args:
            garment: H×W×3 uint8 RGB.
            alpha: H×W float32 in 0 to 1.
        """
        size = working_size(garment.shape)
        mask = torch.from_numpy(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA))[None, None]
        mask = mask.to(self._compute.device)
        picture = self._tensor(garment, size)
        with self._turn, torch.inference_mode():
            return EncodedGarment(self._encode(picture, mask), garment_shading(picture, mask), size)

    def controls(self, garment: EncodedGarment, guide: np.ndarray, seed: int) -> Controls:
        """Return one picture's controls, on the CPU.

        Pictures go through one by one: the bytes of a variant must not depend on how many were asked for, and
        batched kernels round differently.

        Args:
            garment: what `encode` returned.
            guide: H×W×3 uint8 RGB.
            seed: of the noise.
        """
        noise = torch.randn(1, NOISE_SIZE, generator=torch.Generator().manual_seed(seed)).to(self._compute.device)
        full_strength = torch.ones(1, device=self._compute.device)
        picture = self._tensor(guide, garment.size)
        with self._turn, torch.inference_mode():
            controls = self._controls(garment.features, picture, noise, full_strength)
            parts = (controls.trust_coarse, controls.trust_fine, controls.gain, controls.residual)
            return Controls(*(part.float().cpu() for part in parts))

    def _tensor(self, picture: np.ndarray, size: tuple[int, int]) -> Tensor:
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        tensor = torch.from_numpy(small).to(self._compute.device).permute(2, 0, 1)[None].float() / 255
        return tensor.contiguous(memory_format=torch.channels_last)
