"""Where half precision must not reach."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch


def full_precision(device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which autocast leaves matrix products of float32 as they are: for statistics."""
    return torch.autocast(device.type, enabled=False)
