"""The channel on disk: one line for each change of a message, so that a restart, even a kill, loses nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.playground.entities import Attachment, Message

log = logging.getLogger(__name__)


def message_record(message: Message) -> dict[str, Any]:
    """A message as JSON."""
    record = dataclasses.asdict(message)
    record["created"] = message.created.isoformat()
    record["edited"] = message.edited.isoformat() if message.edited else None
    return record


def message_from(record: dict[str, Any]) -> Message:
    """The message of a record."""
    message = Message(**record)
    message.created = datetime.fromisoformat(record["created"])
    message.edited = datetime.fromisoformat(record["edited"]) if record["edited"] else None
    message.attachments = [Attachment(**attachment) for attachment in record["attachments"]]
    return message


class Journal:
    """Appends changes in order from one writer task; at start the last line of each message counts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._pending: asyncio.Queue[str | None] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> list[Message]:
        """Read the messages of former runs, rewrite the file without history, and start writing."""
        messages = await asyncio.to_thread(self._read)
        await asyncio.to_thread(self._compact, messages)
        self._writer = asyncio.create_task(self._write(), name="playground-journal")
        return messages

    async def close(self) -> None:
        """Write what is pending and stop."""
        if self._writer:
            self._pending.put_nowait(None)
            await self._writer
            self._writer = None

    def save(self, message: Message) -> None:
        """Note a message's present state. Ephemeral messages are gone on reload, as on Discord."""
        if message.ephemeral_for is None:
            self._pending.put_nowait(json.dumps(message_record(message)))

    def delete(self, message: Message) -> None:
        """Note that a message is gone."""
        self._pending.put_nowait(json.dumps({"id": message.id, "deleted": True}))

    async def _write(self) -> None:
        while (line := await self._pending.get()) is not None:
            lines = [line]
            while not self._pending.empty():
                following = self._pending.get_nowait()
                if following is None:
                    self._pending.put_nowait(None)
                    break
                lines.append(following)
            await asyncio.to_thread(self._append, lines)

    def _append(self, lines: list[str]) -> None:
        try:
            with self._file.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
        except OSError:
            log.exception("The channel could not be written to %s; it lives on in memory only", self._file)

    def _read(self) -> list[Message]:
        records: dict[int, dict[str, Any]] = {}
        if self._file.exists():
            with self._file.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    try:
                        record = json.loads(line)
                        records[record["id"]] = record
                    except (ValueError, KeyError, TypeError):
                        log.warning("Line %d of %s is unreadable and was left out", number, self._file)
        return [message_from(record) for record in records.values() if not record.get("deleted")]

    def _compact(self, messages: list[Message]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(message_record(message)) + "\n" for message in messages)
        fresh.replace(self._file)
