"""One step of the generator and one of the discriminators; neither leaves gradients in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan.losses import DiscriminatorFeedback, LossInputs, TeacherOutput, total_loss
from gan.networks.discriminators import GanLoss, accuracy, discriminator_loss, generator_loss
from gan.networks.generator import NOISE_SIZE, Generator
from gan.networks.perceptual import PerceptualFeatures
from gan.training.discriminator_outputs import (
    DiscriminatorOutput,
    Indices,
    discriminator_outputs,
    exact_indices,
    gradient_penalties,
    photo_indices,
)
from gan.training.distributed import ProcessGroup
from gan.training.shaded_reference import shaded_reference
from gan.training.train_state import DISCRIMINATORS, TrainState

DIVERSITY_EVERY = 4
FULL_STRENGTH_SHARE = 0.7


@dataclass
class StepContext:
    """What the steps work with.

    Attributes:
        state: networks and optimizers.
        generator: the state's, possibly wrapped for several processes.
        backbone: perceptual features, or None.
        gan_loss: kind of adversarial loss.
        precision: dtype of the networks' arithmetic.
        clip: largest gradient norm.
        penalty: γ of the gradient penalties.
        group: the processes that train together.
        teachers: frozen generators whose mean is learned too.
    """

    state: TrainState
    generator: nn.Module
    backbone: PerceptualFeatures | None
    gan_loss: GanLoss
    precision: torch.dtype
    clip: float
    penalty: float
    group: ProcessGroup
    teachers: Sequence[Generator] = ()

    def autocast(self, device: torch.device) -> torch.autocast:
        """Return the context of the networks' arithmetic."""
        return torch.autocast(device.type, torch.bfloat16, enabled=self.precision == torch.bfloat16)


@dataclass(frozen=True, slots=True)
class GeneratorInputs:
    """What a generator is given: a batch's garment, mask and guide, noise B×8 and strength B."""

    batch: dict[str, Tensor]
    noise: Tensor
    strength: Tensor

    def tensors(self) -> tuple[Tensor, ...]:
        """Return them in the order of a generator's arguments."""
        return (self.batch["garment"], self.batch["mask"], self.batch["guide"], self.noise, self.strength)

    def over_photo(self, picture: Tensor) -> Tensor:
        """Return a picture inside the mask and the photo around it."""
        return self.batch["mask"] * picture + (1 - self.batch["mask"]) * self.batch["garment"]


def generator_step(
    context: StepContext, batch: dict[str, Tensor], weights: dict[str, float]
) -> tuple[LossInputs, dict[str, float]]:
    """Improve the generator once.

    Args:
        context: networks and settings.
        batch: as `gan.data.dataset` makes it, on the networks' device.
        weights: of the loss terms.

    Returns:
        What the losses looked at, for the discriminators' step, and each term's value, `loss` and `gradient` included.
    """
    state = context.state
    state.discriminators.requires_grad_(False)
    state.generator_optimizer.zero_grad(set_to_none=True)
    given = GeneratorInputs(batch, _random_noise(batch), _random_strength(batch["identity"]))
    inputs = forward(context, given, with_teachers=bool(weights.get("taught")))
    if weights.get("diversity") and state.progress.steps % DIVERSITY_EVERY == 0:
        # At the same strength: it alone would make another picture, whatever the noise does.
        other = GeneratorInputs(batch, _random_noise(batch), given.strength)
        with context.autocast(batch["garment"].device):
            inputs.second_picture = other.over_photo(context.generator(*other.tensors())[0])
    _add_discriminator_feedback(context, inputs, weights)
    with context.autocast(batch["garment"].device):
        loss, values = total_loss(inputs, weights)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(state.generator.parameters(), context.clip)
    values = {**values, "loss": loss.detach(), "gradient": norm}
    if torch.isfinite(norm) and torch.isfinite(loss):
        state.generator_optimizer.step()
    return inputs, _numbers(values)


def discriminator_step(
    context: StepContext, inputs: LossInputs, weights: dict[str, float], penalise: bool
) -> dict[str, float]:
    """Improve the discriminators that have a weight once, on the pictures that the generator's step made."""
    state = context.state
    state.discriminators.requires_grad_(True)
    state.discriminator_optimizer.zero_grad(set_to_none=True)
    values = _discriminator_gradients(context, inputs.detached(), weights, penalise)
    # Also by a process whose batch had nothing to show: the others wait for its gradients.
    context.group.average_gradients(state.discriminators)
    norm = nn.utils.clip_grad_norm_(state.discriminators.parameters(), context.clip * 10)
    if torch.isfinite(norm):
        state.discriminator_optimizer.step()
    return _numbers(values)


