"""One gateway connection: the handshake, heartbeats, resuming, and Discord's close codes."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from contextlib import suppress
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from bot.playground.bot_token import is_token
from bot.playground.gateway.compression import encoder_for
from bot.playground.gateway.dispatcher import Dispatcher
from bot.playground.gateway.intents import ALL_INTENTS, PRIVILEGED, Intent
from bot.playground.gateway.member_requests import member_chunks
from bot.playground.gateway.session import Session
from bot.playground.settings import PlaygroundSettings
from bot.playground.traffic_log import TrafficLog
from bot.playground.world import World

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID_SESSION, HELLO, ACKNOWLEDGE = (
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
LONGEST_FRAME = 4096
PROPERTIES = ("os", "browser", "device")
FRAMES_PER_MINUTE = 120
FLUSH_SECONDS = 2.0
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, BAD_TOKEN, ALREADY_AUTHENTICATED = 4001, 4002, 4003, 4004, 4005
RATE_LIMITED, TIMED_OUT, INVALID_SHARD, INVALID_INTENTS, DISALLOWED_INTENTS = 4008, 4009, 4010, 4013, 4014
SESSION_ENDING = (1000, 1001)
SESSION_MOVED = 4000


class GatewayCloseError(Exception):
    """The connection ends with one of Discord's codes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class GatewayConnection:
    """Speaks with one client from HELLO to its close."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        compress: str | None,
        world: World,
        dispatcher: Dispatcher,
        settings: PlaygroundSettings,
        traffic: TrafficLog,
    ) -> None:
        self._socket = socket
        self._encoder = encoder_for(compress)
        self._world = world
        self._dispatcher = dispatcher
        self._settings = settings
        self._traffic = traffic
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._received: deque[float] = deque(maxlen=FRAMES_PER_MINUTE + 1)
        self._session: Session | None = None
        self._ending: asyncio.Future[GatewayCloseError] = asyncio.get_running_loop().create_future()
        self._ended_here = False
        self.closed = asyncio.Event()

    def send(self, frame: dict[str, Any]) -> None:
        """Queue a frame; the writer task sends them in order."""
        self._queue.put_nowait(frame)

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        self._control(HELLO, {"heartbeat_interval": self._settings.heartbeat_interval_ms})
        writer = asyncio.create_task(self._write(), name="gateway-writer")
        try:
            await self._read()
        except GatewayCloseError as ending:
            self._ended_here = True
            await self._flush()
            await self._socket.close(code=ending.code, message=ending.reason.encode()[:120])
        finally:
            writer.cancel()
            self._leave()
            self.closed.set()

    def end(self, code: int, reason: str = "") -> None:
        """End the connection from this side, as soon as its own task gets to it."""
        if not self._ending.done():
            self._ending.set_result(GatewayCloseError(code, reason))

    def _leave(self) -> None:
        if self._session is None or self._session.connection is not self:
            return
        left_for_good = not self._ended_here and self._socket.close_code in SESSION_ENDING
        self._dispatcher.detach(self._session, resumable=not left_for_good)

    def _control(self, operation: int, data: Any) -> None:
        self.send({"op": operation, "d": data, "s": None, "t": None})

    async def _write(self) -> None:
        while True:
            frame = await self._queue.get()
            self._traffic.frame("recv", frame)
            encoded = self._encoder.encode(json.dumps(frame, separators=(",", ":")))
            try:
                await (self._socket.send_str(encoded) if isinstance(encoded, str) else self._socket.send_bytes(encoded))
            except ConnectionError:
                return
            finally:
                self._queue.task_done()

    async def _flush(self) -> None:
        """Let frames queued before a close go out first."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), FLUSH_SECONDS)

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            self._handle(self._decode(message.data))

    async def _receive(self) -> WSMessage:
        """The next message, unless this side wants to end the connection or the client has fallen silent."""
        receiving = asyncio.ensure_future(self._socket.receive())
        waited: set[asyncio.Future[Any]] = {receiving, self._ending}
        patience = self._settings.heartbeat_interval_ms / 1000 * 2
        try:
            await asyncio.wait(waited, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not receiving.done():
                receiving.cancel()
                await asyncio.gather(receiving, return_exceptions=True)
        if self._ending.done():
            raise self._ending.result()
        if receiving.cancelled():
            raise GatewayCloseError(TIMED_OUT, "Session timed out.")
        return receiving.result()

    def _decode(self, data: str | bytes) -> dict[str, Any]:
        now = time.monotonic()
        self._received.append(now)
        if len(self._received) > FRAMES_PER_MINUTE and now - self._received[0] < 60:
            raise GatewayCloseError(RATE_LIMITED, "Rate limited.")
        size = len(data.encode()) if isinstance(data, str) else len(data)
        try:
            frame = json.loads(data) if size <= LONGEST_FRAME else None
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict):
            raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload.")
        self._traffic.frame("send", frame)
        return frame

    def _handle(self, frame: dict[str, Any]) -> None:
        operation, data = frame.get("op"), frame.get("d")
        if operation == HEARTBEAT:
            self._control(ACKNOWLEDGE, None)
        elif operation in (IDENTIFY, RESUME):
            if self._session is not None:
                raise GatewayCloseError(ALREADY_AUTHENTICATED, "Already authenticated.")
            if not isinstance(data, dict):
                raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload.")
            (self._identify if operation == IDENTIFY else self._resume)(data)
        elif self._session is None:
            raise GatewayCloseError(NOT_AUTHENTICATED, "Not authenticated.")
        elif operation == MEMBERS:
            self._send_members(self._session, data)
        elif operation not in (PRESENCE, VOICE):
            raise GatewayCloseError(UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, data: dict[str, Any]) -> None:
        if not is_token(data.get("token"), self._world.token):
            raise GatewayCloseError(BAD_TOKEN, "Authentication failed.")
        properties = data.get("properties")
        if not isinstance(properties, dict) or any(not isinstance(properties.get(key), str) for key in PROPERTIES):
            raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload.")
        intents = data.get("intents")
        if not isinstance(intents, int) or not 0 <= intents <= ALL_INTENTS:
            raise GatewayCloseError(INVALID_INTENTS, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self._settings.privileged_intents:
            raise GatewayCloseError(DISALLOWED_INTENTS, "Disallowed intent(s).")
        session = Session(intents, _shard(data.get("shard")), connection=self)
        self._session = session
        self._dispatcher.start(session)

    def _resume(self, data: dict[str, Any]) -> None:
        if not is_token(data.get("token"), self._world.token):
            raise GatewayCloseError(BAD_TOKEN, "Authentication failed.")
        session = self._dispatcher.find(str(data.get("session_id")))
        sequence = data.get("seq")
        if session is None or not isinstance(sequence, int) or not session.can_resume_from(sequence):
            self._control(INVALID_SESSION, False)
            return
        self._session = session
        session.resume(self, sequence)
        self._dispatcher.resumed()

    def supersede(self) -> None:
        """The client has resumed elsewhere: nothing of the session comes here any more."""
        self._session = None
        self.end(SESSION_MOVED, "Session resumed elsewhere.")

    def ask_to_reconnect(self) -> None:
        """Send the client away to resume elsewhere (op 7)."""
        self._control(RECONNECT, None)

    def _send_members(self, session: Session, data: Any) -> None:
        if not isinstance(data, dict):
            raise GatewayCloseError(DECODE_ERROR, "Error while decoding payload.")
        all_members = bool(session.intents & Intent.GUILD_MEMBERS)
        for chunk in member_chunks(self._world, data, all_members=all_members):
            session.dispatch("GUILD_MEMBERS_CHUNK", chunk)


def _shard(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    is_pair = isinstance(value, list) and len(value) == 2 and all(isinstance(number, int) for number in value)
    if is_pair and 0 <= value[0] < value[1]:
        return value[0], value[1]
    raise GatewayCloseError(INVALID_SHARD, "Invalid shard.")
