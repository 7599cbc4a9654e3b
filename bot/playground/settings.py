"""What a playground can be told: where it listens and how strict its clocks are. Tests shorten the clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class RateLimit:
    """At most `count` requests within `seconds` in one bucket."""

    count: int
    seconds: float


@dataclass(frozen=True)
class PlaygroundSettings:
    """Settings of one playground; every default is Discord's own figure where Discord names one.

    Attributes:
        data: folder of the channel's journal, the world and the CDN's files.
        port: 0 asks the system for a free one.
        acknowledge_seconds: how long the bot has to answer an interaction.
        token_seconds: how long an interaction's token lives.
        cdn_seconds: how long a signed CDN address lives.
        resume_seconds: how long a dropped gateway session can be resumed.
        attachment_size_limit: bytes a single file may have.
        concurrent_uploads: uploads read into memory at the same time; bounds the memory.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    token: str | None = None
    traffic_log: Path | None = None
    acknowledge_seconds: float = 3.0
    token_seconds: float = 15 * 60
    cdn_seconds: float = 24 * 60 * 60
    heartbeat_interval_ms: int = 41_250
    resume_seconds: float = 180.0
    attachment_size_limit: int = 10 * MEBIBYTE
    concurrent_uploads: int = 16
    privileged_intents: int = (1 << 1) | (1 << 15)
    message_limit: RateLimit = field(default=RateLimit(5, 5.0))
    reaction_limit: RateLimit = field(default=RateLimit(1, 0.25))
    route_limit: RateLimit = field(default=RateLimit(50, 1.0))
    global_limit: RateLimit = field(default=RateLimit(50, 1.0))