def forward(context: StepContext, given: GeneratorInputs, with_teachers: bool = False) -> LossInputs:
    """Run the generator, and the frozen ones that it is held against, and put together what the losses look at."""
    batch = given.batch
    with context.autocast(batch["garment"].device):
        picture, exposure, residual = context.generator(*given.tensors())
        earlier_exposure = _earlier_exposure(context, given)
        teacher = _teacher_output(context, given) if with_teachers else None
    return LossInputs(
        garment=batch["garment"],
        mask=batch["mask"],
        guide=batch["guide"],
        reference=shaded_reference(batch),
        picture=given.over_photo(picture),
        exposure=exposure,
        residual=residual,
        paired=batch["paired"],
        identity=batch["identity"],
        truth=batch["truth"],
        log_shading=batch["log_shading"],
        patterned=batch["patterned"],
        earlier_exposure=earlier_exposure,
        teacher=teacher,
        backbone=context.backbone,
    )


@torch.no_grad()
def _earlier_exposure(context: StepContext, given: GeneratorInputs) -> Tensor | None:
    """Return the exposure B×1×H×W by the generator as it was before the discriminators' phase, or None without one.

    Only photos of garments without a pattern are computed, as the loss looks at no others; the rest is zero.
    """
    if context.state.earlier is None:
        return None
    photos = torch.nonzero((given.batch["paired"] == 0) & (given.batch["patterned"] == 0))[:, 0]
    light = torch.zeros_like(given.batch["mask"])
    if len(photos):
        light[photos] = context.state.earlier(*(value[photos] for value in given.tensors()))[1].float()
    return light


@torch.no_grad()
def _teacher_output(context: StepContext, given: GeneratorInputs) -> TeacherOutput | None:
    """Return the mean of the teachers, or None without any."""
    if not context.teachers:
        return None
    outputs = [teacher(*given.tensors()) for teacher in context.teachers]
    picture, exposure = (torch.stack([one[part].float() for one in outputs]).mean(dim=0) for part in (0, 1))
    return TeacherOutput(exposure, given.over_photo(picture))


def _numbers(values: dict[str, Tensor]) -> dict[str, float]:
    """Bring scalars to the CPU, all at once: each would wait for the GPU anew."""
    if not values:
        return {}
    return dict(zip(values, torch.stack([value.detach().float() for value in values.values()]).tolist(), strict=True))


def _discriminator_gradients(
    context: StepContext, inputs: LossInputs, weights: dict[str, float], penalise: bool
) -> dict[str, Tensor]:
    """Add the discriminators' gradients on one batch; return their losses and the shares of their right answers."""
    state, indices, kind = context.state, exact_indices(inputs), context.gan_loss
    names = _weighted_discriminators(weights, indices)
    if not names:
        return {}
    with context.autocast(inputs.mask.device):
        # Not the generator's light, which lacks folds that no photo shows: see `gan.losses.wrong_light`.
        outputs = discriminator_outputs(state, inputs, names, indices, light="wrong_light")
    losses = {name: discriminator_loss(real.logits, fake.logits, kind) for name, (real, fake) in outputs.items()}
    values = {f"discriminator_{name}": loss for name, loss in losses.items()}
    values |= {f"accuracy_{name}": accuracy(real.logits, fake.logits, kind) for name, (real, fake) in outputs.items()}
    total = torch.stack(list(losses.values())).sum()
    if penalise:
        # Of a relativistic loss only the difference counts, and R1 alone does not hold it (Huang et al. 2024).
        sides = (False, True) if kind == "relativistic" else (False,)
        sizes = torch.stack([gradient_penalties(state, inputs, names, indices, fake) for fake in sides]).sum()
        values["penalty"] = 0.5 * context.penalty * state.progress.penalty_factor * sizes
        total = total + values["penalty"]
    total.backward()
    return values


def _weighted_discriminators(weights: dict[str, float], indices: Indices) -> list[str]:
    """Return the discriminators that have a weight in the loss and something real to look at.

    Photos without exact light would give themselves away: the fold discriminator does not learn from them.
    """
    names = [name for name in DISCRIMINATORS if weights.get(f"adversarial_{name}", 0)]
    return [name for name in names if name != "folds" or indices.real.numel()]


def _add_discriminator_feedback(context: StepContext, inputs: LossInputs, weights: dict[str, float]) -> None:
    """Show the discriminators the picture, where a term needs their feedback."""
    indices = photo_indices(inputs)
    with context.autocast(inputs.picture.device):
        outputs = discriminator_outputs(context.state, inputs, _weighted_discriminators(weights, indices), indices)
    for name, (real, fake) in outputs.items():
        inputs.discriminators[name] = _feedback(real, fake, context.gan_loss)


def _feedback(real: DiscriminatorOutput, fake: DiscriminatorOutput, kind: GanLoss) -> DiscriminatorFeedback:
    logits, features = ([value.detach() for value in values] for values in real)
    return DiscriminatorFeedback(generator_loss(logits, fake.logits, kind), fake.features, features)


def _random_noise(batch: dict[str, Tensor]) -> Tensor:
    return torch.randn(batch["garment"].shape[0], NOISE_SIZE, device=batch["garment"].device)


def _random_strength(like: Tensor) -> Tensor:
    """Return strengths B: mostly 1, the rest uniform."""
    full = torch.rand_like(like) < FULL_STRENGTH_SHARE
    return torch.where(full, torch.ones_like(like), torch.rand_like(like))
