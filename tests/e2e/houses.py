"""Starts the playground and the bot as processes, the way a member of the team would, and stops them hard or gently."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path

from bot.playground.sample_pictures import FOLDER, pictures_in
from bot.playground.user import PlaygroundUser
from tests.bot.reading import eventually

ROOT = Path(__file__).resolve().parents[2]
ONLINE_SECONDS = 60
TRAFFIC_LOG = "traffic.jsonl"


def sample(kind, number=0):
    return pictures_in(FOLDER / kind)[number]


class Process:
    """A child process whose output is kept for failures."""

    def __init__(self, process, log):
        self.process = process
        self.log = log

    @classmethod
    async def start(cls, log, *arguments, **environment):
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
            )
        return cls(process, log)

    async def kill(self):
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self):
        if self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
        return self.process.returncode


class ProcessHouse:
    """A playground process and a bot process with its worker."""

    def __init__(self, folder):
        self.folder = folder
        self.traffic_log = folder / TRAFFIC_LOG
        self.base_url = self._token = ""
        self._playground = self.bot = None
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self):
        log = self.folder / "playground.log"
        arguments = ["--port", "0", "--data", str(self.folder / "playground"), "--traffic-log", str(self.traffic_log)]
        self._playground = await Process.start(log, "-m", "bot.playground", *arguments)
        greeting = re.compile(r"Page: (\S+)\s+Token for a bot: (\S+)")
        await eventually(lambda: greeting.search(log.read_text()), 30)
        self.base_url, self._token = greeting.search(log.read_text()).groups()
        await self.start_bot()
        return self

    async def __aexit__(self, *_):
        await self._stack.aclose()
        await self.bot.stop()
        await self._playground.stop()

    async def start_bot(self):
        environment = {
            "DISCORD_TOKEN": self._token,
            "DATA_DIR": str(self.folder / "data"),
            "PROGRESS_SECONDS": "0.5",
            "STANDING_SECONDS": "0.5",
            "OMP_NUM_THREADS": "1",
        }
        arguments = ["-m", "bot.playground.launch_bot", self.base_url]
        self.bot = await Process.start(self.folder / "bot.log", *arguments, **environment)
        async with PlaygroundUser(self.base_url) as user:
            await user.wait_online(within=ONLINE_SECONDS)
            await eventually(lambda: user.state["commands"], ONLINE_SECONDS)

    async def member(self, name):
        return await self._stack.enter_async_context(PlaygroundUser(self.base_url, name))

    def bot_log(self):
        return (self.folder / "bot.log").read_text()
