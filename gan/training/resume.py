"""What a resumed run does: what it was begun with, but for what is asked for now."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace

from gan.request import RenderError
from gan.training.checkpoint import CHECKPOINT, read_checkpoint
from gan.training.options import TrainingOptions, options_from_json

SESSION_OPTIONS = frozenset({"out", "minutes", "device", "threads", "workers"})
"""Options of the machine and of the time at hand, not of the run: they never come out of a checkpoint."""
log = logging.getLogger(__name__)


def resumed_options(asked: TrainingOptions, given: Collection[str]) -> TrainingOptions:
    """Return the options that the checkpoint in the run's folder holds, with what was asked for explicitly.

    Each change is logged as a warning. Loss weights are changed term by term.

    Args:
        asked: the run's folder, what is asked for, and defaults for what the checkpoint does not know.
        given: names of the options that were asked for explicitly.

    Raises:
        RenderError: there is no checkpoint, or the run has learned from more images than are asked for.
    """
    path = asked.out / CHECKPOINT
    content = read_checkpoint(path)
    try:
        stored = options_from_json(content["options"])
        images = int(content["state"]["progress"]["images"])
    except (KeyError, TypeError, ValueError) as error:
        raise RenderError(f"“{path}” is no checkpoint of a training run.") from error
    kept = {name: value for name, value in stored.items() if name not in SESSION_OPTIONS}
    changes = {name: getattr(asked, name) for name in given if name not in SESSION_OPTIONS}
    if "weights" in changes:
        changes["weights"] = {**kept.get("weights", {}), **changes["weights"]}
    changes = {name: value for name, value in changes.items() if name not in kept or kept[name] != value}
    if changes.get("images", images) < images:
        raise RenderError(
            f"The run in “{asked.out}” has learned from {images} images already; it cannot end at {changes['images']}."
        )
    for name, value in changes.items():
        if name in kept:
            log.warning("The resumed run changes %s from %s to %s.", name, kept[name], value)
    return replace(asked, **{**kept, **changes})
