"""How a process of ours is told to stop: Ctrl-C, or the SIGTERM of service managers."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress


def stop_on_signals() -> asyncio.Event:
    """Return an event of the running loop that is set when the process is told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows' event loop has no signal handlers
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
