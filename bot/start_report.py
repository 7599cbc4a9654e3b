"""What the first line of a run says: an operator finds there which data is used, before somebody misses some."""

from __future__ import annotations

import logging
from importlib.metadata import PackageNotFoundError, version

from bot.settings import Settings
from storage import Store

log = logging.getLogger(__name__)


async def report_start(settings: Settings, store: Store) -> None:
    """Log the version, the data folder with its whole path, what waits in it, and where pictures are rendered."""
    counts = await store.jobs.counts()
    log.info(
        "restyle %s starts on the data folder %s; jobs that wait: %d; device %s; days as in %s",
        _version(),
        settings.data_dir.absolute(),
        counts.queued + counts.running,
        settings.device,
        settings.timezone or "this machine's time zone",
    )


def _version() -> str:
    try:
        return version("restyle-assistant")
    except PackageNotFoundError:
        return "(not installed)"
