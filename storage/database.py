"""One SQLite file: a single writer thread, readers in threads, nothing on the event loop."""

from __future__ import annotations


class Database:
    """A SQLite database for asyncio."""
