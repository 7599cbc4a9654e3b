"""Messages over REST: limits, error codes, files, references, permissions, rate limits."""

from __future__ import annotations

import json

import pytest

from bot.playground.entities import User
from bot.playground.permissions import Permission
from bot.playground.settings import RateLimit
from bot.playground.user import media_of
from tests.bot.playground.conftest import Api, picture

V2 = 1 << 15


def button(**changes):
    return {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "a"} | changes]}


def row(count):
    return {"type": 1, "components": [button(custom_id=str(number))["components"][0] for number in range(count)]}


def frame(*components):
    return {"type": 17, "components": list(components)}


def text(content="t"):
    return {"type": 10, "content": content}


BAD_MESSAGES = {
    "content": {"content": "x" * 2001},
    "embeds": {"embeds": [{"title": "x" * 257}]},
    "embeds in all": {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
    "eleven embeds": {"embeds": [{"title": "x"}] * 11},
    "26 fields": {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
    "six rows": {"components": [button(custom_id=str(n)) for n in range(6)]},
    "six buttons": {"components": [row(6)]},
    "one custom_id twice": {"components": [button(), button()]},
    "custom_id too long": {"components": [button(custom_id="x" * 101)]},
    "label too long": {"components": [button(label="x" * 81)]},
    "no custom_id": {"components": [button(custom_id=None)]},
    "link with custom_id": {"components": [button(style=5, url="https://a.b")]},
    "link without url": {"components": [button(style=5, custom_id=None)]},
    "26 options": {
        "components": [
            {
                "type": 1,
                "components": [
                    {"type": 3, "custom_id": "s", "options": [{"label": str(n), "value": str(n)} for n in range(26)]}
                ],
            }
        ]
    },
    "v2 component without the flag": {"components": [text()]},
    "v2 with content": {"flags": V2, "content": "x", "components": [text()]},
    "v2 with embeds": {"flags": V2, "embeds": [{"title": "x"}], "components": [text()]},
    "41 components": {"flags": V2, "components": [frame(*[text()] * 21)] * 2},
    "too much text": {"flags": V2, "components": [text("x" * 2500)] * 2},
    "container in a container": {"flags": V2, "components": [frame(frame(text()))]},
    "empty gallery": {"flags": V2, "components": [{"type": 12, "items": []}]},
    "eleven pictures": {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "https://a.b/c"}}] * 11}]},
    "section without accessory": {"flags": V2, "components": [{"type": 9, "components": [text()]}]},
    "unknown file": {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}]},
    "file from the web": {"flags": V2, "components": [{"type": 13, "file": {"url": "https://a.b/c"}}]},
    "ids twice": {"flags": V2, "components": [text() | {"id": 3}, text() | {"id": 3}]},
    "text for a number": {"embeds": [{"color": "red"}]},
    "bad time": {"embeds": [{"timestamp": "yesterday"}]},
    "nonce": {"content": "x", "nonce": "x" * 26},
    "attachment of nothing": {"content": "x", "attachments": [{"id": 0, "filename": "a.png"}]},
}  # fmt: skip


@pytest.mark.parametrize("body", BAD_MESSAGES.values(), ids=BAD_MESSAGES)
async def test_refuses_what_discord_refuses(api: Api, body):
    status, answer, _ = await api("POST", api.messages, json=body)
    assert (status, answer["code"]) == (400, 50035), answer
    assert "_errors" in json.dumps(answer["errors"])
    assert (await api("GET", api.messages))[1] == []


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"components": []}, {"flags": 4096}])
async def test_nothing_to_send(api: Api, body):
    status, answer, _ = await api("POST", api.messages, json=body)
    assert (status, answer["code"]) == (400, 50006)


async def test_errors_name_the_field(api: Api):
    _, answer, _ = await api("POST", api.messages, json={"embeds": [{"fields": [{"name": "n" * 257, "value": "v"}]}]})
    error = answer["errors"]["embeds"]["0"]["fields"]["0"]["name"]["_errors"][0]
    assert error == {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}


async def test_hides_referenced_files_and_cleans_names(api: Api):
    embed = {"image": {"url": "attachment://my file (1).png"}}
    status, message, _ = await api.send({"embeds": [embed]}, {"my file (1).png": picture(), "öther.png": picture()})
    assert status == 200
    assert [a["filename"] for a in message["attachments"]] == ["other.png"]
    assert message["embeds"][0]["image"]["url"].split("?")[0].endswith("/my_file_1.png")
    assert message["embeds"][0]["image"]["width"] == 24
    missing, message, _ = await api.send({"content": "x", "embeds": [{"image": {"url": "attachment://no.png"}}]})
    assert missing == 200 and "image" not in message["embeds"][0]


