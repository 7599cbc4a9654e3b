"""Starts the unmodified bot against a playground: `python -m bot.playground.launch_bot http://127.0.0.1:8080`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

import discord
import yarl


def point_discord_at(base_url: str) -> None:
    """Let discord.py speak with a playground instead of discord.com; the bot's own code knows nothing of it."""
    discord.http.Route.BASE = f"{base_url}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(base_url).with_scheme("ws") / "gateway"
    discord.asset.Asset.BASE = f"{base_url}/cdn"


def stop_with_parent() -> None:
    """Stop when the other end of standard input is closed: the parent is gone, however it ended."""

    def wait() -> None:
        while os.read(0, 1024):  # not sys.stdin: its lock would trouble the interpreter's end
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def main() -> int:
    """Run the bot with the settings of the environment; its exit status."""
    from bot.assistant import run
    from bot.settings import load_settings

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base_url", help="the playground's address")
    parser.add_argument("--attached", action="store_true", help="stop when standard input is closed")
    options = parser.parse_args()
    point_discord_at(options.base_url.rstrip("/"))
    if options.attached:
        stop_with_parent()
    return run(load_settings())


if __name__ == "__main__":
    sys.exit(main())
