"""Who may see what was made in threads and in channels that are gone; discord.py's own objects, no network."""

from types import SimpleNamespace

import discord
import pytest

from bot.doorkeeper import Doorkeeper

GUILD, MEMBER, OPEN, CLOSED, THREAD = 1, 2, 10, 11, 20
READ = discord.Permissions(view_channel=True, read_message_history=True)


class Channel:
    def __init__(self, channel_id, granted):
        self.id, self.granted = channel_id, granted

    def permissions_for(self, member):
        return self.granted


class Thread(discord.Thread):
    """A thread without Discord behind it; `members` are those whom Discord would name when asked."""

    def __init__(self, parent, private=False, inside=()):
        self.id, self._parent, self._private, self._inside = THREAD, parent, private, inside

    @property
    def parent(self):
        return self._parent

    def is_private(self):
        return self._private

    async def fetch_member(self, member_id):
        if member_id not in self._inside:
            raise discord.NotFound(SimpleNamespace(status=404, reason=""), "Unknown Member")


class Guild:
    """Two channels, and a thread that is active, archived or gone."""

    def __init__(self, active=None, archived=None, fault=None):
        self.channels = [Channel(OPEN, READ), Channel(CLOSED, discord.Permissions.none())]
        self.active, self.archived, self.fault, self.fetched = active, archived, fault, 0

    def get_channel(self, channel_id):
        return next((channel for channel in self.channels if channel.id == channel_id), None)

    def get_thread(self, thread_id):
        return self.active

    async def fetch_channel(self, channel_id):
        self.fetched += 1
        if self.fault is not None:
            raise self.fault
        return self.archived


def member(guild_permissions=READ):
    found = discord.Member.__new__(discord.Member)
    found._user, found.guild = SimpleNamespace(id=MEMBER), None
    return found, guild_permissions


async def may_read(guild, channel_id, doorkeeper=None, guild_permissions=READ):
    found, granted = member(guild_permissions)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.Member, "guild_permissions", granted)
        viewer = (doorkeeper or Doorkeeper()).viewer(SimpleNamespace(guild=guild, user=found))
        answer = await viewer.may_read(channel_id)
        assert answer is (channel_id not in viewer.closed)
        return answer


def fault(kind, status):
    return kind(SimpleNamespace(status=status, reason=""), "no")


async def test_channels_are_open_as_discord_says():
    assert await may_read(Guild(), OPEN) and not await may_read(Guild(), CLOSED)


@pytest.mark.parametrize("where", ["active", "archived"])
async def test_a_thread_is_as_open_as_its_channel_and_a_private_one_to_those_in_it(where):
    for parent, private, inside, expected in (
        (Channel(OPEN, READ), False, (), True),
        (Channel(CLOSED, discord.Permissions.none()), False, (), False),
        (Channel(OPEN, READ), True, (), False),
        (Channel(OPEN, READ), True, (MEMBER,), True),
        (Channel(OPEN, READ | discord.Permissions(manage_threads=True)), True, (), True),
    ):
        assert await may_read(Guild(**{where: Thread(parent, private, inside)}), THREAD) is expected


async def test_a_channel_that_is_gone_is_open_to_moderators_only():
    gone = Guild(fault=fault(discord.NotFound, 404))
    assert not await may_read(gone, THREAD)
    assert await may_read(gone, THREAD, guild_permissions=discord.Permissions(manage_messages=True))


async def test_discord_is_asked_about_an_archived_thread_once_and_again_after_trouble():
    guild, doorkeeper = Guild(fault=fault(discord.DiscordServerError, 503)), Doorkeeper()
    assert not await may_read(guild, THREAD, doorkeeper)
    guild.fault, guild.archived = None, Thread(Channel(OPEN, READ))
    assert [await may_read(guild, THREAD, doorkeeper) for _ in range(3)] == [True] * 3
    assert guild.fetched == 2
