"""The bot as a process of its own beside a playground: started, watched, started again when it dies, stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 30.0
STOP_SECONDS = 40.0


class BotProcess:
    """Keeps one bot running. Use it as an async context manager.

    Args:
        base_url: the playground's address.
        token: the bot's token.
        data: the bot's folder: database, images and its log.
        environment: further settings of the bot, by the names of their variables.
    """

    def __init__(self, base_url: str, token: str, data: Path, environment: Mapping[str, str] | None = None) -> None:
        self._base_url = base_url
        self._data = data
        self._environment = os.environ | {"DISCORD_TOKEN": token, "DATA_DIR": str(data)} | dict(environment or {})
        root = str(Path(__file__).resolve().parents[2])
        self._environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.starts = 0

    @property
    def log_file(self) -> Path:
        """Where the bot's own lines go."""
        return self._data / "bot.log"

    @property
    def process_id(self) -> int | None:
        """The running bot's process id, None while there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def __aenter__(self) -> BotProcess:
        self._data.mkdir(parents=True, exist_ok=True)
        await self._start()
        self._watcher = asyncio.create_task(self._watch(), name="bot-watcher")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self._stop()

    async def _start(self) -> None:
        """Start the process. Its working folder is its data folder, so that no `.env` of the real bot is read."""
        command = [sys.executable, "-m", "bot.playground.launch_bot", self._base_url, "--attached"]
        with self.log_file.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self._data,
                env=self._environment,
                start_new_session=True,
            )
        self.starts += 1

    async def _watch(self) -> None:
        pause = FIRST_PAUSE
        while self._process is not None:
            started = time.monotonic()
            status = await self._process.wait()
            pause = FIRST_PAUSE if time.monotonic() - started > STEADY_SECONDS else pause
            log.warning("The bot ended with status %d and starts again in %.1f s; see %s", status, pause, self.log_file)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._start()

    def kill(self) -> None:
        """Kill the bot as a crash would; the watcher starts it again."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _stop(self) -> None:
        """Ask the bot to end, and kill it if it does not."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("The bot did not stop within %.0f s and was killed", STOP_SECONDS)
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
