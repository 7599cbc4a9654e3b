"""The pictures that a card shows, read from the project's own files and sized to what the guild takes."""

from __future__ import annotations

import asyncio
import io
from functools import partial

import discord

from bot.cards import GARMENT_FILE, MASK_FILE, STYLE_FILE, CardFile, variant_file
from bot.pictures import GALLERY_SIDE, gallery_jpeg, in_picture_thread, mask_overlay
from gan.request import MaskEdit
from storage.images import Images
from storage.models import Render, RenderVariant

DEFAULT_LIMIT = 10 * 1024 * 1024
REQUEST_LIMIT = 24 * 1024 * 1024
"""What one message may weigh with all its files; Discord's own limit is 25 MiB."""
_MESSAGE_FILES = 7


def file_limit(guild: discord.Guild | None) -> int:
    """The largest file in bytes that the guild takes."""
    return guild.filesize_limit if guild is not None else DEFAULT_LIMIT


async def card_files(
    render: Render, images: Images, limit: int, *, side: int = GALLERY_SIDE, shrink: int = 1
) -> list[CardFile]:
    """Prepare a render's files.

    Args:
        render: what to show.
        images: where its pictures are.
        limit: the largest file in bytes.
        side: long side of the variants, at most.
        shrink: divides the limit, for another try after a refusal.

    Raises:
        ImageMissingError: one of the pictures is gone.
    """
    each = min(limit, REQUEST_LIMIT // _MESSAGE_FILES) // shrink
    files = [await _variant_file(render, variant, images, each, side) for variant in render.variants]
    files.append(CardFile(GARMENT_FILE, await _thumbnail(images, render.garment_sha)))
    files.append(CardFile(STYLE_FILE, await _thumbnail(images, render.style_sha)))
    if render.doubt and render.mask_sha:
        garment, mask = await images.path(render.garment_sha), await images.path(render.mask_sha)
        overlay = await in_picture_thread(partial(mask_overlay, garment, mask, MaskEdit(), each))
        files.append(CardFile(MASK_FILE, overlay))
    return files


def upload(files: list[CardFile]) -> list[discord.File]:
    """Make fresh upload objects; each can be sent once."""
    return [discord.File(io.BytesIO(file.data), filename=file.name) for file in files]


async def _variant_file(render: Render, variant: RenderVariant, images: Images, limit: int, side: int) -> CardFile:
    path = await images.path(variant.image_sha)
    return CardFile(variant_file(render, variant), await in_picture_thread(partial(gallery_jpeg, path, limit, side)))


async def _thumbnail(images: Images, sha: str) -> bytes:
    path = await images.thumbnail(sha)
    return await asyncio.to_thread(path.read_bytes)
