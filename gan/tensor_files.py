"""Files of tensors that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor


def write_tensors(tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write safetensors under a name of their own and give them theirs when they are complete."""
    unfinished = path.with_suffix(".part")
    save_file(dict(tensors), unfinished, metadata)
    unfinished.replace(path)
