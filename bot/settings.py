"""One typed Settings object, read from the environment and `.env`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class LogFormat(StrEnum):
    """How a log line looks: for people, or one JSON object a line for a collector."""

    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """Everything an operator can set. `.env.example` explains each variable."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr = SecretStr("")
    commands_guild_id: int | None = None
    data_dir: Path = Path("data")
    timezone: str = ""

    device: str = "auto"
    worker_threads: int = Field(default=0, ge=0, le=256)
    worker_niceness: int = Field(default=10, ge=0, le=19)
    weights: Path | None = None
    compile_generator: bool = False
    render_size: int = Field(default=2048, ge=256, le=2048)
    render_timeout_seconds: float = Field(default=1200, gt=0)

    jobs_per_member: int = Field(default=25, ge=1, le=1000)
    lease_seconds: float = Field(default=60, gt=0)
    upload_mib: int = Field(default=25, ge=1, le=100)

    progress_seconds: float = Field(default=4, gt=0)
    standing_seconds: float = Field(default=5, gt=0)

    log_level: str = "INFO"
    log_format: LogFormat = LogFormat.TEXT
    loop_report: Path | None = None

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        level = value.upper()
        if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError("must be a name such as Europe/Paris")
        return value

    @property
    def zone(self) -> ZoneInfo | None:
        """The team's time zone; None is this machine's."""
        return ZoneInfo(self.timezone) if self.timezone else None

    @property
    def upload_bytes(self) -> int:
        """The largest file that is downloaded, in bytes."""
        return self.upload_mib * 1024 * 1024


class SettingsError(Exception):
    """A variable has a value that cannot be used; the message names it."""


def load_settings() -> Settings:
    """Read the environment and `.env`.

    Raises:
        SettingsError: with one line that names each bad variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors())
        raise SettingsError("; ".join(faults)) from error
