"""Nothing that anybody sends makes the playground fail: 4xx, never 500, and it goes on."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
import sys

import pytest
from yarl import URL

from bot.playground.hosts import is_local
from bot.playground.rest.routes import PREFIX, ROUTES
from tests.bot.playground.conftest import Api, picture

ODD_VALUES = [None, True, -1, 2**70, 1.5, "", "x" * 5000, "\ud800", "\x00", [], [[]], {}, {"type": []}, [None], "123"]
BROKEN_BODIES = [b"", b"{", b"[" * 100_000, b"nul", b"\xff\xfe", b'{"a": NaN}', b'"' + b"9" * 5000 + b'"', b"9" * 5000]
HARMLESS_BODIES = [b"", BROKEN_BODIES[-2]]  # nothing, and a JSON text, where a route reads no body or an empty one
KEYS = [
    *("content", "embeds", "components", "attachments", "flags", "nonce", "enforce_nonce", "allowed_mentions"),
    *("message_reference", "tts", "type", "data", "choices", "custom_id", "title", "name", "description", "options"),
]


def paths(api: Api, method: str) -> list[str]:
    values = {
        "channel_id": api.channel.id,
        "guild_id": api.guild.id,
        "application_id": api.playground.world.bot_id,
        "user_id": api.playground.world.bot_id,
        "message_id": 5,
        "interaction_id": 5,
        "interaction_token": "token",
        "command_id": 5,
        "emoji": "%F0%9F%91%8D",
    }
    return [route.path.format(**values) for route in ROUTES if route.method == method]


async def test_odd_json_everywhere(api: Api):
    dice = random.Random(7)
    messages = f"/channels/{api.channel.id}/messages"
    message = (await api("POST", messages, json={"content": "target"}))[1]
    targets = [(m, p) for m in ("POST", "PUT", "PATCH") for p in paths(api, m)]
    targets += [("PATCH", f"{messages}/{message['id']}")] * 3 + [("POST", messages)] * 3
    for method, path in targets:
        bodies = ODD_VALUES + [{key: value} for key, value in itertools.product(dice.sample(KEYS, 3), ODD_VALUES)]
        for body in bodies:
            status, _, _ = await api(method, path, json=body)
            assert status < 500, (method, path, body)


async def test_nested_mutations_of_a_good_message(api: Api):
    dice = random.Random(3)
    good = {
        "content": "x",
        "embeds": [{"title": "t", "image": {"url": "attachment://a.png"}, "fields": [{"name": "n", "value": "v"}]}],
        "components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a", "label": "l"}]}],
        "attachments": [{"id": 0, "filename": "a.png", "description": "d"}],
        "allowed_mentions": {"parse": ["users"], "users": ["1"]},
    }
    for _ in range(200):
        body = json.loads(json.dumps(good))
        place, key = body, dice.choice(list(body))
        while isinstance(place[key], dict | list) and place[key] and dice.random() < 0.8:
            place = place[key]
            key = dice.choice(list(place)) if isinstance(place, dict) else dice.randrange(len(place))
        place[key] = dice.choice(ODD_VALUES)
        status, answer, _ = await api.send(body, {"a.png": b"x"})
        assert status < 500, body
        assert status == 200 or answer["code"], body


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"]
)
async def test_broken_bodies(api: Api, content_type):
    for method, body in itertools.product(("POST", "PUT", "PATCH"), BROKEN_BODIES):
        for path in paths(api, method)[:4]:
            status, answer, _ = await api(method, path, data=body, headers={"Content-Type": content_type})
            assert status < 500, (method, path, body[:20], answer)
            assert status >= 400 or body in HARMLESS_BODIES, (method, path, body[:20], answer)
    for path in ("/play/interactions", "/play/autocomplete", f"/play/channels/{api.channel.id}/messages"):
        for body in BROKEN_BODIES:
            url = api.playground.base_url + path
            async with api.session.post(url, data=body, headers={"Content-Type": content_type}) as answer:
                assert 400 <= answer.status < 500


async def test_odd_multipart(api: Api):
    def part(headers: str, body: bytes) -> bytes:
        return b"--x\r\n" + headers.encode() + b"\r\n\r\n" + body + b"\r\n"

    inner = b"--y\r\n\r\n\r\n--y--"
    bodies = [
        part('Content-Disposition: form-data; name="payload_json"', b"{"),
        part("Content-Type: multipart/mixed; boundary=y", inner),
        part('Content-Disposition: form-data; name="files[x]"; filename="a"', b"a"),
        part('Content-Disposition: form-data; name="files[0]"; filename="../../../etc/passwd"', b"a"),
        part('Content-Disposition: form-data; name="files[0]"; filename=""', b"a"),
        part("Content-Disposition: nonsense", b"a"),
        part("Nonsense", b"a"),
        part("Content-Transfer-Encoding: nonsense", b"a"),
        part('Content-Disposition: form-data; name="files[0]"; filename="a"', b"a") * 2,
        b"--x\r\nContent-Disposition: form-data",
    ]
    for body in bodies:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        status, _, _ = await api("POST", api.messages, data=body + b"--x--\r\n", headers=headers)
        assert status < 500, body
    for folder in ("attachments", "incoming"):
        files = (api.playground.settings.data / "cdn" / folder).rglob("*")
        assert all(file.resolve().is_relative_to(api.playground.settings.data.resolve()) for file in files)


async def test_huge_bodies(api: Api):
    status, answer, _ = await api(
        "POST", api.messages, data=b"x" * 5_000_000, headers={"Content-Type": "application/json"}
    )
    assert (status, answer["code"]) == (413, 40005)
    status, answer, _ = await api.send({"content": "x"}, {f"{n}.bin": bytes(11 * 1024 * 1024) for n in range(3)})
    assert (status, answer["code"]) == (413, 40005)
    assert (await api("POST", api.messages, json={"content": "still here"}))[0] == 200


async def test_odd_paths(api: Api):
    for path in (
        "/nothing",
        "/channels/x/messages",
        f"/channels/{2**65}/messages",
        "/channels/%00/messages",
        "/users/%ff",
    ):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            status, _, _ = await api(method, path)
            assert 400 <= status < 500, (method, path)
    base = api.playground.base_url
    for path in (
        "/cdn/avatars/x/y.png",
        "/cdn/attachments/%00?ex=zz&is=1&hm=1",
        "/page/../server.py",
        "/samples/%2e%2e/user.py",
    ):
        async with api.session.get(URL(base + path, encoded=True)) as answer:
            assert 400 <= answer.status < 500, path


async def test_odd_values_from_the_page(api: Api, person):
    url = api.playground.base_url
    good = {"user_id": person.id, "channel_id": person.channel_id, "nonce": "n", "type": 2, "data": {"name": "go"}}
    modal = good | {"type": 5, "data": {"custom_id": "m", "components": []}}
    click = good | {"type": 3, "data": {"custom_id": "m", "component_type": 2, "message_id": "1"}}
    for base, key, value in itertools.product((good, modal, click), good, ODD_VALUES):
        for path in ("/play/interactions", "/play/autocomplete"):
            async with api.session.post(url + path, json=base | {key: value}) as answer:
                assert 400 <= answer.status < 500, (path, base, key, value)
    for value in ODD_VALUES:
        body = {"user_id": person.id, "content": value}
        async with api.session.post(f"{url}/play/channels/{person.channel_id}/messages", json=body) as answer:
            assert answer.status == 200 if value in ("123", "\x00") else 400 <= answer.status < 500, value
    for query in ("", "?user_id=x", "?user_id=1", f"?user_id={person.id}&channel_id=1", f"?user_id={person.id}"):
        async with api.session.get(f"{url}/play/events{query}") as answer:
            assert 400 <= answer.status < 500
    bot = api.playground.world.bot_id
    async with api.session.get(f"{url}/play/channels/{person.channel_id}/messages?user_id={bot}") as answer:
        assert answer.status == 404, "nobody is the bot on the page"


async def test_other_sites_are_refused(api: Api, person):
    body = {"user_id": person.id, "content": "from elsewhere"}
    url = f"{api.playground.base_url}/play/channels/{person.channel_id}/messages"
    for origin, expected in (("https://evil.example", 403), ("null", 403), (api.playground.base_url, 200)):
        async with api.session.post(url, json=body, headers={"Origin": origin}) as answer:
            assert answer.status == expected


EVERY_KIND_OF_ROUTE = (
    *("/", "/play/state", "/page/scripts/main.js", "/samples/styles/red-tartan.jpg", "/cdn/embed/avatars/0.png"),
    *(f"{PREFIX}/gateway", "/gateway", "/nothing"),
)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[", "@"])
async def test_a_website_whose_name_leads_here_gets_nothing(api: Api, person, host):
    """DNS rebinding: the browser takes the page's site and the playground for one and the same."""
    base = api.playground.base_url
    headers = {"Host": f"{host}:{URL(base).port}", "Origin": f"http://{host}:{URL(base).port}"}
    for path in EVERY_KIND_OF_ROUTE:
        async with api.session.get(base + path, headers=headers) as answer:
            assert answer.status in (400, 421), path
            assert "does not answer" in await answer.text() or answer.status == 400
    body = {"user_id": person.id, "content": "from elsewhere"}
    url = f"{base}/play/channels/{person.channel_id}/messages"
    async with api.session.post(url, json=body, headers=headers) as answer:
        assert answer.status in (400, 421)
    assert not any(message["content"] == body["content"] for message in person.messages.values())


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "[::1]", "192.168.0.7", socket.gethostname()])
async def test_addresses_and_this_machines_names_are_answered(api: Api, host):
    async with api.session.get(f"{api.playground.base_url}/play/state", headers={"Host": f"{host}:1"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False)],
)
def test_who_can_reach_the_playground_is_known(host, local):
    assert is_local(host) is local


@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False)])
async def test_whoever_opens_it_to_the_network_is_told_what_that_means(tmp_path, host, warned):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.playground", "--host", host, "--port", "0", "--data", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said = await process.stdout.readuntil(b"Token")
    process.terminate()
    await process.communicate()
    assert (b"there is no password" in said) is warned


async def test_a_connection_that_breaks_off(api: Api):
    host, port = api.playground.base_url.removeprefix("http://").split(":")
    for body in (b'{"content": ', b'--x\r\nContent-Disposition: form-data; name="files[0]"; filename="a"\r\n\r\nabc'):
        _, writer = await asyncio.open_connection(host, int(port))
        kind = b"application/json" if body.startswith(b"{") else b"multipart/form-data; boundary=x"
        head = f"POST {PREFIX}{api.messages} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bot {api.playground.token}\r\n"
        writer.write(head.encode() + b"Content-Length: 1000\r\nContent-Type: " + kind + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()
    assert (await api.send({"content": "still here"}, {"a.png": picture()}))[0] == 200
    assert (await api("GET", "/users/@me"))[0] == 200
