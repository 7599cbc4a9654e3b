"""Registering application commands, globally or for a guild."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiohttp import web

from bot.playground import errors
from bot.playground.events import CommandsChanged
from bot.playground.forms.base import read_form
from bot.playground.forms.commands import CommandForm
from bot.playground.rest.call import Call, JsonResponse, no_content

COMMANDS_BY_TYPE = {1: 100, 2: 15, 3: 15}


def _scope(call: Call) -> int | None:
    if call.path_id("application_id") != call.services.world.bot_id:
        raise errors.ApiError(403, 20012, "You are not authorized to perform this action on this application")
    return call.guild().id if "guild_id" in call.request.match_info else None


def _registered(call: Call, scope: int | None, form: CommandForm) -> dict[str, Any]:
    """The command as the API answers it; a name that was there keeps its id, unchanged content its version."""
    world = call.services.world
    content = form.dumped() | {"application_id": str(world.bot_id)}
    if scope is not None:
        content["guild_id"] = str(scope)
    key = (content["type"], content["name"])
    old = next((c for c in world.commands.get(scope, []) if (c["type"], c["name"]) == key), None)
    if old is not None and {k: v for k, v in old.items() if k not in ("id", "version")} == content:
        return old
    return content | {"id": old["id"] if old else str(world.snowflakes.next()), "version": str(world.snowflakes.next())}


def _store(call: Call, scope: int | None, commands: list[dict[str, Any]]) -> None:
    counts = Counter(command["type"] for command in commands)
    if any(counts[kind] > most for kind, most in COMMANDS_BY_TYPE.items()):
        raise errors.ApiError(400, 30032, "Maximum number of application commands reached")
    if len({(command["type"], command["name"]) for command in commands}) < len(commands):
        raise errors.invalid_field(
            ["0", "name"], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
        )
    call.services.world.commands[scope] = commands
    call.services.bus.publish(CommandsChanged())


async def list_commands(call: Call) -> web.Response:
    """GET …/commands."""
    return JsonResponse(call.services.world.commands.get(_scope(call), []))


async def replace_commands(call: Call) -> web.Response:
    """PUT …/commands: the whole list."""
    scope = _scope(call)
    bodies = call.body.payload if call.body.payload is not None else []
    if not isinstance(bodies, list):
        raise errors.invalid_field([], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    forms = [read_form(CommandForm, body, str(index)) for index, body in enumerate(bodies)]
    commands = [_registered(call, scope, form) for form in forms]
    _store(call, scope, commands)
    return JsonResponse(commands)


async def create_command(call: Call) -> web.Response:
    """POST …/commands: one more, or a new version of one."""
    scope = _scope(call)
    command = _registered(call, scope, read_form(CommandForm, call.body.payload))
    others = [c for c in call.services.world.commands.get(scope, []) if c["id"] != command["id"]]
    is_new = len(others) == len(call.services.world.commands.get(scope, []))
    _store(call, scope, [*others, command])
    return JsonResponse(command, status=201 if is_new else 200)


def _find(call: Call, scope: int | None) -> dict[str, Any]:
    wanted = str(call.path_id("command_id"))
    for command in call.services.world.commands.get(scope, []):
        if command["id"] == wanted:
            return command
    raise errors.unknown(10063)


async def get_command(call: Call) -> web.Response:
    """GET …/commands/{command_id}."""
    return JsonResponse(_find(call, _scope(call)))


async def edit_command(call: Call) -> web.Response:
    """PATCH …/commands/{command_id}: only what the body names changes."""
    scope = _scope(call)
    old = _find(call, scope)
    changes = call.body.payload
    if not isinstance(changes, dict):
        raise errors.invalid_field([], "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    kept = {key: value for key, value in old.items() if key in CommandForm.model_fields}
    form = read_form(CommandForm, kept | changes | {"type": old["type"]})
    command = _registered(call, scope, form) | {"id": old["id"]}
    _store(call, scope, [command if c is old else c for c in call.services.world.commands[scope]])
    return JsonResponse(command)


async def delete_command(call: Call) -> web.Response:
    """DELETE …/commands/{command_id}."""
    scope = _scope(call)
    command = _find(call, scope)
    _store(call, scope, [c for c in call.services.world.commands[scope] if c is not command])
    return no_content()
