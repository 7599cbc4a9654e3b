"""Two hundred requests by fifty members at once: none lost, none doubled, ephemeral ones kept apart."""

from __future__ import annotations

import asyncio
import collections
import io

import discord

from bot.playground.user import PlaygroundUser
from bot.playground.world import World
from tests.bot.playground.conftest import picture

MEMBERS, REQUESTS_EACH = 50, 4


async def test_many_members_at_once(start, run_bot):
    world = World.empty()
    owner = world.add_user("owner")
    guild = world.add_guild("Atelier", owner)
    world.add_channel(guild, "restyle")
    for number in range(MEMBERS):
        world.add_member(guild, world.add_user(f"member{number}"))
    playground = await start(world)
    photo = picture(size=(300, 200))

    def prepare(bot) -> None:
        @bot.tree.command(name="restyle", description="Restyle")
        async def restyle(interaction: discord.Interaction, garment: discord.Attachment, note: str) -> None:
            await interaction.response.defer(ephemeral=True)
            assert await garment.read() == photo
            await interaction.channel.send(note, file=discord.File(io.BytesIO(photo), "v.png"))
            await interaction.followup.send(f"done {note}")

    async def ask(person: PlaygroundUser, note: str) -> float:
        return await person.acknowledged(await person.slash("restyle", {"garment": ("g.png", photo)}, note=note))

    async with run_bot(playground, prepare) as bot:
        people = [PlaygroundUser(playground.base_url, f"member{number}") for number in range(MEMBERS)]
        await asyncio.gather(*(person.__aenter__() for person in people))
        jobs = [(person, f"{person.id}-{n}") for person in people for n in range(REQUESTS_EACH)]
        await asyncio.gather(*(ask(person, note) for person, note in jobs))
        for person, note in jobs:
            await person.wait_message(lambda m, n=note: m["content"] == f"done {n}", within=60)
        delivered = collections.Counter(m["content"] for m in people[0].messages.values() if not m["flags"] & 64)
        assert delivered == collections.Counter(note for _, note in jobs)
        private = [m["content"] for m in people[0].messages.values() if m["flags"] & 64]
        assert sorted(private) == [f"done {people[0].id}-{n}" for n in range(REQUESTS_EACH)]
        assert not bot.errors
        await asyncio.gather(*(person.__aexit__(None, None, None) for person in people))
    assert not list((playground.settings.data / "cdn/incoming").iterdir())
