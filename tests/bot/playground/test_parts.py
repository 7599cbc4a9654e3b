"""The small parts: names, emoji, ids, permissions."""

from __future__ import annotations

import base64

import pytest

from bot.playground.bot_token import is_token, mint_token
from bot.playground.cdn_store import sniff
from bot.playground.emoji import normalize_emoji
from bot.playground.filenames import clean_filename
from bot.playground.forms.commands import is_command_name
from bot.playground.permissions import ALL_PERMISSIONS, Permission, permissions_in
from bot.playground.snowflake import SnowflakeFactory, created_at, parse_snowflake
from bot.playground.world import World
from tests.bot.playground.conftest import picture


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("my file (1).png", "my_file_1.png"),
        ("_hidden.png", "hidden.png"),
        ("../../etc/passwd", "etc_passwd"),
        ("..", "unknown"),
        ("日本.png", "png"),
        ("é.jpg", "e.jpg"),
        ("a" * 300 + ".png", "a" * 176 + ".png"),
        ("\ud800.png", "png"),
    ],
)
def test_clean_filenames(given, clean):
    assert clean_filename(given) == clean


@pytest.mark.parametrize("text", ["👍", "1️⃣", "❤️", "🏳️‍🌈", "👨‍👩‍👧", "🇳🇱", "✂️", "🔁", "🗑️", "👍🏽", "#️⃣"])
def test_emoji(text):
    assert normalize_emoji(text) == text


def test_keycaps_have_one_spelling():
    assert normalize_emoji("1\u20e3") == "1️⃣"


@pytest.mark.parametrize("text", ["", "a", "1", "thumbsup", ":+1:", "👍👍", "👍 ", "name:123", "\u200d", "x" * 500])
def test_no_emoji(text):
    assert normalize_emoji(text) is None


def test_snowflakes_only_grow():
    factory = SnowflakeFactory()
    ids = [factory.next() for _ in range(5000)]
    assert ids == sorted(set(ids))
    factory.seen(ids[-1] + 10**9)
    assert factory.next() > ids[-1] + 10**9
    assert abs(created_at(ids[0]).timestamp() - created_at(ids[-1]).timestamp()) < 60
    assert [parse_snowflake(x) for x in ("12", 12, "-1", "²", "1" * 21, True, None, 2**64)] == [12, 12] + [None] * 6


def test_tokens_carry_the_application():
    token = mint_token(1234567890123456789)
    first = token.split(".")[0]
    assert base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)) == b"1234567890123456789"
    assert is_token(f"Bot {token}", token) and is_token(token, token)
    assert not any(is_token(wrong, token) for wrong in (None, "", "Bot ", token[:-1], 5))


def test_command_names():
    assert all(map(is_command_name, ("restyle", "style-1", "à-la-mode", "日本")))
    assert not any(map(is_command_name, ("", "Restyle", "a b", "a" * 33, "a!")))


def test_permissions_follow_roles_then_overwrites():
    world = World.empty()
    owner, member = world.add_user("owner"), world.add_user("member")
    guild = world.add_guild("g", owner)
    channel = world.add_channel(guild, "c")
    loud = world.add_role(guild, "loud", 0)
    assert permissions_in(guild, channel, member.id) == 0
    world.add_member(guild, member, loud)
    assert permissions_in(guild, channel, owner.id) == ALL_PERMISSIONS
    world.overwrite(channel, guild.roles[guild.id], deny=Permission.SEND_MESSAGES)
    assert not permissions_in(guild, channel, member.id) & Permission.SEND_MESSAGES
    world.overwrite(channel, loud, allow=Permission.SEND_MESSAGES)
    assert permissions_in(guild, channel, member.id) & Permission.SEND_MESSAGES
    world.overwrite(channel, member, deny=Permission.VIEW_CHANNEL)
    assert permissions_in(guild, channel, member.id) == 0
    loud.permissions = int(Permission.ADMINISTRATOR)
    assert permissions_in(guild, channel, member.id) == ALL_PERMISSIONS


def test_sniffing_trusts_the_bytes():
    assert sniff(picture(kind="JPEG"), "a.png") == ("image/jpeg", 24, 16)
    assert sniff(b"no picture", "a.txt") == ("text/plain", None, None)
    assert sniff(b"\x00" * 10, "a")[0] == "application/octet-stream"
