"""`restyle train`, `restyle tune`, `restyle evaluate`: the GAN's workshop."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse

Garments = Annotated[Path, typer.Option(help="Folder of garment photos (plain, or with train/ and test/).")]
Styles = Annotated[Path, typer.Option(help="Folder of style pictures (plain, or with train/ and test/).")]
Masks = Annotated[Path | None, typer.Option(help="Folder of ready-made masks (NAME.png); default: automatic masks.")]


class Preset(StrEnum):
    """Settings known by a name."""

    CLASSIC = "classic"


@app.command(cls=OneSentenceCommand)
def train(
    garments: Garments,
    styles: Styles,
    out: Annotated[Path, typer.Option(help="Folder for checkpoints, metrics.jsonl and sample grids.")],
    masks: Masks = None,
    cache: Annotated[Path | None, typer.Option(help="Folder for decoded pictures; default: OUT/cache.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from OUT's checkpoint, to the same state.")] = False,
    start_from: Annotated[Path | None, typer.Option("--from", help="Weights or checkpoint to fine-tune.")] = None,
    images: Annotated[
        int, typer.Option(help="Length of the run in images; the schedule is laid out over it.")
    ] = 40_000,
    minutes: Annotated[float | None, typer.Option(help="Stop cleanly after so many minutes.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 …")] = "auto",
    threads: Annotated[int | None, typer.Option(help="CPU threads; default: all cores.")] = None,
    workers: Annotated[int, typer.Option(help="Processes that make examples.")] = 1,
    batch: Annotated[int, typer.Option(help="Images a step and process.")] = 8,
    height: Annotated[int, typer.Option(help="Height of the examples; the width is three quarters of it.")] = 256,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    perceptual: Annotated[str, typer.Option(help="hed, vgg16, vgg19, resnet50, or a weights file.")] = "hed",
    gan_loss: Annotated[str, typer.Option(help="bce, hinge or relativistic.")] = "bce",
    spectral: Annotated[bool, typer.Option("--spectral", help="Spectral norm in the critics.")] = False,
    weight: Annotated[list[str] | None, typer.Option(help="Loss weight, as NAME=NUMBER; repeatable.")] = None,
    without_critics: Annotated[bool, typer.Option("--without-critics", help="Pseudo-pairs and features only.")] = False,
    preset: Annotated[Preset | None, typer.Option(help="classic: the textbook settings.")] = None,
) -> None:
    """Train the generator, or fine-tune the shipped one on your own garments and styles."""
    from gan.request import RenderError
    from gan.training.loop import run_training
    from gan.training.options import TrainingOptions, classic, parse_gan_loss, parse_weights

    try:
        options = TrainingOptions(
            garments=garments,
            styles=styles,
            out=out,
            masks=masks,
            cache=cache,
            images=images,
            minutes=minutes,
            batch=batch,
            height=height,
            seed=seed,
            device=device,
            threads=threads,
            workers=workers,
            perceptual=perceptual,
            gan_loss=parse_gan_loss(gan_loss),
            spectral=spectral,
            start_from=start_from,
            weights=parse_weights(weight or []),
            adversarial=not without_critics,
        )
        outcome = run_training(classic(options) if preset is Preset.CLASSIC else options, resume)
    except RenderError as error:
        raise refuse(str(error)) from error
    result = {"images": outcome.images, "seconds": round(outcome.seconds), "psnr": outcome.quality.generator}
    typer.echo(json.dumps({**result, "gain_db": round(outcome.quality.gain, 3)}))
