"""Made-up histories, as large and as skewed as wanted, to measure and test with."""

from __future__ import annotations

import hashlib
import math
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from storage import history
from storage.database import connect, in_transaction
from storage.ids import ALPHABET, ID_LENGTH
from storage.migrations import migrate
from storage.store import DATABASE_NAME

MODES = ("auto", "print", "paint", "palette")
WORDS = """
    summer winter spring autumn sample client final draft linen cotton silk denim wool jersey navy gingham floral
    tartan dots stripes bold quiet large small sleeve collar hem pocket lapel cushion curtain scarf tote sneaker
    dress shirt jacket skirt trousers coat lookbook launch proof rework swatch archive warm cool pastel neon earthy
    vintage
""".split()  # noqa: SIM905 (a list of fifty literals reads worse)
RARE_WORDS = 20_000
MAX_VARIANTS = 4
GARMENTS = 4000
BATCH = 20_000
SPAN = timedelta(days=900)
START = datetime(2024, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guild:
    """A made-up guild: how many of all renders are its own, and who and what is in it."""

    guild_id: int
    share: float
    members: tuple[int, ...] = field(repr=False)
    styles: tuple[str, ...] = field(repr=False)


def make_guilds(dice: random.Random) -> tuple[Guild, ...]:
    """Draw six guilds, from one with half of all renders to one with a hundredth."""
    return tuple(
        Guild(
            guild_id=dice.getrandbits(60),
            share=share,
            members=tuple(dice.getrandbits(60) for _ in range(members)),
            styles=tuple(f"{dice.choice(WORDS)} {dice.choice(WORDS)} {number}" for number in range(members * 3)),
        )
        for share, members in ((0.5, 200), (0.2, 60), (0.15, 40), (0.1, 25), (0.04, 8), (0.01, 3))
    )


def fill(folder: Path, renders: int, guilds: tuple[Guild, ...], dice: random.Random) -> None:
    """Fill a fresh database with renders and votes as skewed as a team's: few members, styles and words do the most."""
    connection = connect(folder / DATABASE_NAME)
    try:
        migrate(connection)
        rows = _rows(renders, guilds, dice)
        for start in range(0, renders, BATCH):
            count = min(BATCH, renders - start)
            in_transaction(connection, partial(_insert, rows=rows, count=count))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def skewed(dice: random.Random, count: int) -> int:
    """Return an index below `count`, small ones far more often (about Zipf's law)."""
    return min(int(math.exp(dice.random() * math.log(count + 1))) - 1, count - 1)


def _rows(renders: int, guilds: tuple[Guild, ...], dice: random.Random) -> Iterator[Row]:
    shares = [guild.share for guild in guilds]
    step = SPAN / renders
    for number in range(1, renders + 1):
        guild = dice.choices(guilds, shares)[0]
        words = [WORDS[skewed(dice, len(WORDS))] for _ in range(dice.randrange(5))]
        words += [f"look{skewed(dice, RARE_WORDS)}"]
        named = dice.random() < 0.6
        yield {
            "seq": number,
            "id": "".join(dice.choices(ALPHABET, k=ID_LENGTH - 4)) + _last_digits(number),
            "guild_id": guild.guild_id,
            "channel_id": number % 40,
            "message_id": number,
            "member_id": guild.members[skewed(dice, len(guild.members))],
            "member_name": "A member",
            "garment_sha": image_sha("garment", guild.guild_id, skewed(dice, GARMENTS)),
            "style_sha": image_sha("style", guild.guild_id, skewed(dice, 2000)),
            "mode": dice.choices(MODES, (6, 3, 1, 0.5))[0],
            "style_name": guild.styles[skewed(dice, len(guild.styles))] if named else None,
            "note": " ".join(words),
            "options": '{"scale": 1.0, "seed": 1, "strength": 100, "variants": 4}',
            "seconds": 8.0,
            "votes": draw_votes(dice),
            "created_at": int((START + step * number).timestamp() * 1000),
        }


def _last_digits(number: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in (15, 10, 5, 0))


def draw_votes(dice: random.Random) -> int:
    """Draw the votes of a render: most have none or one, a few have many."""
    return min(int(dice.expovariate(0.6)), 60)


def image_sha(kind: str, guild_id: int, number: int) -> str:
    """Return the name of a made-up picture."""
    return hashlib.sha256(f"{kind} {guild_id} {number}".encode()).hexdigest()


def _insert(connection: sqlite3.Connection, rows: Iterator[Row], count: int) -> None:
    batch = list(islice(rows, count))
    marks = ", ".join(f":{name}" for name in batch[0])
    connection.executemany(f"INSERT INTO renders ({', '.join(batch[0])}) VALUES ({marks})", batch)
    connection.executemany(
        "INSERT INTO variants (render_seq, number, image_sha, mode, scale, angle, seed, width, height, votes) "
        "VALUES (?, ?, ?, ?, 1.0, 0.0, ?, 1024, 1024, ?)",
        (variant for row in batch for variant in _variants(row)),
    )
    connection.executemany(
        "INSERT INTO votes (render_seq, number, member_id, cast_at) VALUES (?, ?, ?, 0)",
        ((row["seq"], voter % MAX_VARIANTS + 1, voter) for row in batch for voter in range(row["votes"])),
    )
    history.add_many(connection, batch[0]["seq"], batch[-1]["seq"])


def _variants(row: Row) -> Iterator[tuple[object, ...]]:
    for number in range(1, MAX_VARIANTS + 1):
        mode = MODES[1 + (number + row["seq"]) % 3] if row["mode"] == "auto" else row["mode"]
        votes = len(range(number - 1, row["votes"], MAX_VARIANTS))
        yield row["seq"], number, f"{row['seq']:060x}{number:04x}", mode, number, votes
