"""The world a newcomer meets: one guild, two channels, the bot and three members."""

from __future__ import annotations

from bot.playground.permissions import Permission
from bot.playground.world import World

GUILD = "Atelier"
MEMBERS = (("noor", "Noor"), ("mika", "Mika"), ("sofia", "Sofia"))


def make_default_world(token: str | None = None) -> World:
    """The guild Atelier with #restyle and #mood-board; Sofia is its moderator."""
    world = World.empty("Restyle", token)
    owner = world.add_user("atelier", "Atelier")
    guild = world.add_guild(GUILD, owner)
    moderators = world.add_role(guild, "Moderators", int(Permission.MANAGE_MESSAGES))
    for username, name in MEMBERS:
        roles = [moderators] if username == MEMBERS[-1][0] else []
        world.add_member(guild, world.add_user(username, name), *roles)
    world.add_channel(guild, "restyle", "Type /restyle with a garment photo and a style image")
    world.add_channel(guild, "mood-board", "Everything that inspires")
    return world
