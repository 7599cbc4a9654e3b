"""What a restart keeps, and what a kill cannot take."""

from __future__ import annotations

import asyncio
import sys

import aiohttp
import pytest

from bot.playground.server import Playground
from bot.playground.user import PlaygroundUser
from tests.bot.playground.conftest import Api, picture


async def test_a_restart_keeps_the_channel(settings):
    async with Playground(settings) as first, aiohttp.ClientSession() as session:
        api = Api(first, session)
        _, kept, _ = await api.send({"content": "kept"}, {"a.png": picture()})
        _, gone, _ = await api("POST", api.messages, json={"content": "gone"})
        await api("DELETE", f"{api.messages}/{gone['id']}")
        await api("PATCH", f"{api.messages}/{kept['id']}", json={"content": "changed"})
        async with PlaygroundUser(first.base_url, "Mika") as mika:
            await mika.react(kept["id"], "2️⃣")
    async with Playground(settings) as second, PlaygroundUser(second.base_url, "Mika") as mika:
        assert second.token == first.token
        [message] = mika.messages.values()
        assert (message["content"], message["id"]) == ("changed", kept["id"])
        assert message["reactions"][0]["me"] is True
        assert await mika.download(message["attachments"][0]["url"]) == picture()
        newer = await mika.say("later")
        assert int(newer["id"]) > int(kept["id"])


async def test_a_restart_forgets_what_nobody_can_see_any_more(settings):
    async with Playground(settings) as first, aiohttp.ClientSession() as session:
        api = Api(first, session)
        _, message, _ = await api.send({"content": "kept"}, {"a.png": picture()})
        stray = settings.data / "cdn/attachments" / str(api.channel.id) / "123"
        stray.mkdir()
        upload = settings.data / "cdn/ephemeral-attachments/5/6"
        upload.mkdir(parents=True)
        half = settings.data / "cdn/incoming/half"
        half.write_bytes(b"x")
    async with Playground(settings):
        assert not any(path.exists() for path in (stray, upload, half))
        kept = message["attachments"][0]["id"]
        assert (stray.parent / kept / "a.png").read_bytes() == picture()


async def test_a_torn_line_costs_only_itself(settings):
    async with Playground(settings) as first, PlaygroundUser(first.base_url) as person:
        await person.say("one")
        await person.say("two")
    journal = settings.data / "messages.jsonl"
    journal.write_text(journal.read_text()[:-20])
    async with Playground(settings) as second, PlaygroundUser(second.base_url) as person:
        assert [message["content"] for message in person.messages.values()] == ["one"]


async def test_a_damaged_world_is_one_sentence(settings):
    settings.data.mkdir()
    (settings.data / "world.json").write_text("{}")
    with pytest.raises(ValueError, match=r"world\.json is damaged; move it away"):
        Playground(settings)


async def test_killing_the_server_loses_nothing(tmp_path):
    command = [sys.executable, "-m", "bot.playground", "--port", "0", "--data", str(tmp_path / "data")]

    async def begin() -> tuple[asyncio.subprocess.Process, str]:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        return process, line.decode().split()[-1]

    process, address = await begin()
    async with PlaygroundUser(address) as person:
        said = [await person.say(str(number)) for number in range(20)]
        await asyncio.sleep(0.2)
        process.kill()
    await process.wait()
    process, address = await begin()
    async with PlaygroundUser(address) as person:
        assert list(person.messages) == [message["id"] for message in said]
    process.terminate()
    await process.wait()
