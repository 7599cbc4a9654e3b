"""`restyle doctor`: what is wrong here, and what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse

_SIGNS = {"ok": "✓", "warning": "!", "failure": "✗"}


@app.command(cls=OneSentenceCommand)
def doctor(json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check token, disk, database, pictures, weights and renderer; status 1 if something keeps the bot from working."""
    import asyncio
    from dataclasses import asdict
    from json import dumps

    from bot.doctor import Level, examine
    from bot.settings import SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError as error:
        raise refuse(f"The settings cannot be used: {error}.") from error
    findings = asyncio.run(examine(settings))
    if json:
        typer.echo(dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{_SIGNS[finding.level]} {finding.check}: {finding.found}.")
            if finding.remedy:
                typer.echo(f"    {finding.remedy}")
    raise typer.Exit(any(finding.level is Level.FAILURE for finding in findings))
