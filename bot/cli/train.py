"""`restyle train`, `tune`, `blend`, `pack-checkpoint` and `evaluate`: the GAN's workshop."""

from __future__ import annotations

import json
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse

Garments = Annotated[Path, typer.Option(help="Folder of garment photos (plain, or with train/ and test/).")]
Styles = Annotated[Path, typer.Option(help="Folder of style pictures (plain, or with train/ and test/).")]
Masks = Annotated[Path | None, typer.Option(help="Folder of ready-made masks (NAME.png); default: automatic masks.")]


OPTION_OF_PARAMETER = {
    "rate": "generator_rate",
    "teacher": "teachers",
    "weight": "weights",
    "without_discriminators": "adversarial",
    "discriminators_at_once": "warm_start",
}
"""Training options by the parameters of the command that are called otherwise."""


class Preset(StrEnum):
    """Settings known by a name."""

    CLASSIC = "classic"


@app.command(cls=OneSentenceCommand)
def train(
    context: typer.Context,
    garments: Garments,
    styles: Styles,
    out: Annotated[Path, typer.Option(help="Folder for checkpoints, metrics.jsonl and sample grids.")],
    masks: Masks = None,
    cache: Annotated[Path | None, typer.Option(help="Folder for decoded pictures; default: OUT/cache.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from OUT's checkpoint with its options, but for those given.")
    ] = False,
    start_from: Annotated[
        Path | None, typer.Option("--from", help="Weights to fine-tune; a checkpoint brings its discriminators too.")
    ] = None,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(help="Weights to learn from, on photos too; repeatable: their mean."),
    ] = None,
    undyed_by: Annotated[
        Path | None,
        typer.Option(help="Weights that read the light of garments that are not plain, for more pairs to learn from."),
    ] = None,
    images: Annotated[
        int, typer.Option(help="Length of the run in images; the schedule is laid out over it.")
    ] = 40_000,
    minutes: Annotated[float | None, typer.Option(help="Stop cleanly after so many minutes.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 …")] = "auto",
    threads: Annotated[int | None, typer.Option(help="CPU threads; default: all cores.")] = None,
    workers: Annotated[int, typer.Option(help="Processes that make examples.")] = 1,
    batch: Annotated[int, typer.Option(help="Images a step and process.")] = 8,
    height: Annotated[int, typer.Option(help="Height of the examples; the width is three quarters of it.")] = 256,
    rate: Annotated[float, typer.Option(help="Peak learning rate of the generator.")] = 4e-4,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    perceptual: Annotated[str, typer.Option(help="hed, vgg16, vgg19, resnet50, or a weights file.")] = "hed",
    gan_loss: Annotated[str, typer.Option(help="bce, hinge or relativistic.")] = "relativistic",
    spectral: Annotated[bool, typer.Option("--spectral", help="Spectral norm in the discriminators.")] = False,
    weight: Annotated[list[str] | None, typer.Option(help="Loss weight, as NAME=NUMBER; repeatable.")] = None,
    without_discriminators: Annotated[
        bool, typer.Option("--without-discriminators", help="Pseudo-pairs and features only.")
    ] = False,
    discriminators_at_once: Annotated[
        bool, typer.Option("--discriminators-at-once", help="Adversarial from the first step: to go on with --from.")
    ] = False,
    preset: Annotated[Preset | None, typer.Option(help="classic: the textbook settings.")] = None,
) -> None:
    """Train the generator, or fine-tune the shipped one on your own garments and styles."""
    from gan.request import RenderError
    from gan.training.options import TrainingOptions, changed_options, classic, parse_gan_loss, parse_weights
    from gan.training.run import resume_training, run_training

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
            generator_rate=rate,
            seed=seed,
            device=device,
            threads=threads,
            workers=workers,
            perceptual=perceptual,
            gan_loss=parse_gan_loss(gan_loss),
            spectral=spectral,
            start_from=start_from,
            undyed_by=undyed_by,
            teachers=tuple(teacher or ()),
            weights=parse_weights(weight or []),
            adversarial=not without_discriminators,
            warm_start=not discriminators_at_once,
        )
        chosen = classic(options) if preset is Preset.CLASSIC else options
        given = _given_options(context) | changed_options(options, chosen)
        outcome = resume_training(chosen, given) if resume else run_training(chosen)
    except RenderError as error:
        raise refuse(str(error)) from error
    result = {"images": outcome.images, "seconds": round(outcome.seconds), "psnr": outcome.quality.generator}
    typer.echo(json.dumps({**result, "gain_db": round(outcome.quality.gain, 3)}))


def _given_options(context: typer.Context) -> set[str]:
    """Return the names of the training options that stand on the command line."""
    from gan.training.options import TrainingOptions

    names = (OPTION_OF_PARAMETER.get(name, name) for name in context.params if _is_given(context, name))
    return set(names) & {field.name for field in fields(TrainingOptions)}


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


