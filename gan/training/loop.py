"""The training loop: phases, steps, checkpoints, samples; goes back when numbers blow up, stops when asked to."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from gan.data.dataset import Batch, EndlessNumbers, ExampleDataset, endless_batches
from gan.data.pack import Pack, automatic_masks, open_pack
from gan.data.pairs import DARK_SHARE, WARPED_SHARE
from gan.devices import choose_compute
from gan.ema import update_average
from gan.generator import Generator, Widths
from gan.losses import PERCEPTUAL_TERMS
from gan.perceptual import PerceptualFeatures, load_perceptual
from gan.request import RenderError
from gan.training.checkpoint import (
    CHECKPOINT,
    WITHOUT_CRITICS,
    begun_from,
    load_checkpoint,
    save_checkpoint,
    save_weights,
    take_critics,
    take_weights,
)
from gan.training.distributed import Team, join_team
from gan.training.metrics import Metrics
from gan.training.options import TrainingOptions
from gan.training.players import Players, make_generator, make_players
from gan.training.report import Reporter
from gan.training.samples import Judging, Quality, make_judging, measure, write_grid
from gan.training.schedule import Phase, phase_at, phases, rate_at, weights_at
from gan.training.steps import Game, critic_step, generator_step
from gan.training.stopping import Stopping

HELD_OUT_DRAWN = 40
MOST_ROLLBACKS = 10
STRONG_CRITIC = 0.85
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: images learned from, seconds, and the quality on held-out pseudo-pairs."""

    images: int
    seconds: float
    quality: Quality


class Run:
    """One training run in one process.

    Args:
        options: its settings.
        team: the processes that train together.
        packs: training and held-out pictures.
        widths: of the generator; None takes the shipped ones.
    """

    def __init__(
        self, options: TrainingOptions, team: Team, packs: tuple[Pack, Pack], widths: Widths | None = None
    ) -> None:
        compute = choose_compute(options.device, options.threads)
        torch.set_num_threads(compute.threads)
        self.options, self.team, self.device = options, team, compute.device
        self.precision = torch.float32 if options.precision == "fp32" else compute.dtype
        self.plan = phases(options)
        self.pack, held_out = packs
        self.judging: Judging = make_judging(held_out, options.height)
        backbone = self._backbone()
        self.players: Players = make_players(options, self.device, widths, backbone)
        self.metrics = Metrics(options.out if team.leads else None)
        self.game = Game(
            self.players,
            team.wrap(self.players.generator, self.device),
            backbone,
            options.gan_loss,
            self.precision,
            options.clip,
            options.penalty,
            team,
            self._teachers(widths),
        )

    @property
    def share(self) -> float:
        """How much of the run is done."""
        return min(1.0, self.players.progress.images / self.options.images)

    def train(self, stopping: Stopping, reporter: Reporter) -> Outcome:
        """Train until the run's length or until told to stop; the state is saved at the end."""
        saved = sampled = started = time.monotonic()
        progress, before = self.players.progress, self.players.progress.seconds
        if progress.images == 0:
            self._save()
        for phase, batches in self._stretches():
            while phase_at(self.plan, self.share) == phase and self.share < 1:
                values = self._step(phase, next(batches))
                progress.seconds = before + time.monotonic() - started
                reporter.show(progress, phase.name, values)
                if self.team.any_of(_blown_up(values), self.device):
                    self._roll_back()
                    break
                self.metrics.add(values)
                if time.monotonic() - saved > self.options.save_every:
                    self._save()
                    saved = time.monotonic()
                if time.monotonic() - sampled > self.options.sample_every:
                    reporter.note(self._sample(phase))
                    sampled = time.monotonic()
                if self.team.any_of(stopping.now, self.device):
                    return self._finish(phase)
            self._after(phase)
        return self._finish(self.plan[-1])

    def _stretches(self) -> Iterator[tuple[Phase, Iterator[Batch]]]:
        """Yield the phase that is due with its stream of batches, anew after every phase and every rollback."""
        while self.share < 1:
            phase = phase_at(self.plan, self.share)
            yield phase, self._batches(phase)

    def _batches(self, phase: Phase) -> Iterator[Batch]:
        options, progress = self.options, self.players.progress
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
        numbers = EndlessNumbers(progress.images, self.team.rank, self.team.processes)
        return endless_batches(dataset, options.batch, numbers, options.workers, self.device.type == "cuda")

    def _step(self, phase: Phase, batch: Batch) -> dict[str, float]:
        progress, options = self.players.progress, self.options
        moved: dict[str, Tensor] = {name: value.to(self.device, non_blocking=True) for name, value in batch.items()}
        self._set_rates()
        if phase.critics:
            self.players.remember()
        example, values = generator_step(self.game, moved, weights_at(self.plan, self.share))
        if phase.critics:
            for turn in range(options.critic_steps):
                step = progress.steps * options.critic_steps + turn
                values |= critic_step(self.game, example, phase.weights, step % options.penalty_every == 0)
            self._restrain(values)
        count = options.batch * self.team.processes
        progress.images += count
        progress.steps += 1
        update_average(self.players.average, self.players.generator, count, self._half_life, progress.images)
        return values

    @property
    def _half_life(self) -> float:
        return self.options.half_life * self.options.images

    def _set_rates(self) -> None:
        rate = self.options.generator_rate * rate_at(self.share, self.players.progress.images)
        for group in self.players.generator_optimizer.param_groups:
            group["lr"] = rate
        for group in self.players.critic_optimizer.param_groups:
            group["lr"] = self.options.critic_rate

    def _restrain(self, values: dict[str, float]) -> None:
        """Double R1 when a critic is nearly always right, which teaches the generator nothing; slowly relax again."""
        progress = self.players.progress
        strongest = max((value for name, value in values.items() if name.startswith("accuracy")), default=0.0)
        growth = 1.01 if strongest > STRONG_CRITIC else 0.995
        progress.penalty_factor = min(64.0, max(1.0, progress.penalty_factor * growth))

    def _after(self, phase: Phase) -> None:
        """Keep the generator as it was before the critics came, for comparison."""
        following = phase_at(self.plan, self.share)
        if self.team.leads and following.critics and not phase.critics:
            save_weights(self.players.average, self.options.out / WITHOUT_CRITICS)

    def _save(self) -> None:
        if self.team.leads:
            save_checkpoint(self.options.out, self.players, self.options.to_json())
        self.team.wait()

    def _sample(self, phase: Phase) -> str:
        if not self.team.leads:
            return ""
        progress = self.players.progress
        quality = measure(self.players.average, self.judging, self.precision)
        grid = self.options.out / "samples" / f"{progress.images:08d}.png"
        write_grid(self.players.average, self.judging, grid, self.precision)
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
        rollbacks = self.players.progress.rollbacks + 1
        if rollbacks > MOST_ROLLBACKS:
            raise RenderError("Training blew up too often; try a smaller learning rate.")
        log.warning("Numbers blew up at %d images: going back.", self.players.progress.images)
        self.team.wait()
        load_checkpoint(self.options.out / CHECKPOINT, self.players)
        self.players.progress.rollbacks = rollbacks

    def _finish(self, phase: Phase) -> Outcome:
        self._save()
        self._sample(phase)
        quality = measure(self.players.average, self.judging, self.precision)
        return Outcome(self.players.progress.images, self.players.progress.seconds, quality)

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


