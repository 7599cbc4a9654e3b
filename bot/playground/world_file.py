"""The world on disk: who and what exists, without the messages, which the journal keeps."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from bot.playground.entities import Channel, Guild, Member, Overwrite, Role, User
from bot.playground.history import ChannelHistory
from bot.playground.snowflake import SnowflakeFactory
from bot.playground.world import World


def world_record(world: World) -> str:
    """The world as JSON text. Make it on the event loop, where nothing changes meanwhile; write it elsewhere."""
    record = {
        "bot_id": world.bot_id,
        "token": world.token,
        "signing_key": world.signing_key,
        "users": [dataclasses.asdict(user) for user in world.users.values()],
        "guilds": [_guild_record(guild) for guild in world.guilds.values()],
        "commands": [{"scope": scope, "commands": commands} for scope, commands in world.commands.items()],
    }
    return json.dumps(record)


def write_world(record: str, file: Path) -> None:
    """Write the world in one step, so that a crash leaves the old file or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(record, encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(file)


def save_world(world: World, file: Path) -> None:
    """Write a world that nothing changes meanwhile, for a playground that is yet to start."""
    write_world(world_record(world), file)


def load_world(file: Path) -> World | None:
    """Read a world, or None if there is no file.

    Raises:
        ValueError: the file is damaged.
    """
    if not file.exists():
        return None
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        world = World(record["bot_id"], record["token"], record["signing_key"], SnowflakeFactory())
        world.users = {user["id"]: User(**user) for user in record["users"]}
        world.guilds = {guild["id"]: _guild_from(guild) for guild in record["guilds"]}
        world.commands = {entry["scope"]: entry["commands"] for entry in record["commands"]}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"{file} is damaged; move it away to start with a new playground ({problem})") from problem
    world.histories = {channel: ChannelHistory() for guild in world.guilds.values() for channel in guild.channels}
    return world


def _guild_record(guild: Guild) -> dict[str, Any]:
    record = dataclasses.asdict(guild)
    for kind in ("roles", "members", "channels"):
        record[kind] = list(record[kind].values())
    for channel in record["channels"]:
        channel["overwrites"] = [{"target": target} | over for target, over in channel["overwrites"].items()]
    return record


def _guild_from(record: dict[str, Any]) -> Guild:
    guild = Guild(record["id"], record["name"], record["owner_id"])
    guild.roles = {role["id"]: Role(**role) for role in record["roles"]}
    guild.members = {member["user_id"]: Member(**member) for member in record["members"]}
    for entry in record["channels"]:
        overwrites = {over.pop("target"): Overwrite(**over) for over in entry.pop("overwrites")}
        guild.channels[entry["id"]] = Channel(**entry, overwrites=overwrites)
    return guild
