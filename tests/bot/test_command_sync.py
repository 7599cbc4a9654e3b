"""Every command is known to Discord once, whatever COMMANDS_GUILD_ID was before."""

import pytest

from tests.bot.conftest import House, PlainPool
from tests.bot.reading import eventually

NAMES = ["help", "history", "restyle", "style"]


def published(playground):
    """The names of the commands by scope; None is for all servers."""
    return {scope: sorted(command["name"] for command in known) for scope, known in playground.world.commands.items()}


@pytest.mark.parametrize("tried_first", [True, False])
async def test_commands_are_in_one_place_after_a_server_was_named_and_after_it_no_longer_is(
    playground, settings, tried_first
):
    guild_id = next(iter(playground.world.guilds))
    house = House(playground, settings, PlainPool())
    for in_server in (tried_first, not tried_first):
        settings.commands_guild_id = guild_id if in_server else None
        await house.start()
        expected = {None: [] if in_server else NAMES, guild_id: NAMES if in_server else []}
        await eventually(lambda wanted=expected: {None: [], guild_id: []} | published(playground) == wanted)
        user = await house.member()
        assert sorted(command["name"] for command in user.state["commands"]) == NAMES
        await house.stop()
    await house.close()
