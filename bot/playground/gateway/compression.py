"""The transport compressions a client can ask for in the gateway's address."""

from __future__ import annotations

import zlib
from typing import Protocol

import zstandard


class Encoder(Protocol):
    """Turns a frame's text into what is sent: text or bytes."""

    def encode(self, text: str) -> str | bytes:
        """Encode one frame."""
        ...


class PlainEncoder:
    """No compression."""

    def encode(self, text: str) -> str | bytes:
        """The text itself."""
        return text


class ZlibEncoder:
    """zlib-stream: one stream a connection, each frame ended with a sync flush."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def encode(self, text: str) -> str | bytes:
        """The frame's piece of the stream."""
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdEncoder:
    """zstd-stream: one stream a connection, each frame flushed as a block."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor().compressobj()

    def encode(self, text: str) -> str | bytes:
        """The frame's piece of the stream."""
        return self._stream.compress(text.encode()) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def encoder_for(compress: str | None) -> Encoder:
    """The encoder for the `compress` parameter; unknown ones are not compressed."""
    kinds: dict[str, type[Encoder]] = {"zlib-stream": ZlibEncoder, "zstd-stream": ZstdEncoder}
    return kinds.get(compress or "", PlainEncoder)()