async def test_addresses_are_signed_and_expire(start):
    import aiohttp

    playground = await start(cdn_seconds=0)
    async with aiohttp.ClientSession() as session:
        api = Api(playground, session)
        _, message, _ = await api.send({"content": "x"}, {"a.png": picture()})
        url = message["attachments"][0]["url"]
        assert (await session.get(url)).status == 404
    playground = await start(data=playground.settings.data / "other")
    async with aiohttp.ClientSession() as session:
        api = Api(playground, session)
        _, message, _ = await api.send({"content": "x"}, {"a.png": picture()})
        url = message["attachments"][0]["url"]
        fine = await session.get(url)
        assert fine.status == 200 and await fine.read() == picture() and fine.content_type == "image/png"
        altered = url[:-1] + ("1" if url.endswith("0") else "0")
        for wrong in (url.split("?")[0], altered, url.replace("ex=", "ex=f"), url.replace("a.png", "b.png")):
            assert (await session.get(wrong)).status == 404
        for outside in ("/cdn/attachments/../../world.json", "/cdn/attachments/%2e%2e/%2e%2e/world.json"):
            assert (await session.get(playground.base_url + outside)).status == 404


async def test_file_limits(start):
    import aiohttp

    playground = await start(attachment_size_limit=1000)
    async with aiohttp.ClientSession() as session:
        api = Api(playground, session)
        assert (await api.send({"content": "x"}, {"a.bin": b"x" * 1000}))[0] == 200
        status, answer, _ = await api.send({"content": "x"}, {"a.bin": b"x" * 1001, "b.bin": b"y"})
        assert (status, answer["code"]) == (413, 40005)
        status, answer, _ = await api.send({"content": "x"}, {f"{n}.bin": b"x" for n in range(11)})
        assert (status, answer["code"]) == (400, 50035)
        assert not list((playground.settings.data / "cdn/incoming").iterdir())


async def test_only_permitted_deeds(api: Api):
    world, bot = api.playground.world, api.playground.world.bot
    _, own, _ = await api("POST", api.messages, json={"content": "mine"})
    noor = next(u for u in world.users.values() if u.username == "noor")
    other = await _say(api, noor, "hers")

    async def denied(bits: int, method: str, path: str, **options) -> tuple[int, int]:
        world.overwrite(api.channel, bot, deny=bits)
        status, answer, _ = await api(method, path, **options)
        world.overwrite(api.channel, bot)
        return status, answer["code"]

    body = {"json": {"content": "x"}}
    reaction = f"{api.messages}/{own['id']}/reactions/%F0%9F%91%8D/@me"
    assert await denied(Permission.VIEW_CHANNEL, "POST", api.messages, **body) == (403, 50001)
    assert await denied(Permission.SEND_MESSAGES, "POST", api.messages, **body) == (403, 50013)
    assert await denied(Permission.ADD_REACTIONS, "PUT", reaction) == (403, 50013)
    assert await denied(Permission.READ_MESSAGE_HISTORY, "GET", f"{api.messages}/{own['id']}") == (403, 50013)
    world.overwrite(api.channel, bot, deny=Permission.ATTACH_FILES)
    assert (await api.send({"content": "x"}, {"a.png": picture()}))[0] == 403
    world.overwrite(api.channel, bot)
    status, answer, _ = await api("PATCH", f"{api.messages}/{other['id']}", **body)
    assert (status, answer["code"]) == (403, 50005)
    status, answer, _ = await api("DELETE", f"{api.messages}/{other['id']}")
    assert (status, answer["code"]) == (403, 50013)
    status, answer, _ = await api("GET", "/channels/123/messages")
    assert (status, answer["code"]) == (404, 10003)
    status, answer, _ = await api("GET", f"{api.messages}/123")
    assert (status, answer["code"]) == (404, 10008)


async def _say(api: Api, user: User, content: str):
    url = f"{api.playground.base_url}/play/channels/{api.channel.id}/messages"
    async with api.session.post(url, json={"user_id": str(user.id), "content": content}) as answer:
        assert answer.status == 200
        return await answer.json(content_type=None)


async def test_pages_through_the_history(api: Api):
    ids = [(await api("POST", api.messages, json={"content": str(n)}))[1]["id"] for n in range(7)]

    async def page(query: str) -> list[int]:
        _, messages, _ = await api("GET", f"{api.messages}?{query}")
        return [ids.index(message["id"]) for message in messages]

    assert await page("limit=3") == [6, 5, 4]
    assert await page(f"limit=2&before={ids[4]}") == [3, 2]
    assert await page(f"limit=2&after={ids[1]}") == [3, 2]
    assert await page(f"limit=4&around={ids[3]}") == [5, 4, 3, 2]
    for query in ("limit=0", "limit=101", "limit=x", "before=x"):
        assert (await api("GET", f"{api.messages}?{query}"))[0] == 400


async def test_deletes_many_at_once(api: Api):
    ids = [(await api("POST", api.messages, json={"content": str(n)}))[1]["id"] for n in range(3)]
    path, body = f"{api.messages}/bulk-delete", {"json": {"messages": [*ids[:2], "5"]}}
    assert (await api("POST", path, **body))[1]["code"] == 50013
    api.playground.world.overwrite(api.channel, api.playground.world.bot, allow=Permission.MANAGE_MESSAGES)
    assert (await api("POST", path, json={"messages": ids[:1]}))[0] == 400
    assert (await api("POST", path, **body))[0] == 204
    assert [message["id"] for message in (await api("GET", api.messages))[1]] == ids[2:]


