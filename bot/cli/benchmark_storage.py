"""`restyle benchmark storage`: how fast the history pages on this machine."""

from __future__ import annotations

import json
import logging
from typing import Annotated

import typer

from bot.cli import benchmark


@benchmark.command("storage")
def benchmark_storage(
    renders: Annotated[int, typer.Option(min=1, help="How many renders the temporary database holds.")] = 1_000_000,
    samples: Annotated[int, typer.Option(min=1, help="Questions of each kind, about four pages each.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say which pages were the slowest.")] = False,
) -> None:
    """Fill a temporary database, then time pages of the history: newest, filtered, by votes, searched."""
    from storage.benchmark import run

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("storage").setLevel(logging.DEBUG if verbose else logging.INFO)
    figures = run(renders, samples)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, figure in figures.items():
        typer.echo(f"{name:>16}  {figure}")
