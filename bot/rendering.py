"""Between the queue's rows and the renderer's plain data: a job becomes a request, a result becomes a render's row."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from gan.request import MAX_VARIANTS, MaskEdit, Mode, Part, Region, RenderRequest, RenderResult, Variant
from storage.errors import ImageDamagedError
from storage.images import Images
from storage.models import Job, NewRender, NewVariant


async def render_request(job: Job, images: Images, folder: Path, size: int) -> RenderRequest:
    """Write down what a job asks of the renderer.

    Args:
        job: the claimed job.
        images: where its pictures are.
        folder: for the renderer's files.
        size: long side of the result, at most; a smaller garment keeps its size.

    Raises:
        ImageMissingError: one of the job's pictures is gone.
        ImageDamagedError: the garment is no picture any more.
    """
    options = job.options
    garment = await images.path(job.garment_sha)
    return RenderRequest(
        garment=garment,
        style=await images.path(job.style_sha),
        output=folder,
        variants=options.get("variants", MAX_VARIANTS),
        mode=Mode(job.mode),
        scale=options.get("scale", 1.0),
        angle=options.get("angle"),
        strength=options.get("strength", 1.0),
        seed=options.get("seed", 0),
        size=size if await asyncio.to_thread(_long_side, garment) > size else None,
        region=Region(options.get("region", Region.GARMENT)),
        mask=await images.path(job.mask_sha) if job.mask_sha else None,
        mask_edit=read_mask_edit(options.get("mask_edit")),
    )


def read_mask_edit(values: dict[str, Any] | None) -> MaskEdit:
    """Read a mask edit as it stands in a job's options."""
    values = values or {}
    return MaskEdit(
        grow=values.get("grow", 0),
        invert=values.get("invert", False),
        part=Part(values.get("part", Part.ALL)),
    )


async def new_render(result: RenderResult, images: Images) -> NewRender:
    """Keep a result's files and write down what it is."""
    variants = [await _new_variant(number, variant, images) for number, variant in enumerate(result.variants, 1)]
    mask = await images.put_file(result.mask)
    return NewRender(
        variants=tuple(variants),
        mask_sha=mask.sha,
        style_use=result.style_use.value,
        doubt=result.doubt,
        seconds=result.seconds,
    )


def _long_side(path: Path) -> int:
    try:
        with Image.open(path) as header:
            return max(header.size)
    except UnidentifiedImageError as error:
        raise ImageDamagedError(f"The picture {path} is damaged; restore it from a backup.") from error


async def _new_variant(number: int, variant: Variant, images: Images) -> NewVariant:
    kept = await images.put_file(variant.file)
    return NewVariant(
        number=number,
        image_sha=kept.sha,
        mode=variant.mode.value,
        scale=variant.scale,
        angle=variant.angle,
        seed=variant.seed,
        width=variant.width,
        height=variant.height,
    )
