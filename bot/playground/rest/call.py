"""One REST call: its body, its path and query values, and its answer."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from bot.playground import errors
from bot.playground.cdn_store import Upload
from bot.playground.entities import Channel, Guild, Message
from bot.playground.request_body import Body
from bot.playground.services import SERVICES, Services
from bot.playground.snowflake import parse_snowflake

_FILE_PART = re.compile(r"files\[(\d{1,19})\]|file")


class JsonResponse(web.Response):
    """A JSON answer with the exact content type that discord.py insists on."""

    def __init__(self, payload: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.payload = payload
        body = json.dumps(payload, separators=(",", ":")).encode()
        super().__init__(body=body, status=status, headers={"Content-Type": "application/json"} | (headers or {}))


def no_content() -> web.Response:
    """The answer of a deed that gives nothing back."""
    return web.Response(status=204)


class Call:
    """What a handler gets."""

    def __init__(self, request: web.Request, body: Body) -> None:
        self.request = request
        self.body = body

    @property
    def services(self) -> Services:
        """The playground's parts."""
        return self.request.app[SERVICES]

    def path_id(self, name: str) -> int:
        """An id of the path.

        Raises:
            ApiError: 50035 if it is no snowflake.
        """
        return self._snowflake(name, self.request.match_info[name])

    def query_id(self, name: str) -> int | None:
        """An id of the query, None if absent."""
        text = self.request.query.get(name)
        return None if text is None else self._snowflake(name, text)

    def query_number(self, name: str, default: int, low: int, high: int) -> int:
        """A number of the query within its range."""
        text = self.request.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise errors.invalid_field([name], "NUMBER_TYPE_MAX", f"int value should be between {low} and {high}.")
        return int(text)

    def query_flag(self, name: str) -> bool:
        """A boolean of the query, in any of the spellings clients use."""
        return self.request.query.get(name, "").lower() in ("1", "true")

    @staticmethod
    def _snowflake(name: str, text: str) -> int:
        number = parse_snowflake(text)
        if number is None:
            raise errors.invalid_field([name], "NUMBER_TYPE_COERCE", f'Value "{text[:40]}" is not snowflake.')
        return number

    def uploads(self) -> dict[int, Upload]:
        """The request's files by n of files[n]."""
        found: dict[int, Upload] = {}
        for name, upload in self.body.uploads.items():
            match = _FILE_PART.fullmatch(name)
            if match is None:
                raise errors.invalid_field([name[:40]], "FILE_NAME_INVALID", "A file part must be called files[n].")
            found[int(match[1] or 0)] = upload
        return found

    def form_body(self) -> Any:
        """The body for a form; files alone are an empty form."""
        return {} if self.body.payload is None and self.body.is_multipart else self.body.payload

    def channel(self) -> Channel:
        """The path's channel, if the bot is in its guild."""
        channel = self.services.world.channel(self.path_id("channel_id"))
        if self.services.world.bot_id not in self.services.world.guild_of(channel).members:
            raise errors.missing_access()
        return channel

    def message(self) -> Message:
        """The path's message, as the bot sees it: ephemeral ones only through their webhook."""
        return self.services.world.message(self.channel().id, self.path_id("message_id"))

    def guild(self) -> Guild:
        """The path's guild, if the bot is in it."""
        guild = self.services.world.guilds.get(self.path_id("guild_id"))
        if guild is None:
            raise errors.unknown(10004)
        if self.services.world.bot_id not in guild.members:
            raise errors.missing_access()
        return guild
