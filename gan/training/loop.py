"""The training loop: phases, steps, checkpoints, samples; goes back when numbers blow up, stops when asked to."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from gan.data.dataset import Batch, EndlessNumbers, ExampleDataset, endless_batches
from gan.data.pack import Pack
from gan.data.pairs import DARK_SHARE, WARPED_SHARE
from gan.devices import Compute
from gan.losses import PERCEPTUAL_TERMS
from gan.networks.generator import Generator, Widths
from gan.networks.perceptual import PerceptualFeatures, load_perceptual
from gan.request import RenderError
from gan.training.checkpoint import (
    CHECKPOINT,
    WITHOUT_DISCRIMINATORS,
    load_checkpoint,
    save_checkpoint,
    save_weights,
    take_weights,
)
from gan.training.distributed import ProcessGroup
from gan.training.ema import update_average
from gan.training.metrics import Metrics
from gan.training.options import TrainingOptions
from gan.training.random_state import seed_process
from gan.training.report import Reporter
from gan.training.samples import HeldOutBatches, Quality, draw_held_out, measure, write_grid
from gan.training.schedule import Phase, phase_at, phases, rate_at, weights_at
from gan.training.steps import StepContext, discriminator_step, generator_step
from gan.training.stopping import Stopping
from gan.training.train_state import TrainState, make_generator, make_train_state

MOST_ROLLBACKS = 10
STRONG_DISCRIMINATOR = 0.85
LARGEST_PENALTY_FACTOR = 64.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: images learned from, seconds, and the quality on held-out pseudo-pairs."""

    images: int
    seconds: float
    quality: Quality


