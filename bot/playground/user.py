"""A person at the playground, as a program: what the page lets people do, for end-to-end tests and benchmarks."""

from __future__ import annotations

import asyncio
import itertools
import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import aiohttp

Json = dict[str, Any]
OPTION_TYPES: dict[type, int] = {bool: 5, int: 4, float: 10, str: 3}
ATTACHMENT, SUBCOMMAND = 11, 1
DEFAULT_SECONDS = 30.0
_numbers = itertools.count(1)


class PlaygroundError(Exception):
    """The playground refused; the message is its own."""

    def __init__(self, status: int, answer: Any) -> None:
        self.status = status
        self.code = answer.get("code") if isinstance(answer, dict) else None
        super().__init__(f"{status}: {answer.get('message') if isinstance(answer, dict) else answer}")


class NoAnswerError(Exception):
    """The bot did not acknowledge an interaction in time."""


@dataclass(frozen=True)
class Sent:
    """An interaction that was sent; `nonce` finds its acknowledgement."""

    nonce: str
    interaction_id: str
    at: float


class PlaygroundUser:
    """One member in one channel. Use it as an async context manager.

    Args:
        base_url: the playground's address.
        name: username or shown name of the member; None is whom the page starts with.
        channel: the channel's name.
        guild_id: the guild, if there are several.

    Attributes:
        events: every frame of the feed so far, in order.
        messages: the channel's messages by id, as this member sees them now.
    """

    def __init__(
        self, base_url: str, name: str | None = None, channel: str = "restyle", guild_id: str | None = None
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.events: list[Json] = []
        self.messages: dict[str, Json] = {}
        self.state: Json = {}
        self.id = ""
        self.channel_id = ""
        self._name = name
        self._channel = channel
        self._guild_id = guild_id
        self._changed = asyncio.Condition()
        self._http: aiohttp.ClientSession | None = None
        self._feed: asyncio.Task[None] | None = None

    async def __aenter__(self) -> PlaygroundUser:
        self._http = aiohttp.ClientSession()
        try:
            await self._join()
        except BaseException:
            await self._http.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._feed is not None:
            self._feed.cancel()
            await asyncio.gather(self._feed, return_exceptions=True)
        await self.http.close()

    @property
    def http(self) -> aiohttp.ClientSession:
        """The open HTTP session."""
        assert self._http is not None, "use the user as an async context manager"
        return self._http

    async def _join(self) -> None:
        query = {"guild_id": self._guild_id} if self._guild_id else {}
        self.state = await self._call("GET", "/play/state", params=query)
        people = self.state["users"]
        names = [person for person in people if self._name in (person["username"], person["global_name"], person["id"])]
        self.id = names[0]["id"] if self._name is not None else self.state["user_id"]
        channels = [channel for channel in self.state["channels"] if self._channel in (channel["name"], channel["id"])]
        self.channel_id = channels[0]["id"]
        address = f"{self.base_url}/play/events?user_id={self.id}&channel_id={self.channel_id}"
        socket = await self.http.ws_connect(address, max_msg_size=0)
        self.state = await self._call("GET", "/play/state", params=query | {"user_id": self.id})
        for message in await self._call("GET", self._path(), params={"user_id": self.id, "limit": "100"}):
            self.messages[message["id"]] = message
        self._feed = asyncio.create_task(self._listen(socket), name=f"feed of {self.id}")

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                break
            event = json.loads(frame.data) | {"at": asyncio.get_running_loop().time()}
            async with self._changed:
                self.events.append(event)
                self._apply(event["t"], event["d"])
                self._changed.notify_all()

    def _apply(self, name: str, data: Json) -> None:
        if name == "MESSAGE_CREATE":
            self.messages[data["id"]] = data
        elif name == "MESSAGE_UPDATE":
            self.messages[data["id"]] = {"reactions": self.messages.get(data["id"], {}).get("reactions", [])} | data
        elif name == "MESSAGE_DELETE":
            self.messages.pop(data["id"], None)
        elif name == "BOT_STATUS":
            self.state["bot"]["online"] = data["online"]
        elif name == "COMMANDS":
            self.state["commands"] = data
        elif name.startswith("MESSAGE_REACTION_") and data["message_id"] in self.messages:
            self._count_reaction(name, data)

    def _count_reaction(self, name: str, data: Json) -> None:
        message = self.messages[data["message_id"]]
        counts = {r["emoji"]["name"]: [r["count"], r["me"]] for r in message.get("reactions", [])}
        if name == "MESSAGE_REACTION_REMOVE_ALL":
            counts = {}
        else:
            entry = counts.setdefault(data["emoji"]["name"], [0, False])
            entry[0] = data["count"]
            entry[1] = name == "MESSAGE_REACTION_ADD" if data["user_id"] == self.id else entry[1]
        message["reactions"] = [
            {"emoji": {"id": None, "name": emoji}, "count": count, "me": me}
            for emoji, (count, me) in counts.items()
            if count > 0
        ]

    def _path(self, message: Json | str | None = None) -> str:
        path = f"/play/channels/{self.channel_id}/messages"
        return path if message is None else f"{path}/{message if isinstance(message, str) else message['id']}"

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        async with self.http.request(method, self.base_url + path, **options) as response:
            answer = await response.json(content_type=None) if response.status != 204 else None
            if response.status >= 400:
                raise PlaygroundError(response.status, answer)
            return answer

    async def slash(
        self, command: str, /, files: Mapping[str, Path | tuple[str, bytes]] | None = None, **options: Any
    ) -> Sent:
        """Call a slash command.

        Args:
            command: its name, with the subcommand after a space: "style save".
            files: attachment options: a file, or a name with bytes.
            options: the other options.
        """
        name, *path = command.split()
        parts = {option: f"file{number}" for number, option in enumerate(files or {})}
        given = [{"name": key, "type": OPTION_TYPES[type(value)], "value": value} for key, value in options.items()]
        given += [{"name": option, "type": ATTACHMENT, "value": part} for option, part in parts.items()]
        for subcommand in reversed(path):
            given = [{"name": subcommand, "type": SUBCOMMAND, "options": given}]
        uploads = {parts[option]: content for option, content in (files or {}).items()}
        return await self._interact(2, {"name": name, "type": 1, "options": given}, uploads)

    async def click(self, message: Json, button: str) -> Sent:
        """Press a button, found by its custom id, or by its label or emoji."""
        found = next(
            (c for c in components_of(message) if button in (c.get("custom_id"), c.get("label"), _emoji_of(c))), None
        )
        if found is None:
            raise LookupError(f"no button {button!r}; there are {[c.get('custom_id') for c in components_of(message)]}")
        data = {"custom_id": found["custom_id"], "component_type": 2, "message_id": message["id"]}
        return await self._interact(3, data)

    async def select(self, message: Json, custom_id: str, *values: str) -> Sent:
        """Choose in a select."""
        kind = next(c["type"] for c in components_of(message) if c.get("custom_id") == custom_id)
        data = {"custom_id": custom_id, "component_type": kind, "message_id": message["id"], "values": list(values)}
        return await self._interact(3, data)

    async def submit(
        self, modal: Json, values: Mapping[str, Any], files: Mapping[str, Path | tuple[str, bytes]] | None = None
    ) -> Sent:
        """Fill in a modal: values by custom id; lists for selects and files."""
        components = [
            {"type": 18, "component": {"custom_id": key, "values" if isinstance(value, list) else "value": value}}
            for key, value in values.items()
        ]
        return await self._interact(5, {"custom_id": modal["custom_id"], "components": components}, files)

    async def _interact(
        self, kind: int, data: Json, files: Mapping[str, Path | tuple[str, bytes]] | None = None
    ) -> Sent:
        nonce = f"{self.id}-{next(_numbers)}"
        payload = {"user_id": self.id, "channel_id": self.channel_id, "nonce": nonce, "type": kind, "data": data}
        form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
        form.add_field("payload", json.dumps(payload), content_type="application/json")
        for part, content in (files or {}).items():
            name, body = (content.name, content.read_bytes()) if isinstance(content, Path) else content
            form.add_field(part, body, filename=name, content_type=mimetypes.guess_type(name)[0])
        at = asyncio.get_running_loop().time()
        answer = await self._call("POST", "/play/interactions", data=form)
        return Sent(nonce, answer["interaction_id"], at)

    async def acknowledged(self, sent: Sent, within: float = DEFAULT_SECONDS) -> float:
        """Wait until the bot has answered an interaction; gives the seconds it took from the click.

        Raises:
            NoAnswerError: the bot did not answer in time.
        """
        names = ("INTERACTION_ACK", "INTERACTION_FAILED")
        event = await self.wait_event(lambda e: e["t"] in names and e["d"]["nonce"] == sent.nonce, within)
        if event["t"] == "INTERACTION_FAILED":
            raise NoAnswerError(event["d"]["reason"])
        return float(event["at"] - sent.at)

    async def modal(self, sent: Sent, within: float = DEFAULT_SECONDS) -> Json:
        """Wait for the modal that answers an interaction."""
        event = await self.wait_event(lambda e: e["t"] == "MODAL" and e["d"]["nonce"] == sent.nonce, within)
        modal: Json = event["d"]
        return modal

    async def autocomplete(self, command: str, option: str, text: str) -> list[Json]:
        """Type into an option of a command and get the bot's suggestions."""
        name, *path = command.split()
        given: list[Json] = [{"name": option, "type": 3, "value": text, "focused": True}]
        for subcommand in reversed(path):
            given = [{"name": subcommand, "type": SUBCOMMAND, "options": given}]
        data = {"name": name, "type": 1, "options": given}
        body = {"user_id": self.id, "channel_id": self.channel_id, "data": data}
        choices: list[Json] = (await self._call("POST", "/play/autocomplete", json=body))["choices"]
        return choices

    async def say(self, content: str) -> Json:
        """Send a message."""
        body = {"user_id": self.id, "content": content}
        message: Json = await self._call("POST", self._path(), json=body)
        return message

    async def react(self, message: Json | str, emoji: str) -> None:
        """Add a reaction."""
        await self._call("PUT", f"{self._path(message)}/reactions/{quote(emoji)}", params={"user_id": self.id})

    async def unreact(self, message: Json | str, emoji: str) -> None:
        """Take a reaction back."""
        await self._call("DELETE", f"{self._path(message)}/reactions/{quote(emoji)}", params={"user_id": self.id})

    async def delete(self, message: Json | str) -> None:
        """Delete a message, or dismiss an ephemeral one."""
        await self._call("DELETE", self._path(message), params={"user_id": self.id})

    async def download(self, url: str) -> bytes:
        """The bytes of an attachment."""
        async with self.http.get(url) as response:
            if response.status != 200:
                raise PlaygroundError(response.status, {"message": "no such file"})
            return await response.read()

    async def wait_event(self, fits: Callable[[Json], bool], within: float = DEFAULT_SECONDS) -> Json:
        """The first event, past or to come, that fits.

        Raises:
            TimeoutError: none came.
        """
        return await self._wait(lambda: next((event for event in self.events if fits(event)), None), within)

    async def wait_message(self, fits: Callable[[Json], bool], within: float = DEFAULT_SECONDS) -> Json:
        """The first message that fits as it stands now or after a change to come.

        Raises:
            TimeoutError: none did.
        """
        return await self._wait(lambda: next((m for m in self.messages.values() if fits(m)), None), within)

    async def wait_online(self, online: bool = True, within: float = DEFAULT_SECONDS) -> None:
        """Wait until the bot is connected, or is not."""
        await self._wait(lambda: self.state if self.state["bot"]["online"] is online else None, within)

    async def _wait(self, find: Callable[[], Json | None], within: float) -> Json:
        async with asyncio.timeout(within), self._changed:
            while (found := find()) is None:
                await self._changed.wait()
            return found


def components_of(message: Json) -> Iterator[Json]:
    """Every component of a message, at any depth."""
    waiting = list(message.get("components") or [])
    while waiting:
        component = waiting.pop(0)
        yield component
        waiting += component.get("components") or []
        waiting += [component["accessory"]] if component.get("accessory") else []


def media_of(message: Json) -> list[Json]:
    """Every picture a message shows in galleries, thumbnails and embeds, and its listed files."""
    found: list[Json] = list(message.get("attachments") or [])
    for embed in message.get("embeds") or []:
        found += [embed[part] for part in ("image", "thumbnail") if embed.get(part)]
    for component in components_of(message):
        found += [item["media"] for item in component.get("items") or []]
        found += [component[key] for key in ("media", "file") if component.get(key)]
    return found


def text_of(message: Json) -> str:
    """All the text of a message: its content, its embeds and its text displays."""
    texts = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        texts += [embed.get("title") or "", embed.get("description") or ""]
        texts += [field[key] for field in embed.get("fields") or [] for key in ("name", "value")]
    texts += [component["content"] for component in components_of(message) if component.get("content")]
    return "\n".join(text for text in texts if text)


def _emoji_of(component: Json) -> str | None:
    return (component.get("emoji") or {}).get("name")
