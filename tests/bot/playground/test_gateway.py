"""The gateway by hand: handshake, close codes, compression, resuming, intents."""

from __future__ import annotations

import asyncio
import json
import zlib

import aiohttp
import pytest
import zstandard

from bot.playground.world import World

GUILDS, MESSAGES, REACTIONS, CONTENT, MEMBERS = 1, 1 << 9, 1 << 10, 1 << 15, 1 << 1
PROPERTIES = {"os": "linux", "browser": "test", "device": "test"}


class Client:
    def __init__(self, playground, socket, compress=None) -> None:
        self.playground, self.socket = playground, socket
        self._zlib = zlib.decompressobj() if compress == "zlib-stream" else None
        self._zstd = zstandard.ZstdDecompressor().decompressobj() if compress == "zstd-stream" else None

    async def receive(self):
        frame = await asyncio.wait_for(self.socket.receive(), 60)
        if frame.type is aiohttp.WSMsgType.CLOSE or frame.type is aiohttp.WSMsgType.CLOSED:
            return self.socket.close_code
        stream = self._zlib or self._zstd
        return json.loads(stream.decompress(frame.data) if stream else frame.data)

    async def until(self, name: str):
        while (frame := await self.receive())["t"] != name:
            pass
        return frame

    async def send(self, operation: int, data, *, binary: bool = False) -> None:
        text = json.dumps({"op": operation, "d": data})
        await (self.socket.send_bytes(text.encode()) if binary else self.socket.send_str(text))

    async def identify(self, intents: int = GUILDS | MESSAGES | REACTIONS, **changes):
        data = {"token": self.playground.token, "properties": PROPERTIES, "intents": intents} | changes
        await self.send(2, data)
        return await self.receive()


@pytest.fixture
async def connect(playground):
    sockets = []
    async with aiohttp.ClientSession() as session:

        async def begin(query: str = "?v=10&encoding=json", where=playground) -> Client:
            socket = await session.ws_connect(where.services.dispatcher.gateway_url + query)
            sockets.append(socket)
            compress = query.partition("compress=")[2] or None
            client = Client(where, socket, compress)
            hello = await client.receive()
            assert hello["op"] == 10 and hello["d"]["heartbeat_interval"] > 0
            return client

        yield begin
        for socket in sockets:
            await socket.close()


@pytest.mark.parametrize("compress", ["", "&compress=zlib-stream", "&compress=zstd-stream"])
async def test_handshake(connect, playground, compress):
    client = await connect("?v=10&encoding=json" + compress)
    await client.send(1, None, binary=True)
    assert (await client.receive())["op"] == 11
    ready = await client.identify()
    assert (ready["t"], ready["s"]) == ("READY", 1)
    assert ready["d"]["resume_gateway_url"] == playground.services.dispatcher.gateway_url
    guild = await client.receive()
    assert (guild["t"], guild["s"]) == ("GUILD_CREATE", 2)
    assert [member["user"]["bot"] for member in guild["d"]["members"]] == [True]
    assert guild["d"]["member_count"] == 5


BAD_FRAMES = {
    "bad token": (4004, {"op": 2, "d": {"token": "no", "properties": {}, "intents": 1}}),
    "token of a wrong kind": (4004, {"op": 2, "d": {"token": 7, "properties": {}, "intents": 1}}),
    "unknown intents": (4013, {"intents": 1 << 40}),
    "intents of a wrong kind": (4013, {"intents": "all"}),
    "presence intent": (4014, {"intents": 1 << 8}),
    "no properties": (4002, {"properties": {}}),
    "bad shard": (4010, {"intents": 1, "shard": [3, 1]}),
    "nothing identified": (4003, {"op": 8, "d": {}}),
    "identify without data": (4002, {"op": 2, "d": None}),
    "a list": (4002, []),
    "not json": (4002, "{"),
    "too long": (4002, {"op": 1, "d": "x" * 4100}),
}


@pytest.mark.parametrize(("code", "frame"), BAD_FRAMES.values(), ids=BAD_FRAMES)
async def test_close_codes(connect, code, frame):
    client = await connect()
    if isinstance(frame, dict) and "op" not in frame:
        assert await client.identify(**frame) == code
        return
    await client.socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
    assert await client.receive() == code


async def test_more_close_codes(connect):
    client = await connect()
    await client.identify()
    await client.send(99, None)
    while isinstance(code := await client.receive(), dict):
        pass
    assert code == 4001
    client = await connect()
    for _ in range(121):
        await client.send(1, None)
    while isinstance(code := await client.receive(), dict):
        pass
    assert code == 4008