class TrainingLoop:
    """One training run in one process.

    Args:
        options: its settings.
        group: the processes that train together.
        packs: training and held-out pictures.
        compute: this process's device, precision and threads.
        widths: of the generator; None takes the shipped ones.
    """

    def __init__(
        self,
        options: TrainingOptions,
        group: ProcessGroup,
        packs: tuple[Pack, Pack],
        compute: Compute,
        widths: Widths | None = None,
    ) -> None:
        torch.set_num_threads(compute.threads)
        self.options, self.group, self.device = options, group, compute.device
        self.precision = torch.float32 if options.precision == "fp32" else compute.dtype
        self.plan = phases(options)
        self.pack, held_out = packs
        self.held_out: HeldOutBatches = draw_held_out(held_out, options.height)
        backbone = self._backbone()
        self.state: TrainState = make_train_state(options, self.device, widths, backbone)
        # Noise, strength and augmentation differ between processes; the networks must not.
        seed_process(options.seed, group.rank)
        self.metrics = Metrics(options.out if group.is_main else None)
        self.context = StepContext(
            self.state,
            group.wrap(self.state.generator, self.device),
            backbone,
            options.gan_loss,
            self.precision,
            options.clip,
            options.penalty,
            group,
            self._teachers(widths),
        )

    @property
    def share(self) -> float:
        """How much of the run is done."""
        return min(1.0, self.state.progress.images / self.options.images)

    def train(self, stopping: Stopping, reporter: Reporter) -> Outcome:
        """Train until the run's length or until told to stop; the state is saved at the end."""
        saved = sampled = started = time.monotonic()
        progress, before = self.state.progress, self.state.progress.seconds
        if progress.images == 0:
            self._save()
        for phase, batches in self._stretches():
            while phase_at(self.plan, self.share) == phase and self.share < 1:
                values = self._step(phase, next(batches))
                progress.seconds = before + time.monotonic() - started
                reporter.show(progress, phase.name, values)
                # Clocks and numbers differ between processes; what they decide is done by all or by none.
                blown_up, save_due, stop = self.group.any_of(
                    _blown_up(values), time.monotonic() - saved > self.options.save_every, stopping.now
                )
                if blown_up:
                    self._roll_back()
                    break
                self.metrics.add(values)
                if save_due:
                    self._save()
                    saved = time.monotonic()
                if time.monotonic() - sampled > self.options.sample_every:
                    reporter.note(self._sample(phase))
                    sampled = time.monotonic()
                if stop:
                    return self._finish(phase)
            self._after(phase)
        return self._finish(self.plan[-1])

    def _stretches(self) -> Iterator[tuple[Phase, Iterator[Batch]]]:
        """Yield the phase that is due with its stream of batches, anew after every phase and every rollback."""
        while self.share < 1:
            phase = phase_at(self.plan, self.share)
            yield phase, self._batches(phase)

    def _batches(self, phase: Phase) -> Iterator[Batch]:
        options, progress = self.options, self.state.progress
        # Another seed after a rollback, so that the batch that blew up does not come again.
        seed = options.seed * 1000 + progress.rollbacks
        width = phase.height * 3 // 4
        dataset = ExampleDataset(
            self.pack,
            phase.height,
            width,
            seed,
            phase.unpaired_share,
            dark_share=DARK_SHARE,
            warped_share=WARPED_SHARE,
        )
        numbers = EndlessNumbers(progress.images, self.group.rank, self.group.processes)
        return endless_batches(dataset, options.batch, numbers, options.workers, self.device.type == "cuda")

    def _step(self, phase: Phase, batch: Batch) -> dict[str, float]:
        progress, options = self.state.progress, self.options
        moved: dict[str, Tensor] = {name: value.to(self.device, non_blocking=True) for name, value in batch.items()}
        self._set_rates()
        if phase.discriminators:
            self.state.keep_earlier()
        inputs, values = generator_step(self.context, moved, weights_at(self.plan, self.share))
        if phase.discriminators:
            for turn in range(options.discriminator_steps):
                step = progress.steps * options.discriminator_steps + turn
                penalise = options.penalty > 0 and step % options.penalty_every == 0
                values |= discriminator_step(self.context, inputs, phase.weights, penalise)
            self._adapt_penalty(values)
        count = options.batch * self.group.processes
        progress.images += count
        progress.steps += 1
        update_average(self.state.average, self.state.generator, count, self._half_life, progress.images)
        return values

    @property
    def _half_life(self) -> float:
        return self.options.half_life * self.options.images

    def _set_rates(self) -> None:
        rate = self.options.generator_rate * rate_at(self.share, self.state.progress.images)
        for parameters in self.state.generator_optimizer.param_groups:
            parameters["lr"] = rate
        for parameters in self.state.discriminator_optimizer.param_groups:
            parameters["lr"] = self.options.discriminator_rate

    def _adapt_penalty(self, values: dict[str, float]) -> None:
        """Raise the gradient penalty by 1 % a step, up to 64 times, while a discriminator is nearly always right.

        Such a discriminator teaches nothing. Afterwards the penalty falls again by half a per cent a step.
        """
        progress = self.state.progress
        strongest = max((value for name, value in values.items() if name.startswith("accuracy")), default=0.0)
        growth = 1.01 if strongest > STRONG_DISCRIMINATOR else 0.995
        progress.penalty_factor = min(LARGEST_PENALTY_FACTOR, max(1.0, progress.penalty_factor * growth))

    def _after(self, phase: Phase) -> None:
        """Keep the generator as it was before the discriminators came, for comparison."""
        following = phase_at(self.plan, self.share)
        if self.group.is_main and following.discriminators and not phase.discriminators:
            save_weights(self.state.average, self.options.out / WITHOUT_DISCRIMINATORS)

    def _save(self) -> None:
        save_checkpoint(self.options.out, self.state, self.options.to_json(), self.group)

    def _sample(self, phase: Phase) -> str:
        if not self.group.is_main:
            return ""
        progress = self.state.progress
        quality = measure(self.state.average, self.held_out, self.precision)
        grid = self.options.out / "samples" / f"{progress.images:08d}.png"
        write_grid(self.state.average, self.held_out, grid, self.precision)
        self.metrics.write(
            progress.images,
            phase=phase.name,
            seconds=round(progress.seconds),
            psnr=round(quality.generator, 3),
            psnr_shaded_guide=round(quality.shaded_guide, 3),
            penalty_factor=round(progress.penalty_factor, 2),
        )
        return f"{progress.images} images: {quality.gain:+.2f} dB above the shaded guide on held-out pairs"

    def _roll_back(self) -> None:
        """Go back to the last checkpoint with other examples.

        Raises:
            RenderError: it has happened too often.
        """
        rollbacks = self.state.progress.rollbacks + 1
        if rollbacks > MOST_ROLLBACKS:
            raise RenderError("Training blew up too often; try a smaller learning rate.")
        log.warning("Numbers blew up at %d images: going back.", self.state.progress.images)
        load_checkpoint(self.options.out / CHECKPOINT, self.state, self.group)
        self.state.progress.rollbacks = rollbacks

    def _finish(self, phase: Phase) -> Outcome:
        self._save()
        self._sample(phase)
        quality = measure(self.state.average, self.held_out, self.precision)
        return Outcome(self.state.progress.images, self.state.progress.seconds, quality)

    def _teachers(self, widths: Widths | None) -> list[Generator]:
        teachers = [make_generator(widths, self.device).requires_grad_(False) for _ in self.options.teachers]
        for file, teacher in zip(self.options.teachers, teachers, strict=True):
            take_weights(file, teacher)
        return teachers

    def _backbone(self) -> PerceptualFeatures | None:
        needed = {name for phase in self.plan for name, weight in phase.weights.items() if weight} & PERCEPTUAL_TERMS
        if not needed:
            return None
        backbone = load_perceptual(self.options.perceptual).to(self.device)
        return backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _blown_up(values: dict[str, float]) -> bool:
    return not all(math.isfinite(value) for value in values.values())
