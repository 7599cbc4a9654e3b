"""Discord's JSON for the playground's users, members, channels and guilds."""

from __future__ import annotations

from typing import Any

from bot.playground.entities import Channel, Guild, Member, Role, User
from bot.playground.world import World

APPLICATION_FLAGS = 1 << 23


def user_payload(user: User) -> dict[str, Any]:
    """A user as everybody sees it."""
    return {
        "id": str(user.id),
        "username": user.username,
        "discriminator": "0000" if user.bot else "0",
        "global_name": user.global_name,
        "avatar": user.avatar,
        "bot": user.bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def own_user_payload(user: User) -> dict[str, Any]:
    """A user as it sees itself at `/users/@me`."""
    private = {"mfa_enabled": False, "locale": "en-US", "email": None, "verified": True, "premium_type": 0}
    return user_payload(user) | private


def gateway_user_payload(user: User) -> dict[str, Any]:
    """A user as it sees itself in READY."""
    return user_payload(user) | {"mfa_enabled": False, "verified": True, "email": None}


def member_payload(member: Member, user: User | None = None) -> dict[str, Any]:
    """A member, with its user if given."""
    payload = {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": member.joined_at,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    return payload | ({"user": user_payload(user)} if user else {})


def channel_payload(channel: Channel, last_message_id: int | None) -> dict[str, Any]:
    """A text channel."""
    return {
        "id": str(channel.id),
        "type": 0,
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "parent_id": None,
        "last_message_id": str(last_message_id) if last_message_id else None,
        "permission_overwrites": [
            {"id": str(target), "type": overwrite.kind, "allow": str(overwrite.allow), "deny": str(overwrite.deny)}
            for target, overwrite in channel.overwrites.items()
        ],
        "flags": 0,
    }


def role_payload(role: Role) -> dict[str, Any]:
    """A role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _guild_base(guild: Guild) -> dict[str, Any]:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(guild.owner_id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role_payload(role) for role in guild.roles.values()],
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "stickers": [],
        "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None,
        "incidents_data": None,
        "region": "deprecated",
        "max_members": 500_000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
    }


def guild_payload(guild: Guild) -> dict[str, Any]:
    """A guild as REST gives it."""
    rest = {"home_header": None, "widget_enabled": False, "widget_channel_id": None, "nsfw": False}
    return _guild_base(guild) | rest


def gateway_guild_payload(world: World, guild: Guild, *, all_members: bool) -> dict[str, Any]:
    """A guild as GUILD_CREATE gives it; only the bot as member unless the bot may see all."""
    members = guild.members.values() if all_members else [guild.members[world.bot_id]]
    return _guild_base(guild) | {
        "hub_type": None,
        "joined_at": guild.members[world.bot_id].joined_at,
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_payload(member, world.users[member.user_id]) for member in members],
        "channels": [
            channel_payload(channel, world.histories[channel.id].last_id()) for channel in guild.channels.values()
        ],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_payload(world: World) -> dict[str, Any]:
    """The bot's application."""
    owner = next((world.users[guild.owner_id] for guild in world.guilds.values()), world.bot)
    return {
        "id": str(world.bot_id),
        "name": world.bot.global_name or world.bot.username,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user_payload(world.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": user_payload(owner),
        "team": None,
        "verify_key": "0" * 64,
        "flags": APPLICATION_FLAGS,
        "flags_new": str(APPLICATION_FLAGS),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(world.bot_guilds()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_status": 1,
        "event_webhooks_types": [],
        "event_webhooks_url": None,
        "explicit_content_filter": 0,
        "integration_types_config": {"0": {}},
        "tags": [],
        "max_participants": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }
