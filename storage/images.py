"""Pictures as files named by their SHA-256, with a thumbnail beside each."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from storage.errors import ImageDamagedError, ImageMissingError
from storage.faults import explained
from storage.models import StoredImage

THUMBNAIL_SIZE = 256
THUMBNAIL_QUALITY = 82
THUMBNAIL_SUFFIX = ".thumb.webp"
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
_SHA = re.compile(r"[0-9a-f]{64}")
_UNFINISHED_SUFFIX = ".unfinished"
_ABANDONED_SECONDS = 3600.0


class Images:
    """The image store: `<folder>/ab/cd/abcd….png` and `abcd….thumb.webp` beside it.

    A file is written under another name, flushed to the disk and renamed, so that a name never stands for half a
    picture. The same bytes are kept once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: bytes) -> StoredImage:
        """Keep a clean PNG, JPEG or WebP picture; returns once it is on the disk.

        Raises:
            ImageDamagedError: the bytes are no such picture.
            StorageUnavailableError: the folder cannot be written.
        """
        return await asyncio.to_thread(self._put, data)

    async def put_file(self, path: Path) -> StoredImage:
        """Keep a copy of a picture file; see `put`."""
        return await asyncio.to_thread(lambda: self._put(path.read_bytes()))

    async def path(self, sha: str) -> Path:
        """Return the picture's file.

        Raises:
            ImageMissingError: there is none.
        """
        return await asyncio.to_thread(find_picture, self._folder, sha)

    async def read(self, sha: str, verify: bool = False) -> bytes:
        """Return the picture's bytes.

        Raises:
            ImageMissingError: there is none.
            ImageDamagedError: `verify` was asked and the bytes are not those that the name says.
        """
        return await asyncio.to_thread(self._read, sha, verify)

    async def thumbnail(self, sha: str) -> Path:
        """Return the file of the picture's thumbnail (WebP, long side at most 256 px), made anew where it is missing.

        Raises:
            ImageMissingError: there is no such picture.
        """
        return await asyncio.to_thread(self._thumbnail, sha)

    async def open(self) -> None:
        """Make the folder and clear away what writers that were killed left behind.

        Raises:
            StorageUnavailableError: the folder cannot be written.
        """
        await asyncio.to_thread(self._open)

    def _open(self) -> None:
        with explained(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in self._folder.glob(f"*{_UNFINISHED_SUFFIX}"):
                # A young file may belong to another process that is writing it now, and a listed one has been finished.
                with suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                        path.unlink()

    def _put(self, data: bytes) -> StoredImage:
        sha = hashlib.sha256(data).hexdigest()
        picture = _decode(data)
        path = picture_path(self._folder, sha, SUFFIXES[picture.format or ""])
        with explained(self._folder):
            if not path.exists():
                self._write(path.with_name(sha + THUMBNAIL_SUFFIX), _thumbnail_bytes(picture))
                self._write(path, data)
        return StoredImage(sha, path, picture.width, picture.height)

    def _read(self, sha: str, verify: bool) -> bytes:
        path = find_picture(self._folder, sha)
        with explained(path):
            data = path.read_bytes()
        if verify and hashlib.sha256(data).hexdigest() != sha:
            raise ImageDamagedError(f"The picture {path} is damaged; restore it from a backup.")
        return data

    def _thumbnail(self, sha: str) -> Path:
        picture = find_picture(self._folder, sha)
        path = picture.with_name(sha + THUMBNAIL_SUFFIX)
        if not path.is_file():
            with explained(self._folder):
                self._write(path, _thumbnail_bytes(_decode(picture.read_bytes())))
        return path

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file so that it is whole or not there, even after a power cut."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=_UNFINISHED_SUFFIX, dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def picture_path(folder: Path, sha: str, suffix: str) -> Path:
    """Return where a picture is kept: two levels of folders, named by the first four digits.

    Raises:
        ImageMissingError: the name is no SHA-256, so there can be no such picture.
    """
    if not _SHA.fullmatch(sha):
        raise ImageMissingError(f"{sha[:70]!r} is not the name of a picture.")
    return folder / sha[:2] / sha[2:4] / f"{sha}{suffix}"


def find_picture(folder: Path, sha: str) -> Path:
    """Return the file of a picture in the image folder.

    Raises:
        ImageMissingError: there is none.
    """
    for suffix in SUFFIXES.values():
        if (path := picture_path(folder, sha, suffix)).is_file():
            return path
    raise ImageMissingError(f"The picture {sha} is missing.")


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decode(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=tuple(SUFFIXES))
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageDamagedError("The file is no whole PNG, JPEG or WebP picture.") from error
    return picture


def _thumbnail_bytes(picture: Image.Image) -> bytes:
    small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL_SIZE, THUMBNAIL_SIZE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=THUMBNAIL_QUALITY, method=2)
    return buffer.getvalue()
