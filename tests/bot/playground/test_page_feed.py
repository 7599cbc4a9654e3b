"""What the page is told: state, history, live events, samples, avatars."""

from __future__ import annotations

import io

import aiohttp
import pytest
from PIL import Image

from bot.playground.permissions import Permission
from bot.playground.user import PlaygroundError, PlaygroundUser
from tests.bot.playground.conftest import Api


async def test_state(playground, person):
    state = person.state
    assert state["guild"]["name"] == "Atelier"
    assert [channel["name"] for channel in state["channels"]] == ["restyle", "mood-board"]
    assert {user["global_name"]: user["is_moderator"] for user in state["users"]} == {
        "Noor": False,
        "Mika": False,
        "Sofia": True,
    }
    assert state["bot"]["online"] is False and state["bot"]["user"]["bot"] is True
    for user in state["users"]:
        with Image.open(io.BytesIO(await person.download(playground.base_url + user["avatar_url"]))) as avatar:
            assert avatar.size == (128, 128)
    for kind in ("garments", "styles"):
        for sample in state["samples"][kind]:
            with Image.open(io.BytesIO(await person.download(playground.base_url + sample["url"]))) as image:
                assert min(image.size) > 100


async def test_reactions_and_deletions_arrive_live(api: Api, person):
    async with PlaygroundUser(person.base_url, "Sofia") as sofia, PlaygroundUser(person.base_url, "Mika") as mika:
        said = await person.say("look")
        await mika.wait_message(lambda m: m["content"] == "look")
        await mika.react(said, "👍")
        await mika.react(said, "👍")
        await sofia.react(said, "👍")
        seen = await person.wait_message(lambda m: m.get("reactions", [{}])[0].get("count") == 2)
        assert seen["reactions"][0]["me"] is False
        assert (await mika.wait_message(lambda m: m.get("reactions", [{}])[0].get("count") == 2))["reactions"][0]["me"]
        await mika.unreact(said, "👍")
        await person.wait_message(lambda m: m.get("reactions", [{}])[0].get("count") == 1)
        with pytest.raises(PlaygroundError, match="Missing Permissions"):
            await mika.delete(said)
        await sofia.delete(said)
        await person.wait_event(lambda e: e["t"] == "MESSAGE_DELETE" and e["d"]["id"] == said["id"])


async def test_a_channel_nobody_may_see(api: Api, person):
    world = api.playground.world
    everyone = api.guild.roles[api.guild.id]
    world.overwrite(api.channel, everyone, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(PlaygroundError, match="Missing Access"):
        await person.say("anybody?")
    async with aiohttp.ClientSession() as session:
        url = f"{person.base_url}/play/channels/{api.channel.id}/messages?user_id={person.id}"
        assert (await session.get(url)).status == 403
    async with PlaygroundUser(person.base_url, "Mika", "mood-board") as mika:
        assert [channel["name"] for channel in mika.state["channels"]] == ["mood-board"]


async def test_history_pages(api: Api, person):
    said = [await person.say(str(number)) for number in range(5)]
    path = f"{person.base_url}/play/channels/{person.channel_id}/messages?user_id={person.id}"
    async with api.session.get(f"{path}&limit=2&before={said[3]['id']}") as answer:
        assert [message["content"] for message in await answer.json(content_type=None)] == ["1", "2"]
    for wrong in ("limit=0", "limit=101", "limit=x", "before=x"):
        async with api.session.get(f"{path}&{wrong}") as answer:
            assert answer.status == 400


async def test_another_guild_is_another_world(start):
    from bot.playground.default_world import make_default_world

    world = make_default_world()
    owner = world.add_user("rival", "Rival")
    guild = world.add_guild("Rivals", owner)
    world.add_channel(guild, "restyle")
    playground = await start(world)
    async with (
        PlaygroundUser(playground.base_url, "Noor") as noor,
        PlaygroundUser(playground.base_url, "Rival", guild_id=str(guild.id)) as rival,
    ):
        assert rival.state["guild"]["name"] == "Rivals"
        await rival.say("ours")
        rival.channel_id, theirs = noor.channel_id, rival.channel_id
        with pytest.raises(PlaygroundError, match="Missing Access"):
            await rival.say("intruding")
        assert theirs != noor.channel_id and not noor.messages
