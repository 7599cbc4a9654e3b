"""`restyle render`: the same pictures as in the chat, from the shell."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse
from bot.intake import CleanImage, IntakeError, read_image, shown_name
from bot.wording import STYLE_USES, counted
from gan.request import (
    MAX_SIZE,
    MAX_VARIANTS,
    FolderUnusableError,
    MaskEdit,
    Mode,
    ProgressCallback,
    Region,
    RenderError,
    RenderRequest,
    RenderResult,
)

MOST_FILE_BYTES = 200 * 2**20
MOST_OVERLAY_BYTES = 20 * 2**20
SMALLEST_SIZE = 32
DRAWN_STYLE_SIZE = 512
OVERLAY_FILE = "mask-over-garment.jpg"


@app.command(cls=OneSentenceCommand)
def render(
    garment: Annotated[Path, typer.Argument(help="Photo of the garment; its transparency counts as the mask.")],
    styles: Annotated[
        list[str], typer.Argument(metavar="STYLE...", help='Style images, or words for a pattern: "navy gingham".')
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the pictures.")],
    variants: Annotated[int, typer.Option(min=1, max=MAX_VARIANTS, help="Pictures for each style.")] = MAX_VARIANTS,
    mode: Annotated[Mode, typer.Option(help="How the style is carried over.")] = Mode.AUTO,
    scale: Annotated[float, typer.Option(min=0.25, max=4.0, help="Pattern size as a factor.")] = 1.0,
    angle: Annotated[float | None, typer.Option(min=-180, max=180, help="Turns the pattern by degrees.")] = None,
    strength: Annotated[float, typer.Option(min=0, max=100, help="Per cent; 0 leaves the garment as it is.")] = 100,
    seed: Annotated[int, typer.Option(min=0, max=2**53, help="Of the first variant; the others count on.")] = 0,
    size: Annotated[
        int | None, typer.Option(min=SMALLEST_SIZE, max=MAX_SIZE, help="Long side in pixels; else the garment's own.")
    ] = None,
    region: Annotated[Region, typer.Option(help="What is restyled.")] = Region.GARMENT,
    mask: Annotated[Path | None, typer.Option(help="Your own mask: white is garment.")] = None,
    show_mask: Annotated[bool, typer.Option("--show-mask", help="Also draw the mask over the garment.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 …")] = "auto",
) -> None:
    """Render a garment in one or more styles."""
    try:
        with tempfile.TemporaryDirectory(prefix="restyle-") as folder:
            sources = _collect(garment, styles, mask, output, Path(folder))
            requests = [
                RenderRequest(
                    garment=sources.garment,
                    style=style,
                    output=target,
                    variants=variants,
                    mode=mode,
                    scale=scale,
                    angle=angle,
                    strength=strength / 100,
                    seed=seed,
                    size=size,
                    region=region,
                    mask=sources.mask,
                )
                for style, target in zip(sources.styles, sources.targets, strict=True)
            ]
            results = _render_all(requests, device)
            if show_mask:
                _draw_overlay(sources.garment, results[0].mask)
    except (IntakeError, RenderError, FolderUnusableError) as error:
        raise refuse(str(error)) from error
    typer.echo(json.dumps(as_values(results)) if as_json else _summary(results, show_mask))


def as_values(results: list[RenderResult]) -> dict[str, Any]:
    """Return what `--json` prints; `size` is width and height."""
    return {
        "variants": [
            {
                "file": str(variant.file),
                "mode": variant.mode.value,
                "scale": variant.scale,
                "seed": variant.seed,
                "size": [variant.width, variant.height],
            }
            for result in results
            for variant in result.variants
        ],
        "mask": str(results[0].mask),
        "seconds": round(_total_seconds(results), 3),
    }


@dataclass(frozen=True, slots=True)
class _Sources:
    """Checked pictures as clean files, and a folder for the results of each style."""

    garment: Path
    mask: Path | None
    styles: list[Path]
    targets: list[Path]


def _collect(garment: Path, styles: list[str], mask: Path | None, output: Path, folder: Path) -> _Sources:
    """Check every input before anything heavy is loaded.

    Raises:
        IntakeError, RenderError, FolderUnusableError: with the sentence to show.
    """
    clean = _read(garment)
    transparency = clean.alpha_png()
    mask_file = _checked_mask(mask, clean) if mask else None
    if mask_file is None and transparency is not None:
        mask_file = _written(folder / "mask.png", transparency)
    style_files = [
        _written(folder / f"style-{number}.png", _read_style(style)) for number, style in enumerate(styles, start=1)
    ]
    targets = [output] if len(styles) == 1 else [output / name for name in _folder_names(styles)]
    return _Sources(_written(folder / "garment.png", clean.png()), mask_file, style_files, _made(targets))


def _read(file: Path) -> CleanImage:
    try:
        return read_image(file.read_bytes(), file.name, max_bytes=MOST_FILE_BYTES)
    except FileNotFoundError as error:
        raise RenderError(f"There is no file “{file}”.") from error
    except IsADirectoryError as error:
        raise RenderError(f"“{file}” is a folder; please name a picture.") from error
    except (OSError, ValueError) as error:
        raise RenderError(f"“{file}” cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _read_style(style: str) -> bytes:
    """Return a style as PNG: from its file, or drawn when no such file exists and the words name a pattern."""
    file = Path(style)
    if file.suffix or file.exists() or len(file.parts) > 1:
        return _read(file).png()
    from gan.patterns import draw_pattern
    from gan.pictures import encode_png

    try:
        return encode_png(draw_pattern(style, DRAWN_STYLE_SIZE))
    except ValueError as error:
        raise RenderError(f"There is no file “{shown_name(style)}”, and as a pattern: {error}") from error


def _checked_mask(mask: Path, garment: CleanImage) -> Path:
    from gan.mask import load_user_mask

    if not mask.is_file():
        raise RenderError(f"There is no mask file “{mask}”.")
    load_user_mask(mask, garment.rgb.size)
    return mask


def _written(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file


def _made(folders: list[Path]) -> list[Path]:
    from gan.pictures import make_folder

    for folder in folders:
        make_folder(folder)
    return folders


def _folder_names(styles: list[str]) -> list[str]:
    """Return a folder name for each style, numbered where two would be the same."""
    seen: Counter[str] = Counter()
    names = []
    for style in styles:
        name = Path(style).stem or "style"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def _render_all(requests: list[RenderRequest], device: str) -> list[RenderResult]:
    from gan.rendering.renderer import Renderer

    with _progress_bar(len(requests)) as report:
        renderer = Renderer(device)
        try:
            return [renderer.render(request, report(number)) for number, request in enumerate(requests)]
        finally:
            renderer.close()


@contextmanager
def _progress_bar(renders: int) -> Iterator[Any]:
    """Show a bar on standard error when it is a terminal; yields render number → progress callback."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("loading the networks", total=float(renders))

        def report(number: int) -> ProgressCallback:
            return lambda step: bar.update(task, description=step.stage, completed=number + step.done / step.total)

        yield report


def _draw_overlay(garment: Path, mask: Path) -> None:
    from bot.pictures import mask_overlay

    (mask.parent / OVERLAY_FILE).write_bytes(mask_overlay(garment, mask, MaskEdit(), MOST_OVERLAY_BYTES, MAX_SIZE))


def _summary(results: list[RenderResult], show_mask: bool) -> str:
    lines = [
        f"{shown.file}  {shown.mode}, scale {shown.scale:g}, seed {shown.seed}, {shown.width}×{shown.height}"
        for result in results
        for shown in result.variants
    ]
    lines += [
        f"{result.variants[0].file.parent}  of the style: {use}"
        for result in results
        if (use := STYLE_USES.get(result.style_use))
    ]
    lines.append(f"{results[0].mask}  the mask")
    if show_mask:
        lines.append(f"{results[0].mask.parent / OVERLAY_FILE}  the mask over the garment")
    pictures = counted(sum(len(result.variants) for result in results), "picture")
    lines.append(f"{pictures} in {_total_seconds(results):.1f} s")
    if results[0].doubt:
        lines.append(results[0].doubt)
    return "\n".join(lines)


def _total_seconds(results: list[RenderResult]) -> float:
    return sum(result.seconds for result in results)
