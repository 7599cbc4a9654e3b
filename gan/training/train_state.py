"""Everything that learns or remembers during a run: networks, optimizers, the average, counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import Adam, Optimizer

from gan.losses import MIDDLE_LAYERS
from gan.networks.discriminators import ClothDiscriminator, FoldDiscriminator, GarmentDiscriminator
from gan.networks.generator import Generator, Widths
from gan.networks.perceptual import VGG_SIZES, PerceptualFeatures, layer_sizes
from gan.training.ema import averaged_copy
from gan.training.options import TrainingOptions

DISCRIMINATORS = ("cloth", "garment", "folds")
AVERAGED_AND_DISCRIMINATORS = ("average", *DISCRIMINATORS)
"""The networks that even a packed checkpoint holds."""


@dataclass
class Progress:
    """How far a run has come.

    Attributes:
        images: images that the generator has learned from, over all processes.
        steps: optimizer steps of the generator.
        seconds: time spent training, over all resumes.
        rollbacks: times that the run went back to a checkpoint because numbers blew up.
        penalty_factor: factor on the gradient penalty, 1 to 64; it grows while a discriminator is too strong.
    """

    images: int = 0
    steps: int = 0
    seconds: float = 0.0
    rollbacks: int = 0
    penalty_factor: float = 1.0


@dataclass
class TrainState:
    """The networks with their optimizers.

    `earlier` is the average as it was when the discriminators' phase began; see `gan.losses.light.forgetting`.
    """

    generator: Generator
    average: Generator
    cloth: ClothDiscriminator
    garment: GarmentDiscriminator
    folds: FoldDiscriminator
    generator_optimizer: Optimizer
    discriminator_optimizer: Optimizer
    progress: Progress
    earlier: Generator | None = None

    @property
    def discriminators(self) -> nn.ModuleList:
        """All discriminators, in the order of `DISCRIMINATORS`."""
        return nn.ModuleList([getattr(self, name) for name in DISCRIMINATORS])

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return next(self.generator.parameters()).device

    def keep_earlier(self) -> None:
        """Keep the average as it is now, unless an earlier one is kept already."""
        if self.earlier is None:
            self.earlier = averaged_copy(self.average)

    def state_dict(self) -> dict[str, Any]:
        """Return what a later process needs to go on, but for the random numbers."""
        return {
            "generator": self.generator.state_dict(),
            "average": self.average.state_dict(),
            "earlier": self.earlier.state_dict() if self.earlier else None,
            **{name: getattr(self, name).state_dict() for name in DISCRIMINATORS},
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "discriminator_optimizer": self.discriminator_optimizer.state_dict(),
            "progress": vars(self.progress).copy(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to what `state_dict` returned; from a packed checkpoint, as near to it as it allows."""
        self.generator.load_state_dict(state.get("generator", state["average"]))
        for name in AVERAGED_AND_DISCRIMINATORS:
            getattr(self, name).load_state_dict(state[name])
        self.earlier = averaged_copy(self.average) if state.get("earlier") else None
        if self.earlier:
            self.earlier.load_state_dict(state["earlier"])
        for name in ("generator_optimizer", "discriminator_optimizer"):
            if name in state:
                getattr(self, name).load_state_dict(state[name])
        for name, value in state["progress"].items():
            setattr(self.progress, name, value)


def make_generator(widths: Widths | None, device: torch.device) -> Generator:
    """Return a fresh generator in the layout that convolutions are fastest in."""
    generator = Generator(widths).to(device)
    generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return generator


def make_train_state(
    options: TrainingOptions,
    device: torch.device,
    widths: Widths | None = None,
    backbone: PerceptualFeatures | None = None,
) -> TrainState:
    """Return fresh networks on a device, initialised from the run's seed; discriminators see through the backbone."""
    layers = layer_sizes(backbone, MIDDLE_LAYERS) if backbone is not None else VGG_SIZES
    torch.manual_seed(options.seed)
    generator = make_generator(widths, device)
    cloth, garment, folds = (
        ClothDiscriminator(spectral=options.spectral).to(device),
        GarmentDiscriminator(layers, spectral=options.spectral).to(device),
        FoldDiscriminator(layers, spectral=options.spectral).to(device),
    )
    discriminator_parameters = [*cloth.parameters(), *garment.parameters(), *folds.parameters()]
    return TrainState(
        generator,
        averaged_copy(generator),
        cloth,
        garment,
        folds,
        Adam(generator.parameters(), options.generator_rate, betas=options.betas),
        Adam(discriminator_parameters, options.discriminator_rate, betas=options.discriminator_betas),
        Progress(),
    )
