"""`restyle bot`: run the assistant against Discord."""

from __future__ import annotations

import typer

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse


@app.command(name="bot", cls=OneSentenceCommand)
def run_bot() -> None:
    """Run the bot against Discord, with DISCORD_TOKEN from the environment or .env (see .env.example)."""
    from bot.assistant import run
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError as error:
        raise refuse(f"The settings cannot be used: {error}.") from error
    if not settings.discord_token.get_secret_value():
        raise refuse("DISCORD_TOKEN is not set; put it in .env (see .env.example), or try `restyle playground`.")
    raise typer.Exit(run(settings))