@app.command(cls=OneSentenceCommand)
def tune(
    garments: Garments,
    styles: Styles,
    out: Annotated[Path, typer.Option(help="Folder for the study; calling again goes on with it.")],
    masks: Masks = None,
    trials: Annotated[int, typer.Option(help="Short runs to make.")] = 20,
    images: Annotated[int, typer.Option(help="Length of each run in images.")] = 1_500,
    height: Annotated[int, typer.Option(help="Height of the examples.")] = 128,
    batch: Annotated[int, typer.Option(help="Images a step.")] = 8,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda …")] = "auto",
    perceptual: Annotated[str, typer.Option(help="hed, vgg16, vgg19, resnet50, or a weights file.")] = "hed",
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
) -> None:
    """Search loss weights and learning rates with Optuna on short runs."""
    from gan.request import RenderError
    from gan.training.options import TrainingOptions
    from gan.training.tune import tune as search

    try:
        options = TrainingOptions(
            garments,
            styles,
            out,
            masks=masks,
            images=images,
            height=height,
            batch=batch,
            device=device,
            perceptual=perceptual,
            seed=seed,
        )
        best = search(options, trials)
    except RenderError as error:
        raise refuse(str(error)) from error
    typer.echo(json.dumps(best))


@app.command(cls=OneSentenceCommand)
def blend(
    first: Annotated[Path, typer.Argument(help="Weights, best those from before the discriminators came.")],
    second: Annotated[Path, typer.Argument(help="Weights that were trained on from the same.")],
    out: Annotated[Path, typer.Option(help="File to write (safetensors).")],
    share: Annotated[float, typer.Option(help="Of the second, 0 to 1.")] = 0.5,
) -> None:
    """Mix two generators' weights: between one without and one with discriminators lies the best of both."""
    from gan.request import RenderError
    from gan.training.blend import blend_weights

    try:
        blend_weights(first, second, share, out)
    except RenderError as error:
        raise refuse(str(error)) from error


@app.command(cls=OneSentenceCommand)
def pack_checkpoint(
    checkpoint: Annotated[Path, typer.Argument(help="A run's checkpoint.pt.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    weights: Annotated[Path | None, typer.Option(help="In place of its averaged generator, such as a blend.")] = None,
) -> None:
    """Make a small checkpoint to pass on: averaged generator and discriminators in half precision, without paths."""
    from gan.request import RenderError
    from gan.training.checkpoint import pack_checkpoint as pack

    try:
        pack(checkpoint, out, weights)
    except RenderError as error:
        raise refuse(str(error)) from error


@app.command(cls=OneSentenceCommand)
def evaluate(
    garments: Garments,
    styles: Styles,
    out: Annotated[Path, typer.Option(help="Folder for the report (index.html, report.json, sheets).")],
    masks: Masks = None,
    cache: Annotated[Path | None, typer.Option(help="Folder for decoded pictures; default: OUT/cache.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Generator to judge; default: the shipped one.")] = None,
    without_discriminators: Annotated[
        Path | None, typer.Option(help="Its weights without the discriminators' run; the shipped ones bring theirs.")
    ] = None,
    with_discriminators: Annotated[Path | None, typer.Option(help="Its weights with it, for comparison.")] = None,
    perceptual: Annotated[str, typer.Option(help="hed, vgg16, vgg19, resnet50, or a weights file.")] = "hed",
    pairs: Annotated[int, typer.Option(min=1, help="Held-out pseudo-pairs to judge.")] = 48,
    photos: Annotated[int, typer.Option(min=1, help="Held-out photos to judge.")] = 40,
    gatys: Annotated[int, typer.Option(min=0, help="Pairs for Gatys's optimisation (minutes each).")] = 2,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda …")] = "auto",
) -> None:
    """Judge the generator on held-out pictures, beside its baselines."""
    from gan.evaluation.contestants import SHIPPED_WITHOUT_DISCRIMINATORS, WITH_DISCRIMINATORS, WITHOUT_DISCRIMINATORS
    from gan.evaluation.run import EvaluationOptions
    from gan.evaluation.run import evaluate as judge
    from gan.request import RenderError
    from gan.shipped import GENERATOR

    if weights is None:
        without_discriminators = without_discriminators or SHIPPED_WITHOUT_DISCRIMINATORS
    comparisons = {WITHOUT_DISCRIMINATORS: without_discriminators, WITH_DISCRIMINATORS: with_discriminators}
    try:
        options = EvaluationOptions(
            garments,
            styles,
            out,
            masks=masks,
            cache=cache,
            weights=weights or GENERATOR,
            comparisons={name: file for name, file in comparisons.items() if file},
            perceptual=perceptual,
            pairs=pairs,
            photos=photos,
            gatys=gatys,
            device=device,
        )
        report = judge(options)
    except RenderError as error:
        raise refuse(str(error)) from error
    typer.echo(json.dumps(report))
