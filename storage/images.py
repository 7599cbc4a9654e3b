"""Pictures as files named by their SHA-256, with a thumbnail beside each."""

from __future__ import annotations

from pathlib import Path

from storage.models import StoredImage

THUMBNAIL_SIZE = 256


class Images:
    """The image store: `<folder>/ab/cd/abcd….png` and `abcd….thumb.webp` beside it.

    A file is written under another name, flushed to the disk and renamed, so that a name never stands for half a picture.
    The same bytes are kept once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: bytes) -> StoredImage:
        """Keep a clean PNG, JPEG or WebP picture; returns once it is on the disk.

        Raises:
            ImageDamagedError: the bytes are no such picture.
            StorageUnavailableError: the folder cannot be written.
        """
        raise NotImplementedError

    async def put_file(self, path: Path) -> StoredImage:
        """Keep a copy of a picture file; see `put`."""
        raise NotImplementedError

    async def path(self, sha: str) -> Path:
        """Return the picture's file.

        Raises:
            ImageMissingError: there is none.
        """
        raise NotImplementedError

    async def read(self, sha: str, verify: bool = False) -> bytes:
        """Return the picture's bytes.

        Raises:
            ImageMissingError: there is none.
            ImageDamagedError: `verify` was asked and the bytes are not those that the name says.
        """
        raise NotImplementedError

    async def thumbnail(self, sha: str) -> Path:
        """Return the file of the picture's thumbnail (WebP, long side at most 256 px), made anew where it is missing.

        Raises:
            ImageMissingError: there is no such picture.
        """
        raise NotImplementedError
