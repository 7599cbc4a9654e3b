"""Everything that learns or remembers during a run: networks, optimizers, the average, counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import Adam, Optimizer

from gan.losses import MIDDLE_LAYERS
from gan.networks.discriminators import ClothCritic, FoldCritic, GarmentCritic
from gan.networks.generator import Generator, Widths
from gan.networks.perceptual import VGG_SIZES, PerceptualFeatures, layer_sizes
from gan.training.ema import averaged_copy
from gan.training.options import TrainingOptions

CRITICS = ("cloth", "garment", "folds")
AVERAGED_AND_CRITICS = ("average", *CRITICS)
"""The networks that even a packed checkpoint holds."""


@dataclass
class Progress:
    """How far a run has come.

    Attributes:
        images: images that the generator has learned from, over all processes.
        steps: optimizer steps of the generator.
        seconds: time spent training, over all resumes.
        rollbacks: times that the run went back to a checkpoint because numbers blew up.
        penalty_factor: factor on the gradient penalty, 1 to 64; it grows while a critic is too strong.
    """

    images: int = 0
    steps: int = 0
    seconds: float = 0.0
    rollbacks: int = 0
    penalty_factor: float = 1.0


@dataclass
class TrainState:
    """The networks with their optimizers.

    `earlier` is the average as it was when the critics' phase began; see `gan.losses.light.forgetting`.
    """

    generator: Generator
    average: Generator
    cloth: ClothCritic
    garment: GarmentCritic
    folds: FoldCritic
    generator_optimizer: Optimizer
    critic_optimizer: Optimizer
    progress: Progress
    earlier: Generator | None = None

    @property
    def critics(self) -> nn.ModuleList:
        """All critics, in the order of `CRITICS`."""
        return nn.ModuleList([getattr(self, name) for name in CRITICS])

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
            **{name: getattr(self, name).state_dict() for name in CRITICS},
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "progress": vars(self.progress).copy(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to what `state_dict` returned; from a packed checkpoint, as near to it as it allows."""
        self.generator.load_state_dict(state.get("generator", state["average"]))
        for name in AVERAGED_AND_CRITICS:
            getattr(self, name).load_state_dict(state[name])
        self.earlier = averaged_copy(self.average) if state.get("earlier") else None
        if self.earlier:
            self.earlier.load_state_dict(state["earlier"])
        for name in ("generator_optimizer", "critic_optimizer"):
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
    """Return fresh networks on a device, initialised from the run's seed; the critics see through the backbone."""
    layers = layer_sizes(backbone, MIDDLE_LAYERS) if backbone is not None else VGG_SIZES
    torch.manual_seed(options.seed)
    generator = make_generator(widths, device)
    cloth, garment, folds = (
        ClothCritic(spectral=options.spectral).to(device),
        GarmentCritic(layers, spectral=options.spectral).to(device),
        FoldCritic(layers, spectral=options.spectral).to(device),
    )
    critic_parameters = [*cloth.parameters(), *garment.parameters(), *folds.parameters()]
    return TrainState(
        generator,
        averaged_copy(generator),
        cloth,
        garment,
        folds,
        Adam(generator.parameters(), options.generator_rate, betas=options.betas),
        Adam(critic_parameters, options.critic_rate, betas=options.critic_betas),
        Progress(),
    )
