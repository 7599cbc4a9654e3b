"""What the bot must be allowed in a channel, and which members may touch what others made."""

from __future__ import annotations

import discord

from bot.refusal import RefusedError

_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "add_reactions": "Add Reactions",
    "read_message_history": "Read Message History",
}


def missing_permissions(granted: discord.Permissions, *, in_thread: bool) -> list[str]:
    """Names, as Discord shows them, of the permissions that delivering a result in a channel still needs."""
    if granted.administrator:
        return []
    needed = dict(_NEEDED)
    if in_thread:
        del needed["send_messages"]
        needed["send_messages_in_threads"] = "Send Messages in Threads"
    return [shown for name, shown in needed.items() if not getattr(granted, name)]


def require_permissions(interaction: discord.Interaction) -> None:
    """Make sure that the bot can deliver in the interaction's channel.

    Raises:
        RefusedError: with one sentence that names what is missing.
    """
    in_thread = isinstance(interaction.channel, discord.Thread)
    missing = missing_permissions(interaction.app_permissions, in_thread=in_thread)
    if missing:
        *others, last = missing
        names = f"{', '.join(others)} and {last}" if others else last
        plural = "permissions" if others else "permission"
        raise RefusedError(
            f"I cannot post results here: please ask a moderator to give me the {plural} {names} in this channel.",
            f"missing {', '.join(missing)} in channel {interaction.channel_id}",
        )


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether the member may manage messages in the interaction's channel."""
    return interaction.permissions.manage_messages or interaction.permissions.administrator


def is_author(interaction: discord.Interaction, member_id: int) -> bool:
    """Whether the member made something, or is a moderator and may act as if."""
    return interaction.user.id == member_id or is_moderator(interaction)


def require_author(interaction: discord.Interaction, member_id: int, what: str) -> None:
    """Admit only the member who made something, and moderators.

    Args:
        interaction: of the member who acts.
        member_id: who made it.
        what: the action as the sentence names it, such as "delete this result".

    Raises:
        RefusedError: for everybody else.
    """
    if not is_author(interaction, member_id):
        raise RefusedError(
            f"Only <@{member_id}> and moderators can {what}.", f"member {interaction.user.id} is neither author nor mod"
        )
