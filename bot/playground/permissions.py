"""Permission bits, and who may do what in a channel."""

from __future__ import annotations

from enum import IntFlag

from bot.playground.entities import Channel, Guild


class Permission(IntFlag):
    """The permissions the playground checks, with Discord's bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31


EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
)
ALL_PERMISSIONS = 2**53 - 1


def permissions_in(guild: Guild, channel: Channel, user_id: int) -> int:
    """Permissions of a member in a channel: roles first, then the channel's overwrites, as Discord computes them.

    Returns:
        The bit set; 0 for somebody who is no member.
    """
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return ALL_PERMISSIONS
    role_ids = [guild.id, *member.roles]
    granted = 0
    for role_id in role_ids:
        granted |= guild.roles[role_id].permissions
    if granted & Permission.ADMINISTRATOR:
        return ALL_PERMISSIONS
    return _with_overwrites(granted, channel, [[guild.id], member.roles, [user_id]])


def _with_overwrites(granted: int, channel: Channel, layers: list[list[int]]) -> int:
    """Apply the overwrites of @everyone, then of all roles together, then of the member."""
    for layer in layers:
        overwrites = [channel.overwrites[target] for target in layer if target in channel.overwrites]
        for overwrite in overwrites:
            granted &= ~overwrite.deny
        for overwrite in overwrites:
            granted |= overwrite.allow
    return granted if granted & Permission.VIEW_CHANNEL else 0
