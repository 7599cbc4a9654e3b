"""Who may see what was made in which channel: Discord's own permissions, asked at the moment of looking."""

from __future__ import annotations

import logging

import discord

log = logging.getLogger(__name__)


class Doorkeeper:
    """Lets members into what they could read in Discord itself. Remembers threads, which Discord names while active."""

    def __init__(self) -> None:
        self._threads: dict[int, discord.Thread | None] = {}

    def viewer(self, interaction: discord.Interaction) -> Viewer:
        """The member of an interaction in a guild, who wants to look."""
        assert interaction.guild is not None and isinstance(interaction.user, discord.Member)
        return Viewer(interaction.guild, interaction.user, self._threads)


class Viewer:
    """A member who looks at the history of their guild, once.

    Attributes:
        member_id: who looks.
        closed: channels that the member is known not to be able to read; grows by `may_read`.
    """

    def __init__(self, guild: discord.Guild, member: discord.Member, threads: dict[int, discord.Thread | None]) -> None:
        self.member_id = member.id
        self.closed = {channel.id for channel in guild.channels if not _readable(channel.permissions_for(member))}
        self._guild = guild
        self._member = member
        self._threads = threads

    async def may_read(self, channel_id: int) -> bool:
        """Whether the member can read a channel or thread; one that is gone is open to moderators only."""
        if channel_id in self.closed:
            return False
        if not await self._is_open(channel_id):
            self.closed.add(channel_id)
        return channel_id not in self.closed

    async def _is_open(self, channel_id: int) -> bool:
        if self._guild.get_channel(channel_id) is not None:
            return True  # what is closed of these is known from the start
        thread = self._guild.get_thread(channel_id) or await self._fetch_thread(channel_id)
        if thread is None or thread.parent is None:
            granted = self._member.guild_permissions
            return granted.manage_messages or granted.administrator
        granted = thread.parent.permissions_for(self._member)
        if not _readable(granted):
            return False
        return not thread.is_private() or granted.manage_threads or await self._is_in(thread)

    async def _fetch_thread(self, channel_id: int) -> discord.Thread | None:
        if channel_id not in self._threads:
            try:
                channel = await self._guild.fetch_channel(channel_id)
            except (discord.NotFound, discord.Forbidden, discord.InvalidData):
                self._threads[channel_id] = None
            except discord.HTTPException as error:
                log.warning("channel %d cannot be looked up and counts as gone this time: %s", channel_id, error)
                return None
            else:
                self._threads[channel_id] = channel if isinstance(channel, discord.Thread) else None
        return self._threads[channel_id]

    async def _is_in(self, thread: discord.Thread) -> bool:
        try:
            await thread.fetch_member(self.member_id)
        except discord.HTTPException:
            return False
        return True


def _readable(granted: discord.Permissions) -> bool:
    return granted.view_channel and granted.read_message_history
