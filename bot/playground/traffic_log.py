"""Writes each API exchange and each gateway frame as a line of JSON, from a thread of its own."""

from __future__ import annotations

import json
import queue
import threading
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.playground.request_body import Body

LOGGED_HEADERS = ("content-type", "via", "retry-after")


class TrafficLog:
    """A JSONL file in the format of the contract checker; without a file it does nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start writing; the file is continued if it exists."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._thread = threading.Thread(target=self._write, name="traffic-log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what is pending and stop."""
        if self._thread is not None:
            self._lines.put(None)
            self._thread.join()
            self._thread = None

    def exchange(self, request: web.Request, body: Body, status: int, headers: Any, answer: Any) -> None:
        """Note a REST exchange."""
        if self._thread is None:
            return
        query = {key: request.query.getall(key) for key in request.query}
        self._lines.put(
            {
                "method": request.method,
                "path": request.raw_path.split("?", 1)[0],
                "query": {key: values[0] if len(values) == 1 else values for key, values in query.items()},
                "request_headers": {
                    "content-type": request.headers.get("Content-Type"),
                    "authorization": "Authorization" in request.headers,
                },
                "request_json": None if body.is_multipart else body.payload,
                "multipart": self._multipart(body),
                "status": status,
                "response_headers": {
                    key.lower(): value
                    for key, value in headers.items()
                    if key.lower() in LOGGED_HEADERS or key.lower().startswith("x-ratelimit")
                },
                "response_json": answer,
            }
        )

    @staticmethod
    def _multipart(body: Body) -> dict[str, Any] | None:
        if not body.is_multipart:
            return None
        files = [
            {"name": name, "filename": upload.filename, "content_type": upload.declared_type, "size": upload.size}
            for name, upload in body.uploads.items()
        ]
        return {"payload_json": body.payload, "files": files}

    def frame(self, direction: str, payload: dict[str, Any]) -> None:
        """Note a gateway frame; `direction` is recv (to the bot) or send (from the bot)."""
        if self._thread is None:
            return
        data = payload.get("d")
        if direction == "send" and isinstance(data, dict) and "token" in data:
            payload = payload | {"d": data | {"token": "TOKEN"}}
        self._lines.put({"dir": direction, "payload": payload})

    def _write(self) -> None:
        assert self._file is not None
        with self._file.open("a", encoding="utf-8") as file:
            while (record := self._lines.get()) is not None:
                file.write(json.dumps(record) + "\n")
                if self._lines.empty():
                    file.flush()
