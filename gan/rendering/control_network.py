"""The generator as the renderer uses it: NumPy pictures in, controls out, on any device and precision."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from gan.devices import CPU, Compute, make_current, use_single_threaded_operators
from gan.guide.form import Folds
from gan.networks.generator import NOISE_SIZE, STRIDE, WORKING_SIZE, Features, load_generator
from gan.pictures import shrink_picture
from gan.rendering.compiling import compile_generator
from gan.rendering.light import linear_luminance
from gan.request import MAX_VARIANTS
from gan.shading import Controls, Shading, log_shading
from gan.shipped import GENERATOR

logger = logging.getLogger(__name__)

SHORTEST_SIDE = 4 * STRIDE
BUCKETS = 4
WARM_UP_RUNS = 3
"""A compiled network's first run of a shape compiles, its second records a CUDA graph, the third is like all others."""

Result = TypeVar("Result")


LIVELY_FOLDS = 0.36
"""Standard deviation of the log-exposure inside a garment whose folds show at a glance under a busy pattern."""
MOST_DEPTH = 1.2
"""Deeper than this costs three times the error for light that is hardly more like real light."""


@dataclass(frozen=True, slots=True)
class EncodedGarment:
    """What the network knows about one garment, for all its variants.

    Attributes:
        features: the generator's.
        shading: the analytic shading at the working size.
        size: width and height of the working size.
        depth: factor on the log-exposure of every variant.
        folds: without old prints, as they are before any guide is seen, at half the working size.
    """

    features: Features
    shading: Shading
    size: tuple[int, int]
    depth: float
    folds: Folds


def working_size(shape: tuple[int, ...], multiple: int = STRIDE) -> tuple[int, int]:
    """Return the width and height at which the network sees a picture of `shape` (height, width, …).

    The long side is `WORKING_SIZE`; both are multiples of the network's stride, so that nothing needs padding.
    """
    height, width = shape[:2]
    factor = WORKING_SIZE / max(height, width)
    shortest = max(multiple, SHORTEST_SIDE)
    sides = (max(shortest, round(side * factor / multiple) * multiple) for side in (width, height))
    return next(sides), next(sides)


def fold_depth(features: Features) -> float:
    """Say how much deeper than predicted to draw a garment's folds.

    A network that learns from a mean error draws uncertain folds too shallow, and a bold pattern hides shallow folds.
    So garments whose predicted light varies little get more of it, never less.
    """
    exposure, mask = features.half.float().split(1, dim=1)
    inside = exposure[mask > 0.9]
    spread = float(inside.std()) if inside.numel() > 1 else 0.0
    return min(MOST_DEPTH, max(1.0, LIVELY_FOLDS / max(spread, 1e-3)))


def _noise(seeds: Sequence[int]) -> Tensor:
    """Return N×Z standard normal noise, the same for the same seed."""
    return torch.cat([torch.randn(1, NOISE_SIZE, generator=torch.Generator().manual_seed(seed)) for seed in seeds])


