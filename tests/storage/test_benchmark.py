"""The benchmark measures a history that is really there, and prints what it promises."""

from __future__ import annotations

import json
import random
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import app
from storage import RenderFilter, RenderOrder, Store
from storage.benchmark import ASKERS, measure
from storage.sample_data import fill, make_guilds

RENDERS = 1500


async def test_the_made_up_history_is_whole_and_every_kind_of_page_is_timed(tmp_path: Path) -> None:
    dice = random.Random(1)
    guilds = make_guilds(dice)
    fill(tmp_path, RENDERS, guilds, dice)
    async with await Store.open(tmp_path) as store:
        assert await store.check() == []
        counts = [await store.renders.count(guild.guild_id, at_most=RENDERS) for guild in guilds]
        assert sum(counts) == RENDERS and counts == sorted(counts, reverse=True)
        best = (await store.renders.page(guilds[0].guild_id, order=RenderOrder.VOTES)).renders
        assert [render.votes for render in best] == sorted((render.votes for render in best), reverse=True)
        for render in best:
            assert render.votes == sum(variant.votes for variant in render.variants)
            voters = await store.votes.voters(render.id)
            assert {variant.number: variant.votes for variant in render.variants} == {
                number: len(members) for number, members in voters.items()
            }
        assert (await store.renders.page(guilds[0].guild_id, RenderFilter(words="summer"))).renders
    timings = await measure(tmp_path, RENDERS, guilds, 5, dice)
    assert set(timings) == set(ASKERS)
    assert all(len(found) >= 10 and min(timing.seconds for timing in found) > 0 for found in timings.values())


def test_the_command_prints_one_json_object() -> None:
    result = CliRunner().invoke(app, ["benchmark", "storage", "--renders", "300", "--samples", "3", "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert set(figures) == {"renders", "newest_p99_ms", "filtered_p99_ms", "votes_p99_ms", "search_p99_ms"}
    assert figures["renders"] == 300
