"""The pictures that a card shows, read from the project's own files and sized to what the guild takes."""

from __future__ import annotations

import asyncio
import io

import discord

from bot.cards import GARMENT_FILE, MASK_FILE, STYLE_FILE, CardFile, variant_file
from bot.pictures import gallery_jpeg, mask_overlay
from gan.request import MaskEdit
from storage.images import Images
from storage.models import Render, RenderVariant

DEFAULT_LIMIT = 10 * 1024 * 1024
REQUEST_LIMIT = 24 * 1024 * 1024
"""What one message may weigh with all its files; Discord's own limit is 25 MiB."""
_MESSAGE_FILES = 7
_ENCODING = asyncio.Semaphore(2)
"""Pictures are decoded whole: two cards at a time bound the memory and leave the processor to the renderer."""


def file_limit(guild: discord.Guild | None) -> int:
    """The largest file in bytes that the guild takes."""
    return guild.filesize_limit if guild is not None else DEFAULT_LIMIT


async def card_files(render: Render, images: Images, limit: int, shrink: int = 1) -> list[CardFile]:
    """Prepare a render's files.

    Args:
        render: what to show.
        images: where its pictures are.
        limit: the largest file in bytes.
        shrink: divides the limit, for another try after a refusal.

    Raises:
        ImageMissingError: one of the pictures is gone.
    """
    each = min(limit, REQUEST_LIMIT // _MESSAGE_FILES) // shrink
    async with _ENCODING:
        files = [await _variant_file(render, variant, images, each) for variant in render.variants]
        files.append(CardFile(GARMENT_FILE, await _thumbnail(images, render.garment_sha)))
        files.append(CardFile(STYLE_FILE, await _thumbnail(images, render.style_sha)))
        if render.doubt and render.mask_sha:
            garment, mask = await images.path(render.garment_sha), await images.path(render.mask_sha)
            files.append(CardFile(MASK_FILE, await asyncio.to_thread(mask_overlay, garment, mask, MaskEdit(), each)))
    return files


def upload(files: list[CardFile]) -> list[discord.File]:
    """Make fresh upload objects; each can be sent once."""
    return [discord.File(io.BytesIO(file.data), filename=file.name) for file in files]


async def _variant_file(render: Render, variant: RenderVariant, images: Images, limit: int) -> CardFile:
    path = await images.path(variant.image_sha)
    return CardFile(variant_file(render, variant), await asyncio.to_thread(gallery_jpeg, path, limit))


async def _thumbnail(images: Images, sha: str) -> bytes:
    path = await images.thumbnail(sha)
    return await asyncio.to_thread(path.read_bytes)
