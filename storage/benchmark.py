"""How fast the history pages: a database of many renders is filled, then pages are timed through the public API."""

from __future__ import annotations

import asyncio
import logging
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from storage.cursors import Cursor
from storage.history import key_of
from storage.models import RenderFilter, RenderOrder, RenderPage
from storage.sample_data import (
    GARMENTS,
    MODES,
    RARE_WORDS,
    SPAN,
    START,
    WORDS,
    Guild,
    draw_votes,
    fill,
    image_sha,
    make_guilds,
    skewed,
)
from storage.store import Store

logger = logging.getLogger(__name__)

SEED = 20
SLOWEST_LOGGED = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One way to look at a guild's history."""

    guild: Guild
    where: RenderFilter
    order: RenderOrder


Asker = Callable[[random.Random, Guild], Question]


def ask_newest(dice: random.Random, guild: Guild) -> Question:
    """Ask for everything, newest first."""
    return Question(guild, RenderFilter(), RenderOrder.NEWEST)


def ask_filtered(dice: random.Random, guild: Guild) -> Question:
    """Ask by one to five of member, style, garment, mode and dates: favourites and rarities alike."""
    return Question(guild, _draw_filter(dice, guild), RenderOrder.NEWEST)


def ask_votes(dice: random.Random, guild: Guild) -> Question:
    """Ask by votes, half of the time with a filter."""
    return Question(guild, _draw_filter(dice, guild) if dice.random() < 0.5 else RenderFilter(), RenderOrder.VOTES)


def ask_search(dice: random.Random, guild: Guild) -> Question:
    """Ask for one to three words, common or rare, often with a filter, in either order."""
    words = [
        WORDS[skewed(dice, len(WORDS))] if dice.random() < 0.8 else f"look{dice.randrange(RARE_WORDS)}"
        for _ in range(dice.randint(1, 3))
    ]
    where = _draw_filter(dice, guild) if dice.random() < 0.5 else RenderFilter()
    return Question(guild, replace(where, words=" ".join(words)), dice.choice(tuple(RenderOrder)))


ASKERS: dict[str, Asker] = {
    "newest": ask_newest,
    "filtered": ask_filtered,
    "votes": ask_votes,
    "search": ask_search,
}


def _draw_filter(dice: random.Random, guild: Guild) -> RenderFilter:
    frequent = dice.random() < 0.5
    wanted = dice.sample(("member", "style", "garment", "mode", "dates"), dice.choice((1, 1, 2, 2, 3, 4)))

    def pick(count: int) -> int:
        return skewed(dice, count) if frequent else dice.randrange(count)

    since = START + SPAN * dice.random()
    return RenderFilter(
        member_id=guild.members[pick(len(guild.members))] if "member" in wanted else None,
        style=guild.styles[pick(len(guild.styles))] if "style" in wanted else None,
        garment_sha=image_sha("garment", guild.guild_id, pick(GARMENTS)) if "garment" in wanted else None,
        mode=MODES[dice.randrange(len(MODES))] if "mode" in wanted else None,
        since=since if "dates" in wanted else None,
        until=since + timedelta(days=dice.choice((1, 7, 30, 400))) if "dates" in wanted else None,
    )


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one page took, on the wall and on this process's processors."""

    seconds: float
    cpu_seconds: float
    question: Question
    page: str


async def _time_pages(store: Store, question: Question, renders: int, dice: random.Random) -> list[Timing]:
    timings: list[Timing] = []

    async def turn(name: str, cursor: str | None) -> RenderPage:
        started, cpu_started = time.perf_counter(), time.process_time()
        page = await store.renders.page(question.guild.guild_id, question.where, question.order, cursor)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
        timings.append(Timing(seconds, cpu_seconds, question, name))
        return page

    first = await turn("first", None)
    if first.next:
        await turn("next", first.next)
    deep = await turn("deep", _deep_cursor(question.order, renders, dice))
    if deep.previous:
        await turn("previous", deep.previous)
    return timings


def _deep_cursor(order: RenderOrder, renders: int, dice: random.Random) -> str:
    seq = dice.randrange(1, renders + 1)
    return str(Cursor(seq if order is RenderOrder.NEWEST else key_of(draw_votes(dice), seq), backward=False))


async def measure(
    folder: Path, renders: int, guilds: tuple[Guild, ...], samples: int, dice: random.Random
) -> dict[str, list[Timing]]:
    """Time pages of every kind through the public API.

    Args:
        folder: a filled data folder.
        renders: how many renders it holds.
        guilds: whose they are.
        samples: how many questions of each kind; each is asked for its first page, the one after, a page somewhere deep
            down and the page before that.
        dice: draws the questions.

    Returns:
        By kind of question, the time of every page.
    """
    timings: dict[str, list[Timing]] = {}
    async with await Store.open(folder) as store:
        for guild in guilds:
            # Opens the readers' connections; a bot that runs has them open.
            await _time_pages(store, ask_newest(dice, guild), renders, dice)
        for kind, ask in ASKERS.items():
            questions = [ask(dice, dice.choice(guilds)) for _ in range(samples)]
            timings[kind] = [
                timing for question in questions for timing in await _time_pages(store, question, renders, dice)
            ]
    return timings


def percentile_99(values: Iterable[float]) -> float:
    """Return the value that 99 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]


def run(renders: int, samples: int) -> dict[str, float]:
    """Fill a temporary database, time its pages and return the figures (`…_p99_ms` in milliseconds)."""
    dice = random.Random(SEED)
    guilds = make_guilds(dice)
    with tempfile.TemporaryDirectory(prefix="restyle-benchmark-") as name:
        started = time.perf_counter()
        fill(Path(name), renders, guilds, dice)
        logger.info("Filled %d renders in %.0f s", renders, time.perf_counter() - started)
        timings = asyncio.run(measure(Path(name), renders, guilds, samples, dice))
    for kind, measured in timings.items():
        # On a busy machine the wall time is mostly waiting for a processor.
        cpu_seconds = percentile_99(timing.cpu_seconds for timing in measured)
        logger.info("%s: p99 of processor time %.1f ms over %d pages", kind, cpu_seconds * 1000, len(measured))
        for slow in sorted(measured, key=lambda timing: timing.seconds)[-SLOWEST_LOGGED:]:
            logger.debug("%s: %.1f ms for the %s page of %s", kind, slow.seconds * 1000, slow.page, slow.question)
    figures = {kind: percentile_99(timing.seconds for timing in measured) for kind, measured in timings.items()}
    return {"renders": renders, **{f"{kind}_p99_ms": round(seconds * 1000, 3) for kind, seconds in figures.items()}}
