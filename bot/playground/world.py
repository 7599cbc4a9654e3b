"""The state of the playground: users, guilds, channels, messages and the bot's commands, in memory."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.playground import errors
from bot.playground.avatars import avatar_hash
from bot.playground.bot_token import mint_token
from bot.playground.entities import Channel, Guild, Member, Message, Overwrite, Role, User
from bot.playground.history import ChannelHistory
from bot.playground.permissions import ALL_PERMISSIONS, EVERYONE, Permission, permissions_in
from bot.playground.snowflake import SnowflakeFactory


@dataclass
class World:
    """Everything that exists. The application and its bot user share one id, as on Discord.

    Attributes:
        commands: registered commands by scope; None is the global scope, else a guild's id.
        signing_key: secret behind the CDN's signatures and the interactions' tokens.
    """

    bot_id: int
    token: str
    signing_key: str
    snowflakes: SnowflakeFactory
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    commands: dict[int | None, list[dict[str, Any]]] = field(default_factory=dict)
    histories: dict[int, ChannelHistory] = field(default_factory=dict)

    @classmethod
    def empty(cls, bot_name: str = "Restyle", token: str | None = None) -> World:
        """A world with a bot and nothing else."""
        snowflakes = SnowflakeFactory()
        bot_id = snowflakes.next()
        world = cls(bot_id, token or mint_token(bot_id), secrets.token_hex(32), snowflakes)
        world.users[bot_id] = User(bot_id, bot_name.lower(), bot_name, avatar_hash(bot_name), bot=True)
        return world

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self.users[self.bot_id]

    def add_user(self, username: str, global_name: str | None = None) -> User:
        """A new person, member of nothing yet."""
        user = User(self.snowflakes.next(), username, global_name, avatar_hash(global_name or username))
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, *, with_bot: bool = True) -> Guild:
        """A new guild with @everyone, its owner and, if wanted, the bot."""
        guild = Guild(self.snowflakes.next(), name, owner.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", int(EVERYONE))
        self.guilds[guild.id] = guild
        self.add_member(guild, owner)
        if with_bot:
            self.add_member(guild, self.bot)
        return guild

    def add_member(self, guild: Guild, user: User, *roles: Role) -> Member:
        """Let a user join a guild."""
        member = Member(user.id, datetime.now(UTC).isoformat(), [role.id for role in roles])
        guild.members[user.id] = member
        return member

    def add_role(self, guild: Guild, name: str, permissions: int) -> Role:
        """A new role above those that exist."""
        role = Role(self.snowflakes.next(), name, permissions, position=len(guild.roles))
        guild.roles[role.id] = role
        return role

    def add_channel(self, guild: Guild, name: str, topic: str | None = None) -> Channel:
        """A new text channel below those that exist."""
        channel = Channel(self.snowflakes.next(), guild.id, name, topic, len(guild.channels))
        guild.channels[channel.id] = channel
        self.histories[channel.id] = ChannelHistory()
        return channel

    def overwrite(self, channel: Channel, target: User | Role, allow: int = 0, deny: int = 0) -> None:
        """Allow or deny something to a role or a member in one channel."""
        channel.overwrites[target.id] = Overwrite(int(isinstance(target, User)), allow, deny)

    def channel(self, channel_id: int) -> Channel:
        """The channel, or `Unknown Channel`."""
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        raise errors.unknown(10003)

    def guild_of(self, channel: Channel) -> Guild:
        """The guild a channel is in."""
        return self.guilds[channel.guild_id]

    def history(self, channel_id: int) -> ChannelHistory:
        """The messages of a channel."""
        return self.histories[self.channel(channel_id).id]

    def message(self, channel_id: int, message_id: int, viewer: int | None = None) -> Message:
        """The message, or `Unknown Message`, also for another's ephemeral one."""
        message = self.history(channel_id).get(message_id)
        if message is None or message.ephemeral_for not in (None, viewer):
            raise errors.unknown(10008)
        return message

    def permissions(self, channel: Channel, user_id: int) -> int:
        """Permission bits of a user in a channel."""
        return permissions_in(self.guild_of(channel), channel, user_id)

    def require(self, channel: Channel, user_id: int, *needed: Permission) -> None:
        """Refuse with Missing Access or Missing Permissions unless the user has all that is needed."""
        granted = self.permissions(channel, user_id)
        if not granted & Permission.VIEW_CHANNEL:
            raise errors.missing_access()
        if any(not granted & permission for permission in needed):
            raise errors.missing_permissions()

    def is_moderator(self, guild: Guild, user_id: int) -> bool:
        """Whether a member may manage the guild's messages through a role."""
        member = guild.members.get(user_id)
        if member is None:
            return False
        granted = ALL_PERMISSIONS if guild.owner_id == user_id else 0
        for role_id in member.roles:
            granted |= guild.roles[role_id].permissions
        return bool(granted & (Permission.MANAGE_MESSAGES | Permission.ADMINISTRATOR))

    def bot_guilds(self) -> list[Guild]:
        """The guilds the bot is a member of."""
        return [guild for guild in self.guilds.values() if self.bot_id in guild.members]

    def commands_in(self, guild_id: int) -> list[dict[str, Any]]:
        """The commands a member of a guild sees; a guild's own command hides a global one of its name and kind."""
        own = self.commands.get(guild_id, [])
        names = {(command["type"], command["name"]) for command in own}
        return own + [c for c in self.commands.get(None, []) if (c["type"], c["name"]) not in names]
