"""Reading a request's body: JSON, or multipart with files, within limits, every fault an `ApiError`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.playground import errors
from bot.playground.cdn_store import CdnStore, Upload

JSON_LIMIT = 4 * 1024 * 1024
FILE_PARTS = 10
REQUEST_LIMIT = 256 * 1024 * 1024
CHUNK = 64 * 1024


@dataclass
class Body:
    """A request's body.

    Attributes:
        payload: the JSON, or None for no body.
        uploads: files by the name of their part.
        is_multipart: whether it came as multipart.
    """

    payload: Any = None
    uploads: dict[str, Upload] = field(default_factory=dict)
    is_multipart: bool = False


def parse_json(text: bytes | bytearray | str) -> Any:
    """Read JSON as Discord does: no NaN, no bottomless nesting.

    Raises:
        ApiError: 50109.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise errors.invalid_json() from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class BodyReader:
    """Reads bodies; at most so many with files at once, so that the memory stays bounded."""

    def __init__(self, cdn: CdnStore, file_limit: int, concurrent_uploads: int) -> None:
        self._cdn = cdn
        self._file_limit = file_limit
        self._slots = asyncio.Semaphore(concurrent_uploads)

    async def read(self, request: web.Request, body: Body, json_part: str = "payload_json") -> None:
        """Fill `body` from the request; what was read before a fault stays in it.

        Raises:
            ApiError: 413 for too much, 50109 for broken JSON, 50035 for a wrong content type or part.
        """
        if request.content_type == "multipart/form-data":
            body.is_multipart = True
            async with self._slots:
                await self._read_multipart(request, body, json_part)
            return
        data = await self._read_limited(request)
        if not data:
            return
        if request.content_type != "application/json":
            raise errors.invalid_field(
                ["_content_type"], "CONTENT_TYPE_INVALID", "Expected application/json or multipart/form-data."
            )
        body.payload = parse_json(data)

    @staticmethod
    async def _read_limited(request: web.Request) -> bytearray:
        data = bytearray()
        async for chunk in request.content.iter_chunked(CHUNK):
            data += chunk
            if len(data) > JSON_LIMIT:
                raise errors.too_large()
        return data

    async def _read_multipart(self, request: web.Request, body: Body, json_part: str) -> None:
        budget = [REQUEST_LIMIT]
        problems: list[errors.ApiError] = []
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader):
                    raise ValueError("a multipart inside a multipart")
                await self._read_part(part, body, json_part, budget, problems)
        except (ValueError, AssertionError, RuntimeError, KeyError, HttpProcessingError):
            raise errors.invalid_field(
                ["_multipart"], "MULTIPART_INVALID", "The multipart body is malformed."
            ) from None
        if problems:
            raise problems[0]

    async def _read_part(
        self,
        part: BodyPartReader,
        body: Body,
        json_part: str,
        budget: list[int],
        problems: list[errors.ApiError],
    ) -> None:
        """Read one part. A refusal waits until the rest is drained, or the client would see a broken connection."""
        filename, name = part.filename, part.name or ""  # aiohttp parses the header at every look
        is_file = filename is not None
        data, complete = await self._drain(part, self._file_limit if is_file else JSON_LIMIT, budget)
        if not complete:
            problems.append(errors.too_large())
        elif filename == "":
            problems.append(errors.invalid_field([name], "FILE_NAME_REQUIRED", "A file needs a name."))
        elif is_file and len(body.uploads) >= FILE_PARTS:
            problems.append(errors.invalid_field(["files"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."))
        elif is_file and name in body.uploads:
            problems.append(errors.invalid_field([name], "FILE_DUPLICATE", "Two files of one name."))
        elif is_file:
            declared = part.headers.get("Content-Type", "application/octet-stream")
            body.uploads[name] = await self._cdn.receive(data, filename or "", declared)
        elif name == json_part:
            body.payload = parse_json(data)

    @staticmethod
    async def _drain(part: BodyPartReader, limit: int, budget: list[int]) -> tuple[bytearray, bool]:
        data = bytearray()
        complete = True
        while chunk := await part.read_chunk(CHUNK):
            budget[0] -= len(chunk)
            if budget[0] < 0:
                raise errors.too_large()
            complete = complete and len(data) + len(chunk) <= limit
            if complete:
                data += chunk
        return data, complete
