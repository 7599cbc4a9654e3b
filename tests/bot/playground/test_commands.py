"""Registering commands: limits, ids that stay, scopes."""

from __future__ import annotations

import pytest

from tests.bot.playground.conftest import Api

GO = {"name": "go", "description": "Go"}


def option(**changes):
    return {"type": 3, "name": "note", "description": "n"} | changes


BAD_COMMANDS = {
    "upper case": {"name": "Go", "description": "x"},
    "space": {"name": "go on", "description": "x"},
    "no description": {"name": "go"},
    "long description": {"name": "go", "description": "x" * 101},
    "long name": {"name": "g" * 33, "description": "x"},
    "26 options": GO | {"options": [option(name=f"o{n}") for n in range(26)]},
    "one name twice": GO | {"options": [option(), option()]},
    "required last": GO | {"options": [option(), option(name="b", required=True)]},
    "26 choices": GO | {"options": [option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]},
    "choice of a wrong kind": GO | {"options": [option(choices=[{"name": "a", "value": 1}])]},
    "choices and autocomplete": GO | {"options": [option(autocomplete=True, choices=[{"name": "a", "value": "a"}])]},
    "subcommand beside option": GO | {"options": [option(type=1), option(name="b")]},
    "options of an option": GO | {"options": [option(options=[option()])]},
    "unknown type": GO | {"options": [option(type=12)]},
    "menu with description": {"name": "Restyle this", "type": 3, "description": "x"},
    "too large": GO | {"options": [option(name=f"o{n}", description="x" * 100, choices=[
        {"name": "n" * 100, "value": f"{m}" + "v" * 90} for m in range(25)]) for n in range(3)]},
}  # fmt: skip


@pytest.mark.parametrize("command", BAD_COMMANDS.values(), ids=BAD_COMMANDS)
async def test_refuses_what_discord_refuses(api: Api, command):
    path = f"/applications/{api.playground.world.bot_id}/commands"
    status, answer, _ = await api("PUT", path, json=[command])
    assert (status, answer["code"]) == (400, 50035), answer
    assert "0" in answer["errors"]
    assert (await api("GET", path))[1] == []


async def test_ids_stay_for_names_that_stay(api: Api, person):
    path = f"/applications/{api.playground.world.bot_id}/commands"
    first = (await api("PUT", path, json=[GO, {"name": "Look", "type": 3}]))[1]
    await person.wait_event(lambda e: e["t"] == "COMMANDS" and len(e["d"]) == 2)
    again = (await api("PUT", path, json=[GO]))[1]
    assert again[0] == first[0]
    changed = (await api("PUT", path, json=[GO | {"description": "Gone"}]))[1]
    assert changed[0]["id"] == first[0]["id"] and changed[0]["version"] != first[0]["version"]
    guild = f"/applications/{api.playground.world.bot_id}/guilds/{api.guild.id}/commands"
    own = (await api("PUT", guild, json=[GO]))[1]
    assert own[0]["guild_id"] == str(api.guild.id) and own[0]["id"] != first[0]["id"]
    await person.wait_event(lambda e: e["t"] == "COMMANDS" and [c["id"] for c in e["d"]] == [own[0]["id"]])
    assert (await api("POST", path, json=GO))[0] == 200
    assert (await api("POST", path, json=GO | {"name": "new"}))[0] == 201
    status, edited, _ = await api("PATCH", f"{path}/{first[0]['id']}", json={"description": "Went"})
    assert status == 200 and (edited["description"], edited["name"], edited["id"]) == ("Went", "go", first[0]["id"])
    assert (await api("PATCH", f"{path}/{first[0]['id']}", json={"name": "GO"}))[0] == 400
    assert (await api("DELETE", f"{path}/{first[0]['id']}"))[0] == 204
    assert (await api("GET", f"{path}/{first[0]['id']}"))[1]["code"] == 10063


async def test_scopes_of_others(api: Api):
    assert (await api("PUT", "/applications/123/commands", json=[]))[0] == 403
    assert (await api("GET", f"/applications/{api.playground.world.bot_id}/guilds/1/commands"))[1]["code"] == 10004
    assert (await api("GET", "/users/@me", headers={"Authorization": "Bot wrong"}))[0] == 401
    too_many = [GO | {"name": f"go{n}"} for n in range(101)]
    status, answer, _ = await api("PUT", f"/applications/{api.playground.world.bot_id}/commands", json=too_many)
    assert (status, answer["code"]) == (400, 30032)
