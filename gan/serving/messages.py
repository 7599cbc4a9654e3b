"""What the bot's process and a render worker say to each other: one JSON object a line.

To the worker: `render` (id, request), `cancel` (id). End of file tells it to exit.
From the worker: `alive`, `ready` (device, devices), `progress` (id, done, total, stage), and for each render one of
`result` (id, result), `refused` (id, sentence), `failed` (id, cause), `cancelled` (id).
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

LONGEST_LINE = 1 << 20
HEARTBEAT_SECONDS = 2.0


class Kind(StrEnum):
    """What a message is about."""

    RENDER = "render"
    CANCEL = "cancel"
    ALIVE = "alive"
    READY = "ready"
    PROGRESS = "progress"
    RESULT = "result"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({Kind.RESULT, Kind.REFUSED, Kind.FAILED, Kind.CANCELLED})
"""The kinds that end a render."""


def encode(kind: Kind, **values: Any) -> bytes:
    """Return a message as one line."""
    return json.dumps({"kind": kind, **values}, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> tuple[Kind, dict[str, Any]] | None:
    """Return a line's kind and values, or None when it is no message."""
    try:
        values = json.loads(line)
        return Kind(values.pop("kind")), values
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
