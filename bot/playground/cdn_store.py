"""The CDN's files on disk: signing their addresses, storing uploads, dropping what nobody refers to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import mimetypes
import shutil
import time
import uuid
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from PIL import Image, UnidentifiedImageError

from bot.playground.entities import Attachment
from bot.playground.filenames import clean_filename

LARGEST_PICTURE_SNIFFED = 50_000


@dataclass(frozen=True)
class Upload:
    """A file of a request, already on disk but not yet part of anything."""

    path: Path
    filename: str
    size: int
    content_type: str
    declared_type: str
    width: int | None
    height: int | None


class CdnStore:
    """Files below one folder; addresses carry an expiry and a signature over path and expiry."""

    def __init__(self, folder: Path, signing_key: str, life_seconds: float) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._key = signing_key.encode()
        self._life = life_seconds
        self.base_url = ""

    async def open(self) -> None:
        """Make the folders and drop uploads that a killed server left half-way."""
        await asyncio.to_thread(shutil.rmtree, self._incoming, ignore_errors=True)
        await asyncio.to_thread(self._incoming.mkdir, parents=True, exist_ok=True)

    async def receive(self, data: bytes | bytearray, filename: str, declared_type: str) -> Upload:
        """Put an upload's bytes on disk and look at what they are."""
        path = self._incoming / uuid.uuid4().hex
        return await asyncio.to_thread(self._receive, path, data, filename, declared_type)

    @staticmethod
    def _receive(path: Path, data: bytes | bytearray, filename: str, declared_type: str) -> Upload:
        path.write_bytes(data)
        content_type, width, height = sniff(data, filename)
        return Upload(path, filename, len(data), content_type, declared_type, width, height)

    async def keep(
        self, upload: Upload, attachment_id: int, folder: str, *, name: str | None = None, ephemeral: bool = False
    ) -> Attachment:
        """Make an upload an attachment below `folder`, for example `attachments/CHANNEL`."""
        given = name or upload.filename
        filename = clean_filename(given)
        attachment = Attachment(
            attachment_id, folder, filename, upload.size, upload.content_type, upload.width, upload.height
        )
        if filename != given:
            attachment.title = given.rsplit(".", 1)[0][:1024]
        attachment.ephemeral = ephemeral
        await asyncio.to_thread(self._move, upload.path, self.file(attachment))
        if ephemeral:
            asyncio.get_running_loop().call_later(self._life, self._expire, attachment)
        return attachment

    def _expire(self, attachment: Attachment) -> None:
        """An ephemeral upload is gone once its address has expired."""
        asyncio.get_running_loop().run_in_executor(
            None, partial(shutil.rmtree, self.file(attachment).parent, ignore_errors=True)
        )

    @staticmethod
    def _move(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)

    async def discard(self, uploads: list[Upload]) -> None:
        """Delete uploads that nothing kept."""
        for upload in uploads:
            await asyncio.to_thread(upload.path.unlink, missing_ok=True)

    async def remove(self, attachments: list[Attachment]) -> None:
        """Delete the files of attachments."""
        for attachment in attachments:
            await asyncio.to_thread(shutil.rmtree, self.file(attachment).parent, ignore_errors=True)

    async def remove_folder(self, folder: str) -> None:
        """Delete every file below a folder, for example the uploads of a former run."""
        await asyncio.to_thread(shutil.rmtree, self._folder / folder, ignore_errors=True)

    async def sweep(self, folder: str, kept: set[int]) -> None:
        """Delete the files below a folder that no attachment of `kept` ids refers to any more."""
        await asyncio.to_thread(self._sweep, self._folder / folder, kept)

    @staticmethod
    def _sweep(folder: Path, kept: set[int]) -> None:
        for place in folder.glob("*/*"):
            if not (place.name.isdigit() and int(place.name) in kept):
                shutil.rmtree(place, ignore_errors=True)

    def file(self, attachment: Attachment) -> Path:
        """Where an attachment's bytes lie."""
        return self._folder / attachment.folder / str(attachment.id) / attachment.filename

    def file_at(self, path: str) -> Path | None:
        """The file at a path below `/cdn/`, or None if there is none or the path leads out of the folder."""
        file = (self._folder / path).resolve()
        return file if file.is_relative_to(self._folder.resolve()) and file.is_file() else None

    def url(self, attachment: Attachment) -> str:
        """A fresh signed address. Within a twenty-fourth of its life it stays the same, so browsers can cache it."""
        path = f"{attachment.folder}/{attachment.id}/{attachment.filename}"
        issued = self.period()
        query = f"ex={int(issued + self._life):x}&is={issued:x}"
        return f"{self.base_url}/cdn/{quote(path)}?{query}&hm={self._signature(path, query)}"

    def period(self) -> int:
        """When the addresses given now were issued, in epoch seconds."""
        now = int(time.time())
        return now - now % max(int(self._life / 24), 1)

    def is_valid(self, path: str, expires: str, issued: str, signature: str) -> bool:
        """Whether an address is signed by this server and has not expired."""
        query = f"ex={expires}&is={issued}"
        if not hmac.compare_digest(self._signature(path, query).encode(), signature.encode("utf-8", "replace")):
            return False
        return time.time() < int(expires, 16)

    def _signature(self, path: str, query: str) -> str:
        return hmac.new(self._key, f"{path}?{query}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def sniff(data: bytes | bytearray, filename: str) -> tuple[str, int | None, int | None]:
    """Content type, width and height from a file's own bytes; where they say nothing, the type from its name."""
    try:
        with Image.open(BytesIO(data)) as picture:
            content_type = Image.MIME.get(picture.format or "", "application/octet-stream")
            width, height = picture.size
            return content_type, min(width, LARGEST_PICTURE_SNIFFED), min(height, LARGEST_PICTURE_SNIFFED)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return mimetypes.guess_type(filename)[0] or "application/octet-stream", None, None
