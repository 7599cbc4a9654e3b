"""Checkpoints that appear whole or not at all, and the weights file that renders use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from gan.generator import Generator
from gan.request import RenderError
from gan.tensor_files import write_tensors
from gan.training.players import AVERAGED_AND_CRITICS, CRITICS, Players

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "generator.safetensors"
PATH_OPTIONS = frozenset({"garments", "styles", "out", "masks", "cache", "perceptual", "start_from", "teachers"})
"""Options that name files; `perceptual` may."""
WITHOUT_CRITICS = "generator-without-critics.safetensors"


def save_checkpoint(folder: Path, players: Players, options: dict[str, Any]) -> Path:
    """Write the run's state and, beside it, the averaged generator for renders."""
    path = folder / CHECKPOINT
    unfinished = path.with_suffix(".part")
    torch.save({"state": players.state(), "options": options}, unfinished)
    unfinished.replace(path)
    save_weights(players.average, folder / WEIGHTS)
    return path


def load_checkpoint(path: Path, players: Players) -> None:
    """Go back to a checkpoint.

    Raises:
        RenderError: there is none, or it belongs to other networks.
    """
    if not path.is_file():
        raise RenderError(f"There is no checkpoint “{path}” to resume from.")
    try:
        players.restore(_read(path)["state"])
    except (KeyError, RuntimeError, ValueError, EOFError) as error:
        raise RenderError(f"The checkpoint “{path}” does not fit these networks: {error}") from error


def save_weights(generator: Generator, path: Path) -> None:
    """Write a generator as half-precision safetensors (about 2 MB)."""
    state = {name: value.detach().half().contiguous().cpu() for name, value in generator.state_dict().items()}
    write_tensors(state, path)


def take_weights(path: Path, *generators: Generator) -> None:
    """Give generators the weights of a weights file, or the averaged ones of a checkpoint.

    Raises:
        RenderError: the file is missing or holds another network.
    """
    if not path.is_file():
        raise RenderError(f"There are no weights “{path}”.")
    try:
        state = load_file(path) if path.suffix == ".safetensors" else _read(path)["state"]["average"]
        for generator in generators:
            generator.load_state_dict({name: value.float() for name, value in state.items()})
    except Exception as error:  # as many kinds as safetensors and torch have reasons
        raise RenderError(f"The weights “{path}” do not fit this generator: {error}") from error


def take_critics(path: Path, players: Players) -> None:
    """Give critics what those of a checkpoint have learned; a weights file holds none, and changes nothing.

    Raises:
        RenderError: the checkpoint's critics are others.
    """
    if path.suffix == ".safetensors":
        return
    state = _read(path)["state"]
    try:
        for name in CRITICS:
            getattr(players, name).load_state_dict(state[name])
    except (KeyError, RuntimeError) as error:
        raise RenderError(f"The critics of “{path}” do not fit these networks: {error}") from error


def begun_from(path: Path) -> Path | None:
    """Return the weights that a checkpoint's run was begun from, as its schedule depends on there being some."""
    begun = _read(path)["options"].get("start_from")
    return Path(begun) if begun else None


def pack_checkpoint(path: Path, packed: Path) -> None:
    """Write a checkpoint's averaged generator, critics and progress in half precision, to keep in the repository.

    A run can go on from it, with fresh optimizers and from the average; what it costs is the optimizers' memory of a
    few hundred steps, what it saves is seven eighths of the size. Options that are paths of this machine are left out.
    """
    content = _read(path)
    networks = {
        name: {
            key: value.half() if value.is_floating_point() else value for key, value in content["state"][name].items()
        }
        for name in AVERAGED_AND_CRITICS
    }
    options = {name: value for name, value in content["options"].items() if name not in PATH_OPTIONS}
    torch.save({"state": {**networks, "progress": content["state"]["progress"]}, "options": options}, packed)


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a torn file fails in as many ways as unpickling has steps
        raise RenderError(f"The checkpoint “{path}” does not fit these networks: {error}") from error
    return content
