"""Checkpoints that appear whole or not at all, and the weights file that renders use."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from gan.networks.generator import Generator
from gan.request import RenderError
from gan.tensor_files import write_tensors
from gan.training.distributed import ProcessGroup
from gan.training.options import PATH_OPTIONS
from gan.training.random_state import RandomState, random_state, set_random_state
from gan.training.train_state import AVERAGED_AND_DISCRIMINATORS, DISCRIMINATORS, TrainState

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "generator.safetensors"
WITHOUT_DISCRIMINATORS = "generator-without-discriminators.safetensors"
ALONE = ProcessGroup()
log = logging.getLogger(__name__)


def save_checkpoint(folder: Path, state: TrainState, options: dict[str, Any], group: ProcessGroup = ALONE) -> None:
    """Write the run's state and, beside it, the averaged generator for renders.

    All processes must call it together: the leading one writes the random numbers' state of all.
    """
    random_states = group.gather(random_state(state.device))
    if not group.is_main:
        return
    path = folder / CHECKPOINT
    unfinished = path.with_suffix(".part")
    torch.save({"state": {**state.state_dict(), "random": random_states}, "options": options}, unfinished)
    unfinished.replace(path)
    save_weights(state.average, folder / WEIGHTS)


def load_checkpoint(path: Path, state: TrainState, group: ProcessGroup = ALONE) -> None:
    """Go back to a checkpoint.

    One that another number of processes wrote is gone on from with other random numbers, and a warning says so.

    Raises:
        RenderError: there is none, or it belongs to other networks.
    """
    content = read_checkpoint(path)["state"]
    try:
        state.load_state_dict(content)
        _restore_random_state(content, state.device, group)
    except (KeyError, IndexError, RuntimeError, ValueError, TypeError) as error:
        raise RenderError(f"The checkpoint “{path}” does not fit these networks: {error}") from error


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return what a checkpoint holds: `state` and the run's `options`.

    Raises:
        RenderError: there is no such file, or it is torn.
    """
    if not path.is_file():
        raise RenderError(f"There is no checkpoint “{path}”.")
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a torn file fails in as many ways as unpickling has steps
        raise RenderError(f"The checkpoint “{path}” cannot be read: {error}") from error
    return content


def save_weights(generator: Generator, path: Path) -> None:
    """Write a generator as half-precision safetensors (about 2 MB)."""
    state = {name: value.detach().half().contiguous().cpu() for name, value in generator.state_dict().items()}
    write_tensors(state, path)


def take_weights(path: Path, *generators: Generator) -> None:
    """Give generators the weights of a weights file, or the averaged ones of a checkpoint.

    Raises:
        RenderError: the file is missing or holds another network.
    """
    state = _read_weights(path)
    try:
        for generator in generators:
            generator.load_state_dict({name: value.float() for name, value in state.items()})
    except RuntimeError as error:
        raise RenderError(f"The weights “{path}” do not fit this generator: {error}") from error


def _read_weights(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise RenderError(f"There are no weights “{path}”.")
    try:
        state: dict[str, Tensor] = (
            load_file(path) if path.suffix == ".safetensors" else read_checkpoint(path)["state"]["average"]
        )
    except RenderError:
        raise
    except Exception as error:  # as many kinds as safetensors and torch have reasons
        raise RenderError(f"The weights “{path}” do not fit this generator: {error}") from error
    return state


def take_discriminators(path: Path, train_state: TrainState) -> None:
    """Give discriminators what those of a checkpoint have learned; a weights file holds none, and changes nothing.

    Raises:
        RenderError: the checkpoint's discriminators are others.
    """
    if path.suffix == ".safetensors":
        return
    state = read_checkpoint(path)["state"]
    try:
        for name in DISCRIMINATORS:
            getattr(train_state, name).load_state_dict(state[name])
    except (KeyError, RuntimeError) as error:
        raise RenderError(f"The discriminators of “{path}” do not fit these networks: {error}") from error


def pack_checkpoint(path: Path, packed: Path, weights: Path | None = None) -> None:
    """Write a checkpoint's averaged generator, discriminators and progress as half floats, to keep in the repository.

    A run can go on from it, with fresh optimizers and from the average; what it costs is the optimizers' memory of a
    few hundred steps, what it saves is seven eighths of the size. Options that are paths of this machine are left out.

    Args:
        path: a run's checkpoint.
        packed: file to write; it appears whole or not at all.
        weights: file with what takes the averaged generator's place, such as a blend; None keeps it.

    Raises:
        RenderError: there is no such checkpoint, the weights do not fit, or the file cannot be written.
    """
    content = read_checkpoint(path)
    try:
        state, progress = content["state"], content["state"]["progress"]
        networks = {name: _halved(state[name]) for name in AVERAGED_AND_DISCRIMINATORS}
        if weights is not None:
            networks["average"] = _halved(_weights_like(networks["average"], weights))
        options = {name: value for name, value in content["options"].items() if name not in PATH_OPTIONS}
    except (KeyError, TypeError) as error:
        raise RenderError(f"“{path}” is no checkpoint of a training run.") from error
    unfinished = packed.with_name(f".{packed.name}.part")
    try:
        with unfinished.open("wb") as file:
            torch.save({"state": {**networks, "progress": progress}, "options": options}, file)
        unfinished.replace(packed)
    except OSError as error:
        raise RenderError(f"The checkpoint could not be written to “{packed.parent}”: {error.strerror}.") from error


def _weights_like(network: dict[str, Tensor], path: Path) -> dict[str, Tensor]:
    weights = _read_weights(path)
    if {name: value.shape for name, value in weights.items()} != {name: value.shape for name, value in network.items()}:
        raise RenderError(f"The weights “{path}” are not of the checkpoint's generator.")
    return weights


def _halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.half() if value.is_floating_point() else value for name, value in tensors.items()}


def _restore_random_state(content: dict[str, Any], device: torch.device, group: ProcessGroup) -> None:
    if "torch_rng" in content:  # as checkpoints of one state for all processes have it
        gpus = content.get("cuda_rng") or []
        states: list[RandomState] = [{"cpu": content["torch_rng"], **({"cuda": gpus[0]} if gpus else {})}]
    else:
        states = content.get("random", [])
    if len(states) == group.processes:
        set_random_state(states[group.rank], device)
    elif states and group.is_main:
        log.warning(
            "The checkpoint was written by %d processes and this run has %d: it goes on with other random numbers.",
            len(states),
            group.processes,
        )
