"""A bot's session: counts and keeps its dispatches, so that a dropped connection can be resumed."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

KEPT_DISPATCHES = 5000


class Connection(Protocol):
    """Where a session's frames go while it is connected."""

    def send(self, frame: dict[str, Any]) -> None:
        """Queue a frame."""
        ...

    def supersede(self) -> None:
        """The session goes on over another connection; this one ends."""
        ...


@dataclass
class Session:
    """One identified client.

    Attributes:
        connection: the live connection, or None while the client may still resume.
        sequence: number of the last dispatch.
    """

    intents: int
    shard: tuple[int, int] | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    connection: Connection | None = None
    sequence: int = 0
    kept: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_DISPATCHES))

    def dispatch(self, name: str, data: dict[str, Any]) -> None:
        """Send an event, or keep it for a resume."""
        self.sequence += 1
        frame = {"op": 0, "d": data, "s": self.sequence, "t": name}
        self.kept.append(frame)
        if self.connection is not None:
            self.connection.send(frame)

    def can_resume_from(self, sequence: int) -> bool:
        """Whether every dispatch after `sequence` is still kept."""
        if not 0 <= sequence <= self.sequence:
            return False
        oldest = self.kept[0]["s"] if self.kept else self.sequence + 1
        return bool(sequence + 1 >= oldest)

    def resume(self, connection: Connection, sequence: int) -> None:
        """Go on over a new connection: what was missed, then RESUMED."""
        if self.connection is not None:
            self.connection.supersede()
        missed = [frame for frame in self.kept if frame["s"] > sequence]
        for frame in missed:
            connection.send(frame)
        self.connection = connection
        self.dispatch("RESUMED", {})
