"""`restyle train-mask`, `evaluate-mask`, `train-parts`, `train-subject` and `train-scene`: what looks at pictures."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import app
from gan.request import RenderError

if TYPE_CHECKING:
    from gan.mask.evaluate import Row
    from gan.subject.training import Score

Folder = typer.Option(exists=True, file_okay=False)


@app.command("train-mask")
def train_mask(
    garments: Annotated[Path, Folder],
    styles: Annotated[Path, Folder],
    out: Annotated[Path, typer.Option(help="Receives the teacher's votes, the checkpoint and the weights.")],
    minutes: Annotated[float, typer.Option(min=0.0, help="Training time, without preparing the lessons.")] = 120.0,
    seed: Annotated[int, typer.Option(help="Decides first weights and pictures.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="More than idle cores make it far slower.")] = 1,
    start: Annotated[
        Path | None, typer.Option("--from", exists=True, dir_okay=False, help="Fine-tune these weights instead.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the checkpoint in --out.")] = False,
) -> None:
    """Train the network that finds the garment: GrabCut teaches it, then both teach it together."""
    from gan.mask.training import CHECKPOINT, Plan, fine_tuning
    from gan.mask.training import train_mask as train

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if resume and not (out / CHECKPOINT).exists():
        raise typer.BadParameter(f"{out} holds no checkpoint to resume from.")
    plan = Plan(minutes=minutes, seed=seed, threads=threads)
    if start is not None:
        _check_weights(start)
        plan = fine_tuning(minutes, seed, threads)
    try:
        weights = train(garments, styles, out, plan, start=start, resume=resume)
    except ValueError as error:
        raise typer.BadParameter(f"Nothing to train on: {error}.") from error
    typer.echo(f"Weights written to {weights}")


def _check_weights(file: Path) -> None:
    from safetensors import SafetensorError

    from gan.mask.weights import load_network

    try:
        load_network(file)
    except (SafetensorError, RuntimeError) as error:
        raise typer.BadParameter(f"{file} holds no weights of the garment finder.") from error


@app.command("train-parts")
def train_parts(
    garments: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Photos named kind-number.jpg.")],
    out: Annotated[Path, typer.Option(help="File for the weights.")],
    masks: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Their masks, PNG.")] = None,
    minutes: Annotated[float, typer.Option(min=0.0, help="Training time, without reading the pictures.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Decides first weights and pictures.")] = 0,
) -> None:
    """Train the network that sees sleeves, legs, collars and hoods; it goes on from the shipped one."""
    from gan.guide.parts.train import train_parts as train

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        weights = train(garments, masks, out, minutes, seed)
    except ValueError as error:
        raise typer.BadParameter(f"Nothing to train on: {error}.") from error
    typer.echo(f"Weights written to {weights}")


@app.command("train-subject")
def train_subject(
    garments: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Photos of garments.")],
    styles: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Cloth, patterns, paintings.")],
    out: Annotated[Path, typer.Option(help="File for the weights.")],
    seed: Annotated[int, typer.Option(help="Decides how the pictures are varied.")] = 0,
) -> None:
    """Fit what tells a style that is a garment's photo, whose cloth is meant, from all others."""
    from gan.subject.training import train_garment_judge

    _fit_judge(train_garment_judge, garments, styles, out, seed)


@app.command("train-scene")
def train_scene(
    scenes: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Paintings and other scenes.")],
    cloths: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Cloth and patterns.")],
    out: Annotated[Path, typer.Option(help="File for the weights.")],
    seed: Annotated[int, typer.Option(help="Decides how the pictures are varied.")] = 0,
) -> None:
    """Fit what tells a style that shows a scene, whose layout matters, from cloth."""
    from gan.subject.training import train_scene_judge

    _fit_judge(train_scene_judge, scenes, cloths, out, seed)


def _fit_judge(
    train: Callable[[Path, Path, Path, int], tuple[Score, Score]], shown: Path, others: Path, out: Path, seed: int
) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        scores = train(shown, others, out, seed)
    except (ValueError, RenderError) as error:
        raise typer.BadParameter(f"Nothing to train on: {str(error).rstrip('.')}.") from error
    for name, score in zip(("cross-validated", "held out"), scores, strict=True):
        alarms = f"{len(score.false_alarms)} of {score.others} others taken for such: {', '.join(score.false_alarms)}"
        typer.echo(f"{name}: {score.found} of {score.shown} found, {alarms}")
    typer.echo(f"Weights written to {out}")


@app.command("evaluate-mask")
def evaluate_mask(
    labels: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Labels: labels.csv, NAME.jpg, NAME.png.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the contact sheet mask_sheet.png.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every picture's score as JSON.")] = False,
) -> None:
    """Measure the masks against drawn ones, beside plain GrabCut and a centre box."""
    from gan.mask.evaluate import ContactSheet, evaluate, read_labels, summarise

    sheet = ContactSheet()
    try:
        scores = evaluate(read_labels(labels), sheet.add)
    except (FileNotFoundError, ValueError, KeyError) as error:
        raise typer.BadParameter(f"These labels cannot be used: {error}.") from error
    if not scores:
        raise typer.BadParameter("labels.csv lists no pictures.")
    if out is not None:
        sheet.write(out / "mask_sheet.png")
    typer.echo(json.dumps([asdict(score) for score in scores], indent=1) if as_json else report(summarise(scores)))


def report(rows: list[Row]) -> str:
    """Lay out the summary as a table in Markdown."""
    methods = list(rows[0].iou)
    head = ["pictures", "count", *(f"IoU {name}" for name in methods), *(f"edge F {name}" for name in methods)]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        figures = [f"{value:.3f}" for value in (*row.iou.values(), *row.boundary.values())]
        lines.append([row.group, str(row.pictures), *figures])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
