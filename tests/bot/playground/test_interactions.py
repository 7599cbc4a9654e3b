"""The rules of interactions, called by hand: callbacks, follow-ups, tokens, ephemeral answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
import pytest

from bot.playground.events import InteractionCreated
from bot.playground.interactions import Interaction
from bot.playground.user import PlaygroundUser
from tests.bot.playground.conftest import Api, picture

COMMANDS = [
    {"name": "go", "description": "Go"},
    {
        "name": "full",
        "description": "Every kind of option",
        "options": [
            {"type": 11, "name": "photo", "description": "p", "required": True},
            {"type": 3, "name": "mode", "description": "m", "choices": [{"name": "Print", "value": "print"}]},
            {"type": 4, "name": "count", "description": "c", "min_value": 1, "max_value": 4},
            {"type": 10, "name": "scale", "description": "s"},
            {"type": 5, "name": "loud", "description": "l"},
            {"type": 6, "name": "who", "description": "w"},
            {"type": 7, "name": "where", "description": "w"},
            {"type": 3, "name": "note", "description": "n", "max_length": 5},
        ],
    },
    {
        "name": "style",
        "description": "Styles",
        "options": [
            {
                "type": 1,
                "name": "save",
                "description": "s",
                "options": [{"type": 3, "name": "name", "description": "n", "required": True}],
            }
        ],
    },
]
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Next", "custom_id": "next"}]}


@dataclass
class Scene:
    """A playground with commands, a person, and the interactions in the order they came."""

    api: Api
    person: PlaygroundUser
    came: asyncio.Queue[Interaction]

    async def slash(self, command: str = "go", /, **options) -> Interaction:
        await self.person.slash(command, **options)
        return await asyncio.wait_for(self.came.get(), 30)

    async def answer(self, interaction: Interaction, body, query: str = "?with_response=1"):
        path = f"/interactions/{interaction.id}/{interaction.token}/callback{query}"
        return await self.api("POST", path, json=body, headers={"Authorization": ""})

    async def webhook(self, method: str, interaction: Interaction, suffix: str = "", **options):
        path = f"/webhooks/{self.api.playground.world.bot_id}/{interaction.token}{suffix}"
        return await self.api(method, path, headers={"Authorization": ""}, **options)


@pytest.fixture
async def scene(start, request):
    playground = await start(**getattr(request, "param", {}))
    came: asyncio.Queue[Interaction] = asyncio.Queue()
    playground.bus.subscribe(lambda e: came.put_nowait(e.interaction) if isinstance(e, InteractionCreated) else None)
    async with aiohttp.ClientSession() as session, PlaygroundUser(playground.base_url, "Noor") as person:
        api = Api(playground, session)
        status, answer, _ = await api("PUT", f"/applications/{playground.world.bot_id}/commands", json=COMMANDS)
        assert status == 200, answer
        yield Scene(api, person, came)


async def test_answers_once_and_with_the_message_id(scene: Scene):
    interaction = await scene.slash()
    status, answer, headers = await scene.answer(interaction, {"type": 4, "data": {"content": "hi"}})
    assert status == 200 and "X-RateLimit-Bucket" not in headers
    assert answer["interaction"]["response_message_id"] == answer["resource"]["message"]["id"]
    assert answer["resource"]["message"]["interaction_metadata"]["user"]["id"] == scene.person.id
    status, answer, _ = await scene.answer(interaction, {"type": 4, "data": {"content": "again"}})
    assert (status, answer["code"]) == (400, 40060)
    status, answer, _ = await scene.answer(await scene.slash(), {"type": 5}, query="")
    assert (status, answer) == (204, None)


async def test_a_refused_answer_can_be_sent_again(scene: Scene):
    interaction = await scene.slash()
    status, answer, _ = await scene.answer(interaction, {"type": 4, "data": {"content": "x" * 2001}})
    assert (status, answer["code"]) == (400, 50035)
    assert answer["errors"]["data"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
    assert (await scene.answer(interaction, {"type": 4, "data": {}}))[1]["code"] == 50006
    assert (await scene.answer(interaction, {"type": 4, "data": {"content": "short"}}))[0] == 200


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 12, "4", None])
async def test_a_command_takes_only_its_kinds_of_answers(scene: Scene, kind):
    status, answer, _ = await scene.answer(await scene.slash(), {"type": kind, "data": {"content": "x"}})
    assert (status, answer["code"]) == (400, 50035)


async def test_tokens_must_fit(scene: Scene):
    interaction = await scene.slash()
    for number, token in ((interaction.id + 1, interaction.token), (interaction.id, "made-up")):
        status, answer, _ = await scene.api("POST", f"/interactions/{number}/{token}/callback", json={"type": 5})
        assert (status, answer["code"]) == (404, 10062)
    status, answer, _ = await scene.webhook("POST", interaction, json={"content": "too soon"})
    assert (status, answer["code"]) == (404, 10015)
    await scene.answer(interaction, {"type": 5})
    status, answer, _ = await scene.webhook("GET", interaction, "/messages/123")
    assert (status, answer["code"]) == (404, 10008)
    status, answer, _ = await scene.api("GET", f"/webhooks/123/{interaction.token}/messages/@original")
    assert (status, answer["code"]) == (404, 10015)


@pytest.mark.parametrize("scene", [{"acknowledge_seconds": 0.05}], indirect=True)
async def test_a_late_answer(scene: Scene):
    late = await scene.slash()
    await scene.person.wait_event(lambda e: e["t"] == "INTERACTION_FAILED")
    status, answer, _ = await scene.answer(late, {"type": 5})
    assert (status, answer["code"]) == (404, 10062)


@pytest.mark.parametrize("scene", [{"token_seconds": 1.5}], indirect=True)
async def test_an_old_token(scene: Scene):
    timely = await scene.slash()
    assert (await scene.answer(timely, {"type": 5}))[0] == 200
    status, answer = 200, {}
    while status == 200:
        status, answer, _ = await scene.webhook("PATCH", timely, "/messages/@original", json={"content": "edited"})
    assert (status, answer["code"]) == (401, 50027)


async def test_the_first_follow_up_fills_the_deferred_answer(scene: Scene):
    interaction = await scene.slash()
    _, answer, _ = await scene.answer(interaction, {"type": 5, "data": {"flags": 64}})
    assert answer["interaction"]["response_message_loading"] is True and "resource" not in answer
    waiting = await scene.person.wait_message(lambda m: m["flags"] & 128)
    status, first, _ = await scene.webhook("POST", interaction, json={"content": "filled"})
    assert (status, first["id"], first["flags"]) == (200, waiting["id"], 64), "its ephemerality is the deferral's"
    _, second, _ = await scene.webhook("POST", interaction, json={"content": "second"})
    assert second["id"] != first["id"] and second["flags"] == 0
    _, original, _ = await scene.webhook("GET", interaction, "/messages/@original")
    assert original["id"] == first["id"]
    assert (await scene.webhook("DELETE", interaction, "/messages/@original"))[0] == 204
    status, answer, _ = await scene.webhook("PATCH", interaction, "/messages/@original", json={"content": "x"})
    assert (status, answer["code"]) == (404, 10008)
    status, _, _ = await scene.webhook("PATCH", interaction, f"/messages/{second['id']}", json={"content": "edited"})
    assert status == 200
    await scene.person.wait_message(lambda m: m["content"] == "edited")


async def test_ephemeral_answers_are_for_one_member(scene: Scene):
    async with PlaygroundUser(scene.person.base_url, "Mika") as mika:
        interaction = await scene.slash()
        data = {"content": "psst", "flags": 64, "components": [BUTTON]}
        await scene.answer(interaction, {"type": 4, "data": data})
        own = await scene.person.wait_message(lambda m: m["content"] == "psst")
        await scene.person.say("out loud")
        await mika.wait_message(lambda m: m["content"] == "out loud")
        assert own["id"] not in mika.messages
        mika.messages[own["id"]] = own  # a member who guesses the id
        for attempt in (mika.react(own, "👍"), mika.delete(own), mika.click(own, "next")):
            with pytest.raises(Exception, match="Unknown Message"):
                await attempt
        _, listed, _ = await scene.api("GET", scene.api.messages)
        assert [message["content"] for message in listed] == ["out loud"]
        assert (await scene.api("GET", f"{scene.api.messages}/{own['id']}"))[0] == 404
        assert (await scene.api("PUT", f"{scene.api.messages}/{own['id']}/reactions/%F0%9F%91%8D/@me"))[0] == 404
        await scene.person.click(own, "next")
        click = await asyncio.wait_for(scene.came.get(), 30)
        status, _, _ = await scene.answer(click, {"type": 7, "data": {"content": "page 2"}})
        assert status == 200
        await scene.person.wait_message(lambda m: m["content"] == "page 2" and m["flags"] == 64)
        await scene.person.delete(own)
        assert own["id"] not in {m["id"] for m in mika.messages.values()} - {own["id"]}


async def test_options_reach_the_bot_resolved(scene: Scene):
    channel = scene.person.channel_id
    files = {"photo": ("wild name?.png", picture())}
    options = {"mode": "print", "count": 4, "scale": 0.5, "loud": True, "note": "soft"}
    data = {
        "name": "full",
        "options": [
            {"name": "photo", "type": 11, "value": "file0"},
            {"name": "who", "type": 6, "value": scene.person.id},
            {"name": "where", "type": 7, "value": channel},
            *({"name": name, "value": value} for name, value in options.items()),
        ],
    }
    await scene.person._interact(2, data, {"file0": files["photo"]})
    interaction = await asyncio.wait_for(scene.came.get(), 30)
    got = {option["name"]: option["value"] for option in interaction.data["options"]}
    assert {name: got[name] for name in options} == options
    attachment = interaction.data["resolved"]["attachments"][got["photo"]]
    assert (attachment["filename"], attachment["width"], attachment["ephemeral"]) == ("wild_name.png", 24, True)
    assert "/ephemeral-attachments/" in attachment["url"]
    assert await scene.person.download(attachment["url"]) == picture()
    assert interaction.data["resolved"]["users"][scene.person.id]["username"] == "noor"
    assert interaction.data["resolved"]["channels"][channel]["name"] == "restyle"


BAD_OPTIONS = {
    "required": [],
    "unknown": [{"name": "nope", "value": 1}],
    "a file that is not there": [{"name": "photo", "value": "file9"}],
    "no choice": [{"name": "mode", "value": "neon"}],
    "too many": [{"name": "count", "value": 5}],
    "truth for a number": [{"name": "count", "value": True}],
    "text for a number": [{"name": "scale", "value": "big"}],
    "nobody": [{"name": "who", "value": "123"}],
    "too long": [{"name": "note", "value": "softly"}],
    "no list": {"photo": "file0"},
    "no name": [{"value": 1}],
}


@pytest.mark.parametrize("options", BAD_OPTIONS.values(), ids=BAD_OPTIONS)
async def test_wrong_options_never_reach_the_bot(scene: Scene, options):
    if isinstance(options, list) and options and options[0].get("name") != "photo":
        options = [{"name": "photo", "value": "file0"}, *options]
    with pytest.raises(Exception, match="400"):
        await scene.person._interact(2, {"name": "full", "options": options}, {"file0": ("a.png", picture())})
    assert scene.came.empty()
    assert not list((scene.api.playground.settings.data / "cdn/incoming").iterdir())


async def test_subcommands(scene: Scene):
    interaction = await scene.slash("style save", name="denim")
    assert interaction.data["options"] == [
        {"name": "save", "type": 1, "options": [{"name": "name", "type": 3, "value": "denim"}]}
    ]
    for wrong in ("style", "style drop", "nothing"):
        with pytest.raises(Exception, match=r"400|404"):
            await scene.person.slash(wrong)


async def test_disabled_and_missing_components(scene: Scene):
    disabled = {"type": 1, "components": [BUTTON["components"][0] | {"disabled": True}]}
    _, message, _ = await scene.api("POST", scene.api.messages, json={"content": "x", "components": [disabled]})
    await scene.person.wait_message(lambda m: m["id"] == message["id"])
    for custom_id in ("next", "other"):
        data = {"custom_id": custom_id, "component_type": 2, "message_id": message["id"]}
        with pytest.raises(Exception, match="400"):
            await scene.person._interact(3, data)


async def test_modals(scene: Scene):
    interaction = await scene.slash()
    field = {"type": 4, "custom_id": "note", "style": 1, "label": "Note", "min_length": 2, "max_length": 5}
    label = {"type": 18, "label": "Mask", "component": {"type": 19, "custom_id": "mask", "required": False}}
    modal = {"custom_id": "form", "title": "Form", "components": [{"type": 1, "components": [field]}, label]}
    for broken in (modal | {"title": "x" * 46}, modal | {"components": []}, modal | {"components": [label] * 6}):
        assert (await scene.answer(interaction, {"type": 9, "data": broken}))[0] == 400
    status, answer, _ = await scene.answer(interaction, {"type": 9, "data": modal})
    assert (status, answer["interaction"]) == (200, {"id": str(interaction.id), "type": 2})
    shown = (await scene.person.wait_event(lambda e: e["t"] == "MODAL"))["d"]
    for values in ({}, {"note": "x"}, {"note": "x" * 6}, {"note": 5}, {"note": "fine", "mask": ["file3"]}):
        with pytest.raises(Exception, match="400"):
            await scene.person.submit(shown, values)
    await scene.person.submit(shown, {"note": "fine", "mask": ["file0"]}, {"file0": ("mask.png", picture())})
    submitted = await asyncio.wait_for(scene.came.get(), 30)
    assert submitted.data["components"][0]["components"][0]["value"] == "fine"
    [mask] = submitted.data["components"][1]["component"]["values"]
    assert submitted.data["resolved"]["attachments"][mask]["filename"] == "mask.png"
    with pytest.raises(Exception, match="404"):
        await scene.person.submit(shown, {"note": "twice"})
    status, answer, _ = await scene.answer(submitted, {"type": 4, "data": {"content": "thanks"}})
    assert answer["resource"]["message"]["interaction_metadata"]["triggering_interaction_metadata"]["type"] == 2
