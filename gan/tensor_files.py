"""Files of tensors that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save
from torch import Tensor


def write_tensors(tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write safetensors under a name of their own and give them theirs when they are complete.

    The file is as readable as any other new file: who trains may be another user than who runs the bot, and the
    library's own `save_file` keeps it from everybody else.
    """
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(save(dict(tensors), metadata))
    unfinished.replace(path)
