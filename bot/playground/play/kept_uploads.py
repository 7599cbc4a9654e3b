"""Files that a person gives with a command or a modal: kept for the bot as Discord keeps them, for a while."""

from __future__ import annotations

from typing import Any

from bot.playground.cdn_store import Upload
from bot.playground.services import Services


async def keep_upload(services: Services, upload: Upload) -> tuple[str, dict[str, Any]]:
    """Keep a file of an interaction.

    Returns:
        The id of its attachment and what the bot gets to know of it.
    """
    folder = f"ephemeral-attachments/{services.world.bot_id}"
    attachment = await services.cdn.keep(upload, services.world.snowflakes.next(), folder, ephemeral=True)
    return str(attachment.id), services.payloads.attachment(attachment)
