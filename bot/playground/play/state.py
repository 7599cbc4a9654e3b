"""What the page needs to draw itself: the guild, its channels and members, the bot, its commands, the samples."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.playground.entities import Guild, User
from bot.playground.payloads import channel_payload, guild_payload, user_payload
from bot.playground.permissions import Permission
from bot.playground.sample_pictures import GARMENTS, STYLES, pictures_in
from bot.playground.services import Services


def page_user(services: Services, guild: Guild, user: User) -> dict[str, Any]:
    """A member as the page lists it."""
    return {
        "id": str(user.id),
        "username": user.username,
        "global_name": user.global_name,
        "avatar_url": f"/cdn/avatars/{user.id}/{user.avatar}.png" if user.avatar else "/cdn/embed/avatars/0.png",
        "is_moderator": services.world.is_moderator(guild, user.id),
    }


def default_person(services: Services, guild: Guild) -> User:
    """Whom a newcomer is: the first member who is neither a bot nor the owner."""
    people = [services.world.users[user_id] for user_id in guild.members]
    people = [user for user in people if not user.bot]
    return next((user for user in people if user.id != guild.owner_id), people[0])


async def page_state(services: Services, guild: Guild, person: User) -> dict[str, Any]:
    """The page's state as one member sees it."""
    world = services.world
    members = [world.users[user_id] for user_id in guild.members if not world.users[user_id].bot]
    shown = [user for user in members if user.id != guild.owner_id] or members
    visible = [c for c in guild.channels.values() if world.permissions(c, person.id) & Permission.VIEW_CHANNEL]
    return {
        "guild": guild_payload(guild),
        "channels": [channel_payload(channel, world.history(channel.id).last_id()) for channel in visible],
        "users": [page_user(services, guild, user) for user in shown],
        "bot": {
            "user": user_payload(world.bot),
            "avatar_url": page_user(services, guild, world.bot)["avatar_url"],
            "online": services.dispatcher.online,
        },
        "commands": world.commands_in(guild.id),
        "samples": await asyncio.to_thread(list_samples),
        "user_id": str(person.id),
    }


def list_samples() -> dict[str, list[dict[str, str]]]:
    """The sample pictures by kind, each with a name to show and its address."""
    return {folder.name: [_sample(file) for file in pictures_in(folder)] for folder in (GARMENTS, STYLES)}


def _sample(file: Path) -> dict[str, str]:
    name = file.stem.replace("-", " ").replace("_", " ")
    return {"name": name, "url": f"/samples/{file.parent.name}/{quote(file.name)}"}