def run_training(options: TrainingOptions, resume: bool = False) -> Outcome:
    """Train as told; the whole of `restyle train`.

    Raises:
        RenderError: a folder, device, backbone or checkpoint is unusable; its message is for people.
    """
    _check_files(options, resume)
    options.out.mkdir(parents=True, exist_ok=True)
    if resume and options.start_from is None:
        options = replace(options, start_from=begun_from(options.out / CHECKPOINT))
    with join_team() as team:
        cache = options.cache or options.out / "cache"
        options = replace(options, device=_device_of(options.device, team))
        packs = _packs(options, cache, team)
        run = Run(options, team, packs)
        if resume:
            load_checkpoint(options.out / CHECKPOINT, run.players)
        elif options.start_from:
            take_weights(options.start_from, run.players.generator, run.players.average)
            take_critics(options.start_from, run.players)
        with Stopping(options.minutes) as stopping, Reporter(options.images, team.leads) as reporter:
            return run.train(stopping, reporter)


def _check_files(options: TrainingOptions, resume: bool) -> None:
    """Complain about missing files before minutes of preparation."""
    if resume and not (options.out / CHECKPOINT).is_file():
        raise RenderError(f"There is no checkpoint “{options.out / CHECKPOINT}” to resume from.")
    for file in (*([options.start_from] if options.start_from else []), *options.teachers):
        if not file.is_file():
            raise RenderError(f"There are no weights “{file}”.")


def _packs(options: TrainingOptions, cache: Path, team: Team) -> tuple[Pack, Pack]:
    """Open training and held-out pictures; the leading process decodes, the others wait for it."""
    masks = automatic_masks(options.masks)
    if not team.leads:
        team.wait()
    training = open_pack(options.garments, options.styles, masks, cache, held_out=False, drawn=options.drawn)
    held_out = open_pack(options.garments, options.styles, masks, cache, held_out=True, drawn=HELD_OUT_DRAWN)
    if team.leads:
        team.wait()
    return training, held_out


def _device_of(device: str, team: Team) -> str:
    if team.processes > 1 and device == "auto" and torch.cuda.is_available():
        return f"cuda:{team.local_rank}"
    return device


def _blown_up(values: dict[str, float]) -> bool:
    return not all(math.isfinite(value) for value in values.values())
