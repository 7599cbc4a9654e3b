"""`restyle train`: prepares pictures and processes, then trains, from the start or on from a checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from gan.data.masks import mask_source
from gan.data.pack import HELD_OUT_DRAWN, Pack, open_pack
from gan.data.undyed import with_undyed
from gan.devices import choose_compute
from gan.networks.generator import Generator
from gan.request import RenderError
from gan.training.checkpoint import CHECKPOINT, load_checkpoint, take_discriminators, take_weights
from gan.training.distributed import ProcessGroup, join_process_group, process_device
from gan.training.loop import Outcome, TrainingLoop
from gan.training.options import TrainingOptions
from gan.training.report import Reporter
from gan.training.resume import resumed_options
from gan.training.stopping import Stopping


def run_training(options: TrainingOptions) -> Outcome:
    """Train from the start, or from the weights to fine-tune.

    Raises:
        RenderError: a folder, device, backbone or weights file is unusable; its message is for people.
    """
    _check_files(options.start_from, options.undyed_by, *options.teachers)
    return _train(options, resume=False)


def resume_training(asked: TrainingOptions, given: Collection[str] = ()) -> Outcome:
    """Go on from the checkpoint in the run's folder, with the options that it holds.

    Args:
        asked: as for `gan.training.resume.resumed_options`.
        given: names of the options that replace stored ones.

    Raises:
        RenderError: as in `run_training`; or there is no checkpoint, or its run is longer than asked for.
    """
    options = resumed_options(asked, given)
    _check_files(options.undyed_by, *options.teachers)
    return _train(options, resume=True)


def _train(options: TrainingOptions, resume: bool) -> Outcome:
    options.out.mkdir(parents=True, exist_ok=True)
    with join_process_group() as group:
        # Before anything is exchanged: it also sets the current GPU, by which NCCL goes.
        compute = choose_compute(process_device(options.device, group), options.threads)
        loop = TrainingLoop(options, group, _packs(options, group), compute)
        if resume:
            load_checkpoint(options.out / CHECKPOINT, loop.state, group)
        elif options.start_from:
            take_weights(options.start_from, loop.state.generator, loop.state.average)
            take_discriminators(options.start_from, loop.state)
        with Stopping(options.minutes) as stopping, Reporter(options.images, group.is_main) as reporter:
            return loop.train(stopping, reporter)


def _check_files(*files: Path | None) -> None:
    """Complain about missing weights before minutes of preparation."""
    for file in files:
        if file and not file.is_file():
            raise RenderError(f"There are no weights “{file}”.")


def _packs(options: TrainingOptions, group: ProcessGroup) -> tuple[Pack, Pack]:
    """Open training and held-out pictures; the leading process decodes, the others wait for it."""
    masks, cache = mask_source(options.masks), options.cache or options.out / "cache"
    if not group.is_main:
        group.barrier()
    training = open_pack(options.garments, options.styles, masks, cache, held_out=False, drawn=options.drawn)
    held_out = open_pack(options.garments, options.styles, masks, cache, held_out=True, drawn=HELD_OUT_DRAWN)
    if options.undyed_by:
        training = _with_undyed(training, options.undyed_by)
    if group.is_main:
        group.barrier()
    return training, held_out


def _with_undyed(pack: Pack, weights: Path) -> Pack:
    teacher = Generator()
    take_weights(weights, teacher)
    return with_undyed(pack, teacher.eval(), hashlib.sha256(weights.read_bytes()).hexdigest()[:16])
