"""The bot beside the playground: started, started again after a kill, stopped without leaving anything behind."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from bot.cli.playground import with_free_port
from bot.playground.bot_process import BotProcess
from bot.playground.settings import PlaygroundSettings
from bot.playground.user import PlaygroundUser

PATIENCE = 90


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_real_bot_is_kept_running(playground, tmp_path):
    async with PlaygroundUser(playground.base_url) as person:
        async with BotProcess(playground.base_url, playground.token, tmp_path / "bot") as bot:
            await person.wait_online(within=PATIENCE)
            await person.wait_event(lambda e: e["t"] == "COMMANDS", within=PATIENCE)
            assert {"restyle", "history"} <= {command["name"] for command in person.state["commands"]}
            first = bot.process_id
            bot.kill()
            await person.wait_online(False, within=PATIENCE)
            await person.wait_online(True, within=PATIENCE)
            assert bot.starts == 2 and bot.process_id != first
            second = bot.process_id
        assert not is_running(first) and not is_running(second)
        assert "Gateway" in bot.log_file.read_text()


async def test_the_bot_ends_with_its_parent(playground, tmp_path):
    environment = os.environ | {"DISCORD_TOKEN": playground.token, "DATA_DIR": str(tmp_path / "bot")}
    command = [sys.executable, "-m", "bot.playground.launch_bot", playground.base_url, "--attached"]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=environment
    )
    async with PlaygroundUser(playground.base_url) as person:
        await person.wait_online(within=PATIENCE)
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


def test_a_taken_port_is_replaced(tmp_path, capsys: pytest.CaptureFixture[str]):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert with_free_port(PlaygroundSettings(tmp_path, port=port)).port == 0
        assert f"Port {port} is taken" in capsys.readouterr().out
    assert with_free_port(PlaygroundSettings(tmp_path, port=port)).port == port
