"""A slash command as a person filled it in, checked against its registration and resolved as Discord does."""

from __future__ import annotations

from typing import Any

from bot.playground import errors
from bot.playground.cdn_store import Upload
from bot.playground.entities import Guild, User
from bot.playground.message_payloads import for_gateway
from bot.playground.payloads import channel_payload, member_payload, role_payload, user_payload
from bot.playground.play.kept_uploads import keep_upload
from bot.playground.services import Services
from bot.playground.snowflake import parse_snowflake

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
USER_MENU, MESSAGE_MENU = 2, 3
LONGEST_STRING = 6000


def refuse(sentence: str) -> errors.ApiError:
    """A fault in what the person filled in, as one sentence."""
    problem = errors.invalid_field(["data"], "INTERACTION_DATA_INVALID", sentence)
    problem.message = sentence
    return problem


class CommandData:
    """Builds the `data` of a command interaction."""

    def __init__(self, services: Services, guild: Guild, person: User, uploads: dict[str, Upload]) -> None:
        self._services = services
        self._guild = guild
        self._person = person
        self._uploads = uploads
        self._resolved: dict[str, dict[str, Any]] = {}

    def find(self, given: dict[str, Any]) -> dict[str, Any]:
        """The registered command a person called.

        Raises:
            ApiError: 10063 if there is none of that name and type.
        """
        kind, name = given.get("type") or 1, given.get("name")
        for command in self._services.world.commands_in(self._guild.id):
            if command["name"] == name and command["type"] == kind:
                return command
        raise errors.unknown(10063)

    async def build(self, given: dict[str, Any], channel_id: int, *, partial: bool = False) -> dict[str, Any]:
        """Check and resolve.

        Args:
            given: the page's data: name, type and options, or target_id for a context menu.
            channel_id: where a message menu's target is.
            partial: the person is still typing; nothing is required and nothing resolved.

        Raises:
            ApiError: 10063 or 50035 with a sentence.
        """
        command = self.find(given)
        data: dict[str, Any] = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        if command["type"] != 1:
            data["target_id"] = self._target(command["type"], given.get("target_id"), channel_id)
        else:
            options = await self._options(command.get("options") or [], given.get("options"), partial)
            data |= {"options": options} if options else {}
        return data | ({"resolved": self._resolved} if self._resolved else {})

    async def _options(self, specs: list[dict[str, Any]], given: Any, partial: bool) -> list[dict[str, Any]]:
        if given is not None and not isinstance(given, list):
            raise refuse("options must be a list.")
        values: dict[str, dict[str, Any]] = {}
        for item in given or []:
            if not isinstance(item, dict) or not isinstance(item.get("name"), str):
                raise refuse("Every option needs a name.")
            values[item["name"]] = item
        unknown = set(values) - {spec["name"] for spec in specs}
        if unknown:
            raise refuse(f"There is no option {sorted(unknown)[0][:40]}.")
        if specs and specs[0]["type"] in (SUBCOMMAND, GROUP):
            return [await self._nested(specs, values, partial)]
        missing = [spec["name"] for spec in specs if spec.get("required") and spec["name"] not in values]
        if missing and not partial:
            raise refuse(f"The option {missing[0]} is required.")
        return [await self._option(spec, values[spec["name"]], partial) for spec in specs if spec["name"] in values]

    async def _nested(
        self, specs: list[dict[str, Any]], values: dict[str, dict[str, Any]], partial: bool
    ) -> dict[str, Any]:
        if len(values) != 1:
            raise refuse("Choose one subcommand.")
        name, item = next(iter(values.items()))
        spec = next(spec for spec in specs if spec["name"] == name)
        options = await self._options(spec.get("options") or [], item.get("options"), partial)
        return {"name": name, "type": spec["type"], "options": options}

    async def _option(self, spec: dict[str, Any], item: dict[str, Any], partial: bool) -> dict[str, Any]:
        option = {"name": spec["name"], "type": spec["type"]}
        value = item.get("value")
        if partial:
            focused = {"focused": True} if item.get("focused") is True else {}
            if not isinstance(value, str | int | float | None):
                raise refuse(f"The option {spec['name']} has a value of a wrong kind.")
            return option | {"value": "" if value is None else value} | focused
        if spec["type"] == ATTACHMENT:
            return option | {"value": await self._attachment(spec["name"], value)}
        if spec["type"] in (USER, CHANNEL, ROLE, MENTIONABLE):
            return option | {"value": self._entity(spec, value)}
        return option | {"value": plain_value(spec, value)}

    async def _attachment(self, name: str, part: Any) -> str:
        upload = self._uploads.get(part) if isinstance(part, str) else None
        if upload is None:
            raise refuse(f"The option {name} names no file of the request.")
        attachment_id, payload = await keep_upload(self._services, upload)
        self._resolve("attachments", attachment_id, payload)
        return attachment_id

    def _entity(self, spec: dict[str, Any], value: Any) -> str:
        number = parse_snowflake(value) or 0
        kind = spec["type"]
        if kind in (USER, MENTIONABLE) and number in self._guild.members:
            self.resolve_member(number)
        elif kind in (ROLE, MENTIONABLE) and number in self._guild.roles:
            self._resolve("roles", number, role_payload(self._guild.roles[number]))
        elif kind == CHANNEL and number in self._guild.channels:
            self._resolve_channel(number)
        else:
            raise refuse(f"The option {spec['name']} names nobody and nothing here.")
        return str(number)

    def resolve_member(self, user_id: int) -> None:
        """Put a member and their user into `resolved`."""
        channel = next(iter(self._guild.channels.values()))
        permissions = str(self._services.world.permissions(channel, user_id))
        self._resolve("users", user_id, user_payload(self._services.world.users[user_id]))
        member = member_payload(self._guild.members[user_id]) | {"permissions": permissions}
        self._resolve("members", user_id, {k: v for k, v in member.items() if k not in ("deaf", "mute")})

    def _resolve_channel(self, channel_id: int) -> None:
        channel = self._guild.channels[channel_id]
        payload = channel_payload(channel, None)
        permissions = str(self._services.world.permissions(channel, self._person.id))
        shown = {key: payload[key] for key in ("id", "type", "name", "parent_id")}
        self._resolve("channels", channel_id, shown | {"permissions": permissions})

    def _target(self, kind: int, value: Any, channel_id: int) -> str:
        number = parse_snowflake(value) or 0
        if kind == USER_MENU:
            if number not in self._guild.members:
                raise errors.unknown(10013)
            self.resolve_member(number)
        else:
            message = self._services.world.message(channel_id, number, self._person.id)
            payload = for_gateway(self._services.payloads.full(message, self._services.world.bot_id))
            self._resolve("messages", number, payload)
        return str(number)

    def _resolve(self, kind: str, number: int | str, payload: dict[str, Any]) -> None:
        self._resolved.setdefault(kind, {})[str(number)] = payload


def plain_value(spec: dict[str, Any], value: Any) -> str | int | float | bool:
    """A text, a number or a truth value within its option's limits.

    Raises:
        ApiError: 50035 with a sentence.
    """
    name = spec["name"]
    kinds: dict[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), NUMBER: (int, float), BOOLEAN: (bool,)}
    expected = kinds[spec["type"]]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise refuse(f"The option {name} has a value of a wrong kind.")
    if spec.get("choices") and value not in [choice["value"] for choice in spec["choices"]]:
        raise refuse(f"The option {name} must be one of its choices.")
    if isinstance(value, str):
        low, high = spec.get("min_length", 0), spec.get("max_length", LONGEST_STRING)
        if not low <= len(value) <= high:
            raise refuse(f"The option {name} must have {low} to {high} characters.")
    elif not isinstance(value, bool):
        low, high = spec.get("min_value", -(2**53)), spec.get("max_value", 2**53)
        if not low <= value <= high:
            raise refuse(f"The option {name} must be from {low} to {high}.")
    assert isinstance(value, str | int | float)
    return value
