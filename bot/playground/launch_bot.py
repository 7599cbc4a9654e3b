"""Starts the unmodified bot against a playground: `python -m bot.playground.launch_bot http://127.0.0.1:8080`."""

from __future__ import annotations

import sys

import discord
import yarl


def point_discord_at(base_url: str) -> None:
    """Let discord.py speak with a playground instead of discord.com; production code stays untouched by it."""
    address = yarl.URL(base_url)
    discord.http.Route.BASE = f"{base_url}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = address.with_scheme("ws") / "gateway"
    discord.asset.Asset.BASE = f"{base_url}/cdn"


def main() -> None:
    """Run the bot with the settings of the environment."""
    from bot.assistant import run
    from bot.settings import load_settings

    point_discord_at(sys.argv[1].rstrip("/"))
    sys.exit(run(load_settings()))


if __name__ == "__main__":
    main()
