"""`restyle benchmark bot`: how prompt and reliable the bot is while many members ask at once."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import benchmark


@benchmark.command("bot")
def benchmark_bot(
    requests: Annotated[int, typer.Option(min=1, help="How many /restyle in all.")] = 200,
    members: Annotated[int, typer.Option(min=1, max=500, help="How many members send them.")] = 50,
    variants: Annotated[int, typer.Option(min=1, max=4, help="Variants of each.")] = 4,
    think: Annotated[float, typer.Option(min=0, help="A member's mean pause between requests, in seconds.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Start playground, bot and worker as processes and let many members ask for restyles at once."""
    import asyncio
    import logging
    from dataclasses import asdict

    from bot.benchmark import run

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    figures = asyncio.run(run(requests, members, variants, think))
    if as_json:
        typer.echo(figures.to_json())
        return
    for name, value in asdict(figures).items():
        typer.echo(f"{name:>18}  {value:g}")
