"""Avatars drawn from a name: a woven square in two colours of its own, with the initial on it."""

from __future__ import annotations

import asyncio
import colorsys
import hashlib
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SIZE = 128
THREAD = 16


def avatar_hash(name: str) -> str:
    """The hash in the avatar's address."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


async def draw_avatar(name: str) -> bytes:
    """The avatar as PNG; drawn once for each name, off the event loop."""
    return await asyncio.to_thread(_draw, name)


@lru_cache(maxsize=256)
def _draw(name: str) -> bytes:
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    ground, thread = _colours(digest)
    picture = Image.new("RGB", (SIZE, SIZE), ground)
    pen = ImageDraw.Draw(picture)
    for row in range(SIZE // THREAD):
        for column in range(SIZE // THREAD):
            if (row + column * (1 + digest[2] % 3)) % (2 + digest[3] % 3) == 0:
                corner = (column * THREAD, row * THREAD)
                pen.rectangle((*corner, corner[0] + THREAD - 1, corner[1] + THREAD - 1), fill=thread)
    initial = name[:1].upper()
    pen.text((SIZE / 2, SIZE / 2), initial, fill="white", font=ImageFont.load_default(SIZE * 0.6), anchor="mm")
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _colours(digest: bytes) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    hue = digest[0] / 255
    ground = colorsys.hls_to_rgb(hue, 0.42, 0.45)
    thread = colorsys.hls_to_rgb((hue + digest[1] / 2550) % 1, 0.48, 0.45)
    red, green, blue = (int(255 * part) for part in ground)
    light_red, light_green, light_blue = (int(255 * part) for part in thread)
    return (red, green, blue), (light_red, light_green, light_blue)
