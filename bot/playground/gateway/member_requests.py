"""Answers to a client's request for members (op 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.playground.entities import Guild, Member
from bot.playground.payloads import member_payload
from bot.playground.snowflake import parse_snowflake
from bot.playground.world import World

CHUNK = 1000


def member_chunks(world: World, request: dict[str, Any], *, all_members: bool) -> Iterator[dict[str, Any]]:
    """The chunks for one request; an unknown guild gets none.

    Args:
        world: the world.
        request: the frame's data: guild_id, and query with limit, or user_ids.
        all_members: whether the client may list everybody.
    """
    guild_id = request.get("guild_id")
    guild = world.guilds.get(parse_snowflake(guild_id[0] if isinstance(guild_id, list) and guild_id else guild_id) or 0)
    if guild is None:
        return
    found = _asked_for(world, guild, request, all_members=all_members)
    pieces = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
    for index, piece in enumerate(pieces):
        chunk: dict[str, Any] = {
            "guild_id": str(guild.id),
            "members": [member_payload(member, world.users[member.user_id]) for member in piece],
            "chunk_index": index,
            "chunk_count": len(pieces),
        }
        if isinstance(request.get("nonce"), str):
            chunk["nonce"] = request["nonce"][:32]
        yield chunk


def _asked_for(world: World, guild: Guild, request: dict[str, Any], *, all_members: bool) -> list[Member]:
    ids = request.get("user_ids")
    if ids is not None:
        wanted = {parse_snowflake(number) for number in (ids if isinstance(ids, list) else [ids])[:100]}
        return [member for member in guild.members.values() if member.user_id in wanted]
    query = str(request.get("query") or "").lower()
    if not query and not all_members:
        return [guild.members[world.bot_id]]
    limit = request.get("limit")
    found = [m for m in guild.members.values() if world.users[m.user_id].username.startswith(query)]
    return found[:limit] if isinstance(limit, int) and limit > 0 else found