async def test_a_silent_client_is_dropped(start, connect):
    playground = await start(heartbeat_interval_ms=50)
    client = await connect(where=playground)
    assert await client.receive() == 4009


async def test_resume_replays_what_was_missed(connect, playground, person):
    client = await connect()
    session = (await client.identify())["d"]["session_id"]
    await client.until("GUILD_CREATE")
    await client.socket.close(code=4000)
    await person.say("one")
    await person.say("two")
    again = await connect()
    await again.send(6, {"token": playground.token, "session_id": session, "seq": 2})
    frames = [await again.receive() for _ in range(3)]
    assert [frame["t"] for frame in frames] == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
    assert [frame["s"] for frame in frames] == [3, 4, 5]
    third = await connect()
    for data in (
        {"session_id": "no", "seq": 2},
        {"session_id": session, "seq": 99},
        {"session_id": session, "seq": "x"},
    ):
        await third.send(6, {"token": playground.token} | data)
        assert await third.receive() == {"op": 9, "d": False, "s": None, "t": None}
    assert (await third.identify())["t"] == "READY", "an invalid session may identify at once"


async def test_resuming_ends_the_former_connection(connect, playground, person):
    first = await connect()
    session = (await first.identify())["d"]["session_id"]
    await first.until("GUILD_CREATE")
    second = await connect()
    await second.send(6, {"token": playground.token, "session_id": session, "seq": 2})
    await second.until("RESUMED")
    while isinstance(code := await first.receive(), dict):
        pass
    assert code == 4000
    await person.say("only there")
    assert (await second.receive())["t"] == "MESSAGE_CREATE"


async def test_a_normal_close_ends_the_session(connect, playground):
    client = await connect()
    session = (await client.identify())["d"]["session_id"]
    await client.socket.close(code=1000)
    again = await connect()
    await again.send(6, {"token": playground.token, "session_id": session, "seq": 1})
    assert (await again.receive())["op"] == 9


async def test_intents_decide_what_is_seen(connect, person):
    full, blind, deaf = await connect(), await connect(), await connect()
    await full.identify(GUILDS | MESSAGES | REACTIONS | CONTENT | MEMBERS)
    assert len((await full.until("GUILD_CREATE"))["d"]["members"]) == 5
    await blind.identify(GUILDS | MESSAGES)
    await deaf.identify(GUILDS)
    message = await person.say("secret")
    assert (await full.until("MESSAGE_CREATE"))["d"]["content"] == "secret"
    assert (await blind.until("MESSAGE_CREATE"))["d"]["content"] == ""
    await person.react(message, "👍")
    added = (await full.until("MESSAGE_REACTION_ADD"))["d"]
    assert added["message_author_id"] == person.id and added["member"]["user"]["id"] == person.id
    await person.delete(message)
    assert (await blind.receive())["t"] == "MESSAGE_DELETE", "no reaction without its intent"
    await deaf.send(1, None)
    assert (await deaf.until("GUILD_CREATE"))["t"]
    assert (await deaf.receive())["op"] == 11


async def test_guilds_are_apart(start, connect):
    world = World.empty()
    owner = world.add_user("owner")
    for name in ("one", "two"):
        world.add_channel(world.add_guild(name, owner), "restyle")
    world.add_channel(world.add_guild("without the bot", owner, with_bot=False), "restyle")
    playground = await start(world)
    client = await connect(where=playground)
    ready = await client.identify()
    assert len(ready["d"]["guilds"]) == 2
    assert {(await client.until("GUILD_CREATE"))["d"]["name"] for _ in range(2)} == {"one", "two"}


async def test_members_on_request(connect, playground, person):
    client = await connect()
    await client.identify(GUILDS | MEMBERS)
    await client.until("GUILD_CREATE")
    guild = str(next(iter(playground.world.guilds)))
    await client.send(8, {"guild_id": guild, "query": "", "limit": 0, "nonce": "n"})
    chunk = (await client.until("GUILD_MEMBERS_CHUNK"))["d"]
    assert (len(chunk["members"]), chunk["chunk_count"], chunk["nonce"]) == (5, 1, "n")
    await client.send(8, {"guild_id": guild, "user_ids": [person.id]})
    assert [m["user"]["id"] for m in (await client.until("GUILD_MEMBERS_CHUNK"))["d"]["members"]] == [person.id]
