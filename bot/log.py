"""Log lines that somebody can read at night: time, level, area, what happened, and the cause on the same line."""

from __future__ import annotations

import json
import logging
import sys
import time

from bot.settings import LogFormat


class _TextFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)-7s %(area)-12s %(message)s", "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        record.area = _area(record.name)
        return super().format(record)


class _JsonFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "area": _area(record.name),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _area(logger_name: str) -> str:
    """`bot.dispatcher` → `dispatcher`: the operator thinks in areas, not in packages."""
    return logger_name.removeprefix("bot.").removeprefix("discord.") if logger_name != "root" else "main"


def set_up_logging(level: str, form: LogFormat) -> None:
    """Send all log lines to standard error, ours at `level`, the libraries' at WARNING or above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if form is LogFormat.JSON else _TextFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("bot", "gan", "storage"):
        logging.getLogger(name).setLevel(level)
    # That voice is not supported is no news to anybody.
    logging.getLogger("discord.client").setLevel(logging.ERROR)
    # Connects, resumes and lost connections explain gaps that the operator will see in our own lines.
    logging.getLogger("discord.gateway").setLevel(logging.INFO)
    logging.captureWarnings(True)
