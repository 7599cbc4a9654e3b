"""`restyle playground`: the whole assistant on this machine, without Discord."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse

if TYPE_CHECKING:
    from bot.playground.events import Event
    from bot.playground.settings import PlaygroundSettings

DEFAULT_PORT = 8080


@app.command(name="playground", cls=OneSentenceCommand)
def playground(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any free one.")] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets the network in.")] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(help="Folder for everything that is kept.", file_okay=False)] = None,
    open_browser: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open the page in the browser; by default where there is one."),
    ] = None,
    traffic_log: Annotated[Path | None, typer.Option(help="Write the bot's traffic to this file.")] = None,
) -> None:
    """Try the assistant here and now: a local chat server, the bot, its worker and a web page; no account needed."""
    from bot.folder_lock import FolderInUseError
    from bot.playground.settings import PlaygroundSettings

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    folder = (data or default_folder()).expanduser().resolve()
    log_file = traffic_log.resolve() if traffic_log else None
    settings = PlaygroundSettings(folder / "playground", host, port, traffic_log=log_file)
    try:
        asyncio.run(_run(settings, folder, open_browser))
    except FolderInUseError as error:
        raise refuse(f"{error}, or choose another folder with --data.") from error
    except (OSError, ValueError) as error:
        raise refuse(f"The playground cannot start: {error}.") from error


def default_folder() -> Path:
    """The folder for the playground's data where this system keeps users' data."""
    import platformdirs

    return platformdirs.user_data_path("restyle-playground", appauthor=False)


async def _run(settings: PlaygroundSettings, folder: Path, open_browser: bool | None) -> None:
    """Run server and bot until told to stop."""
    from bot.folder_lock import FolderLock
    from bot.playground.bot_process import BotProcess
    from bot.playground.events import BotStatusChanged
    from bot.playground.hosts import OPEN_TO_THE_NETWORK, is_local
    from bot.playground.server import Playground
    from bot.stop_signals import stop_on_signals

    stop = stop_on_signals()
    async with AsyncExitStack() as stack:
        stack.enter_context(FolderLock(folder))
        server = await stack.enter_async_context(Playground(with_free_port(settings)))

        def announce(event: Event) -> None:
            if isinstance(event, BotStatusChanged) and not stop.is_set():
                typer.echo("The bot is online." if event.online else "The bot is offline.")

        server.bus.subscribe(announce)
        bot = await stack.enter_async_context(BotProcess(server.base_url, server.token, folder / "bot"))
        typer.echo(f"Open {server.base_url} and restyle something. Ctrl-C stops it.")
        if not is_local(settings.host):
            typer.echo(OPEN_TO_THE_NETWORK)
        typer.echo(f"Everything is kept in {folder}; the bot writes its log to {bot.log_file}.")
        if open_browser if open_browser is not None else has_browser():
            await asyncio.to_thread(_open, server.base_url)
        await stop.wait()
        typer.echo("Stopping: what renders is finished or kept for the next start.")


def with_free_port(settings: PlaygroundSettings) -> PlaygroundSettings:
    """The settings with a port that is free, and a line about it if that is not the one that was asked for."""
    import dataclasses
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            probe.close()
            typer.echo(f"Port {settings.port} is taken, so the playground uses a free one.")
            return dataclasses.replace(settings, port=0)
    return settings


def has_browser() -> bool:
    """Whether somebody sits at this machine in front of a desktop."""
    desktop = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.stdout.isatty() and bool(desktop)


def _open(url: str) -> None:
    import webbrowser

    with suppress(webbrowser.Error):
        webbrowser.open(url)