async def test_a_nonce_is_enforced(api: Api):
    body = {"content": "once", "nonce": "job-7", "enforce_nonce": True}
    first, second = (await api("POST", api.messages, json=body))[1], (await api("POST", api.messages, json=body))[1]
    assert first["id"] == second["id"] and first["nonce"] == "job-7"
    third = (await api("POST", api.messages, json=body | {"enforce_nonce": False}))[1]
    assert third["id"] != first["id"]


async def test_reactions(api: Api, person):
    _, message, _ = await api("POST", api.messages, json={"content": "vote"})
    base = f"{api.messages}/{message['id']}/reactions"
    assert (await api("PUT", f"{base}/1%EF%B8%8F%E2%83%A3/@me"))[0] == 204
    await person.wait_message(lambda m: m["id"] == message["id"])
    await person.react(message, "1️⃣")
    _, users, _ = await api("GET", f"{base}/1%EF%B8%8F%E2%83%A3")
    assert [user["username"] for user in users] == ["restyle", "noor"]
    _, users, _ = await api("GET", f"{base}/1%EF%B8%8F%E2%83%A3?limit=1&after={users[0]['id']}")
    assert [user["username"] for user in users] == ["noor"]
    status, answer, _ = await api("PUT", f"{base}/word/@me")
    assert (status, answer["code"]) == (400, 10014)
    for number in range(19):
        assert (await api("PUT", f"{base}/%F0%9F%8D%{0x80 + number:X}/@me"))[0] == 204
    status, answer, _ = await api("PUT", f"{base}/%F0%9F%91%8D/@me")
    assert (status, answer["code"]) == (403, 30010)
    assert (await api("PUT", f"{base}/1%EF%B8%8F%E2%83%A3/@me"))[0] == 204, "a kind that is there is no new kind"
    status, answer, _ = await api("DELETE", base)
    assert (status, answer["code"]) == (403, 50013)
    api.playground.world.overwrite(api.channel, api.playground.world.bot, allow=Permission.MANAGE_MESSAGES)
    assert (await api("DELETE", f"{base}/1%EF%B8%8F%E2%83%A3/{person.id}"))[0] == 204
    assert (await api("DELETE", f"{base}/%F0%9F%8D%80"))[0] == 204
    shown = (await api("GET", f"{api.messages}/{message['id']}"))[1]["reactions"]
    assert shown[0]["count"] == 1 and len(shown) == 19
    assert (await api("DELETE", base))[0] == 204
    await person.wait_event(lambda e: e["t"] == "MESSAGE_REACTION_REMOVE_ALL")
    assert "reactions" not in (await api("GET", f"{api.messages}/{message['id']}"))[1]


async def test_rate_limits_have_headers_and_a_body(start):
    import aiohttp

    playground = await start(message_limit=RateLimit(2, 60.0), global_limit=RateLimit(4, 60.0))
    async with aiohttp.ClientSession() as session:
        api = Api(playground, session)
        _, _, headers = await api("POST", api.messages, json={"content": "1"})
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("2", "1")
        assert headers["X-RateLimit-Bucket"] and float(headers["X-RateLimit-Reset-After"]) > 50
        await api("POST", api.messages, json={"content": "2"})
        status, body, headers = await api("POST", api.messages, json={"content": "3"})
        assert (status, body["global"], headers["X-RateLimit-Scope"]) == (429, False, "user")
        assert headers["Via"] and float(headers["Retry-After"]) == body["retry_after"] > 50
        other = list(api.guild.channels)[1]
        assert (await api("POST", f"/channels/{other}/messages", json={"content": "another bucket"}))[0] == 200
        status, body, headers = await api("GET", "/users/@me")
        assert (status, body["global"], headers["X-RateLimit-Global"]) == (429, True, "true")


async def test_a_gallery_survives_edits_of_everything_else(api: Api):
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    _, message, _ = await api.send({"flags": V2, "components": [gallery, text("0 votes")]}, {"a.png": picture()})
    path = f"{api.messages}/{message['id']}"
    status, answer, _ = await api("PATCH", path, json={"components": [gallery, text("1 vote")]})
    assert (status, answer["code"]) == (400, 50035), "new components v2 come with their flag, also in an edit"
    status, message, _ = await api("PATCH", path, json={"flags": V2, "components": [gallery, text("1 vote")]})
    assert status == 200 and message["attachments"] == [] and message["flags"] & V2
    url = media_of(message)[0]["url"]
    back = {"type": 12, "items": [{"media": {"url": url}, "description": "its own address again"}]}
    _, message, _ = await api("PATCH", path, json={"flags": V2, "components": [back]})
    assert media_of(message)[0]["attachment_id"]
    status, answer, _ = await api("PATCH", path, json={"attachments": []})
    assert (status, answer["code"]) == (400, 50035), "a component would lose its file"
    assert (await api("PATCH", path, json={"content": "plain"}))[0] == 400, "it stays components v2"
    status, answer, _ = await api("PATCH", path, json={"flags": V2, "components": [text()], "attachments": []})
    assert status == 200
    assert (await api.session.get(url)).status == 404
