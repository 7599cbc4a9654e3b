"""The search terms of a render: what the history's inverted index knows it by.

A term is always scoped to a guild, so that one guild's lists never grow with another's. Member and mode are part of
the scope too: each combination has a list of its own, so that a page filtered by both is read off one list instead of
meeting two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from storage.models import RenderFilter

MAX_WORD_LENGTH = 64
# East Asian scripts write no spaces between words: there every character is a word.
_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_WORD = re.compile(rf"{_UNSPACED}|(?:(?!{_UNSPACED})\w)+|[^\w\s]")
_SHA_PREFIX = 20


@dataclass(frozen=True, slots=True)
class Indexed:
    """What of a render is indexed.

    Attributes:
        modes: the mode asked for and those of the variants.
    """

    guild_id: int
    member_id: int
    modes: frozenset[str]
    style_name: str | None
    style_sha: str
    garment_sha: str
    note: str


def words_of(text: str) -> list[str]:
    """Split any text into words to search by: case, accents and punctuation do not matter, emoji are words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    found = (word[:MAX_WORD_LENGTH] for word in _WORD.findall(unicodedata.normalize("NFKC", plain)))
    return list(dict.fromkeys(word for word in found if len(word) > 1 or _is_word(word)))


def terms_of(render: Indexed) -> str:
    """Return the terms of a render, separated by spaces, in an order that is always the same."""
    return " ".join(dict.fromkeys(_terms_of(render)))


def terms_wanted(guild_id: int, where: RenderFilter) -> list[str]:
    """Return the terms that a render must have to match; dates are not among them.

    A word that the index cannot know (a filter of punctuation only) asks for nothing.
    """
    guild, members = _scope(guild_id), _scope(guild_id, where.member_id)
    wanted = [f"{members}:s:{word}" for word in words_of(where.style or "")]
    wanted += [f"{guild}:n:{word}" for word in words_of(where.words or "")]
    wanted += [_image_term(guild, "a", where.garment_sha)] if where.garment_sha else []
    wanted += [_image_term(guild, "i", where.style_sha)] if where.style_sha else []
    if where.mode:
        wanted.append(_mode_term(members, where.mode))
    elif where.member_id is not None or not wanted:
        wanted.append(members)
    return wanted


def match_expression(terms: Iterable[str]) -> str:
    """Return the full-text query that asks for all terms."""
    return " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)


def _terms_of(render: Indexed) -> Iterator[str]:
    guild, member = _scope(render.guild_id), _scope(render.guild_id, render.member_id)
    yield guild
    yield member
    for mode in sorted(render.modes):
        yield _mode_term(guild, mode)
        yield _mode_term(member, mode)
    for word in words_of(render.style_name or ""):
        yield f"{guild}:s:{word}"
        yield f"{member}:s:{word}"
    yield _image_term(guild, "a", render.garment_sha)
    yield _image_term(guild, "i", render.style_sha)
    for word in words_of(render.note):
        yield f"{guild}:n:{word}"


def _scope(guild_id: int, member_id: int | None = None) -> str:
    return f"g{guild_id:x}" if member_id is None else f"g{guild_id:x}:m{member_id:x}"


def _mode_term(scope: str, mode: str) -> str:
    return f"{scope}:o:{_plain(mode)}"


def _image_term(guild: str, role: str, sha: str) -> str:
    return f"{guild}:{role}:{_plain(sha)[:_SHA_PREFIX]}"


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    # A term must be a single token of the index, whatever a caller filters by.
    return re.sub(r"[^0-9a-z]+", "", text.casefold())


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) == "So"
