"""`restyle train-mask` and `restyle evaluate-mask`: make the garment finder, and measure it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import app

Folder = typer.Option(exists=True, file_okay=False)


@app.command("train-mask")
def train_mask(
    garments: Annotated[Path, Folder],
    styles: Annotated[Path, Folder],
    out: Annotated[Path, typer.Option(help="Receives the teacher's votes, the checkpoint and the weights.")],
    minutes: Annotated[float, typer.Option(min=0.0, help="Training time, without preparing the lessons.")] = 50.0,
    seed: Annotated[int, typer.Option(help="Decides first weights and pictures.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the training process.")] = 2,
    resume: Annotated[bool, typer.Option(help="Go on from the checkpoint in --out.")] = False,
) -> None:
    """Train the network that finds the garment: GrabCut teaches it, then both teach it together."""
    import torch

    from gan.mask.training import CHECKPOINT, Plan
    from gan.mask.training import train_mask as train

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if resume and not (out / CHECKPOINT).exists():
        raise typer.BadParameter(f"{out} holds no checkpoint to resume from.")
    torch.set_num_threads(threads)
    try:
        weights = train(garments, styles, out, Plan(minutes=minutes, seed=seed), resume=resume)
    except ValueError as error:
        raise typer.BadParameter(f"Nothing to train on: {error}.") from error
    typer.echo(f"Weights written to {weights}")
