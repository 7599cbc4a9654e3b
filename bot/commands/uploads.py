"""Attachments of a command: refused by their announced size, else downloaded at once, as their links do not last."""

from __future__ import annotations

import aiohttp
import discord

from bot.intake import shown_name
from bot.orders import Upload
from bot.refusal import RefusedError
from bot.studio import Studio


def check_attachments(studio: Studio, *attachments: discord.Attachment | None) -> None:
    """Refuse files whose announced size is over the limit. Raises IntakeError."""
    for attachment in attachments:
        if attachment is not None:
            studio.check_upload_size(attachment.filename, attachment.size)


async def download(attachment: discord.Attachment) -> Upload:
    """Fetch an attachment's bytes.

    Raises:
        RefusedError: Discord does not hand them out.
    """
    try:
        return Upload(attachment.filename, await attachment.read())
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError) as error:
        raise RefusedError(
            f"I could not fetch “{shown_name(attachment.filename)}” from Discord; please send it again.",
            f"download of attachment {attachment.id}: {error}",
        ) from error


async def download_optional(attachment: discord.Attachment | None) -> Upload | None:
    """Fetch an attachment's bytes if there is one. Raises RefusedError."""
    return await download(attachment) if attachment is not None else None