class ControlNetwork:
    """Loads the generator once and runs it, for calls from any thread.

    On a GPU all calls happen one after the other in a thread of its own: kernels queue up there anyway, and recorded
    graphs belong to the thread that recorded them.
    """

    def __init__(self, compute: Compute, weights: Path | None = GENERATOR, *, compiled: bool = False) -> None:
        """Load the generator.

        Args:
            compute: device and precision.
            weights: safetensors file; where it is missing, the untrained generator gives the analytic picture.
            compiled: use `torch.compile`, which is worth its start-up time on servers.
        """
        if weights is not None and not weights.exists():
            logger.warning("no generator weights at %s: pictures get the garment's shading only", weights)
            weights = None
        self._trained = weights is not None
        self.compute = compute
        self._generator = load_generator(weights).to(device=compute.device, dtype=compute.dtype)
        self._compiled = compiled
        if compiled:
            compile_generator(self._generator, compute, shapes=len(self._warm_up_sizes()))
        self._own_thread = None if compute.device.type == CPU else ThreadPoolExecutor(1, "network", self._begin_thread)

    def warm_up(self) -> None:
        """Run both networks, so that the first request does not pay for allocating or compiling."""
        for width, height in self._warm_up_sizes() * (WARM_UP_RUNS if self._compiled else 1):
            grey = np.full((height, width, 3), 128, np.uint8)
            self.controls(self.encode(grey, np.ones((height, width), np.float32)), grey, seed=0)

    def close(self) -> None:
        """Stop the network's own thread, if it has one."""
        if self._own_thread is not None:
            self._own_thread.shutdown()

    def encode(self, garment: np.ndarray, alpha: np.ndarray) -> EncodedGarment:
        """Read a garment once.

        Args:
            garment: H×W×3 uint8 RGB.
            alpha: H×W float32 in 0 to 1.
        """
        size = working_size(garment.shape, self._multiple)
        small, small_alpha = shrink_picture(garment, size), shrink_picture(alpha, size)
        small_light = linear_luminance(small)

        def run() -> EncodedGarment:
            mask, light = (self._sent(plane)[None, None] for plane in (small_alpha, small_light))
            shading = log_shading(light, mask)
            features = self._generator.encode(self._picture(small), mask, shading)
            depth = fold_depth(features) if self._trained else 1.0
            return EncodedGarment(features, shading, size, depth, Folds(*features.half[0].float().cpu().numpy()))

        return self.run(run)

    def read_light(self, cloth: np.ndarray) -> np.ndarray:
        """Return the log-light in a picture that is cloth all over, without its print, h×w float32 at a small size.

        Args:
            cloth: H×W×3 uint8 RGB.
        """
        return self.encode(cloth, np.ones(cloth.shape[:2], np.float32)).folds.exposure

    def controls(self, garment: EncodedGarment, guide: np.ndarray, seed: int) -> Controls:
        """Return one picture's controls, on the CPU.

        On the CPU pictures go through one by one: the bytes of a variant must not depend on how many were asked for,
        and batched kernels round differently. A GPU always runs a full batch: it may be compiled for nothing else.

        Args:
            garment: what `encode` returned.
            guide: H×W×3 uint8 RGB.
            seed: of the noise.
        """
        small = shrink_picture(guide, garment.size)
        batch = MAX_VARIANTS if self.compute.is_cuda else 1

        def run() -> Controls:
            controls = self._controls(garment, self._picture(small), [seed], batch)
            parts = (controls.trust_coarse, controls.trust_fine, controls.gain, controls.residual)
            return Controls(*(part[:1].cpu() for part in parts))

        return self.run(run)

    def batch_controls(self, garment: EncodedGarment, guides: Tensor, seeds: Sequence[int]) -> Controls:
        """Return the controls of all pictures of a request at once, on the device; to be called inside `run`.

        The batch always has `MAX_VARIANTS` pictures, the last one repeated: the bytes of a variant must not depend on
        how many were asked for, and kernels for other batches round differently. It also is one shape to compile.

        Args:
            garment: what `encode` returned.
            guides: N×3×h×w float32 in 0 to 1 on the device, of the garment's working size, at most `MAX_VARIANTS`.
            seeds: of each picture's noise.

        Returns:
            Controls of `MAX_VARIANTS` pictures, the first N of them the guides'.
        """
        return self._controls(garment, guides, seeds, MAX_VARIANTS)

    def run(self, work: Callable[[], Result]) -> Result:
        """Do work on the network's device and return its result: on a GPU all of it happens in one thread."""

        def without_gradients() -> Result:
            with torch.inference_mode():
                return work()

        if self._own_thread is None:
            return without_gradients()
        return self._own_thread.submit(without_gradients).result()

    def _controls(self, garment: EncodedGarment, guides: Tensor, seeds: Sequence[int], batch: int) -> Controls:
        """Return the controls of a batch that guides and seeds are filled up to by repeating their last ones."""
        missing = batch - len(guides)
        noise = _noise([*seeds, *[seeds[-1]] * missing]).to(self.compute.device, non_blocking=True)
        if missing:
            guides = torch.cat([guides, guides[-1:].expand(missing, -1, -1, -1)])
        full_strength = torch.ones(batch, device=self.compute.device)
        return self._generator.controls(garment.features, guides, noise, full_strength).deepened(garment.depth)

    def _begin_thread(self) -> None:
        make_current(self.compute.device)
        use_single_threaded_operators()

    @property
    def _multiple(self) -> int:
        """Few fixed shapes for a compiled network, which takes minutes for each; else any that needs no padding."""
        return WORKING_SIZE // BUCKETS if self._compiled else STRIDE

    def _warm_up_sizes(self) -> list[tuple[int, int]]:
        sides = range(self._multiple, WORKING_SIZE + 1, self._multiple) if self._compiled else [WORKING_SIZE]
        shapes = {(side, WORKING_SIZE) for side in sides} | {(WORKING_SIZE, side) for side in sides}
        return sorted(shapes)

    def _picture(self, picture: np.ndarray) -> Tensor:
        return self._sent(picture).permute(2, 0, 1)[None].float() / 255

    def _sent(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self.compute.device)
