"""Votes: which members back which variants of a render, and the totals kept beside them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from storage.database import Database
from storage.models import Tally


class Votes:
    """The votes on all renders. Every call may be repeated: a vote cast twice is one vote."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cast(self, message_id: int, number: int, member_id: int) -> Tally | None:
        """Count a member's vote for a variant of the render that the message shows; None when there is no such variant."""
        raise NotImplementedError

    async def withdraw(self, message_id: int, number: int, member_id: int) -> Tally | None:
        """Take a member's vote back; None when the message shows no such variant."""
        raise NotImplementedError

    async def clear(self, message_id: int) -> Tally | None:
        """Take back all votes on the render that the message shows; None when it shows none."""
        raise NotImplementedError

    async def clear_variant(self, message_id: int, number: int) -> Tally | None:
        """Take back all votes for one variant; None when the message shows no such variant."""
        raise NotImplementedError

    async def replace_all(self, render_id: str, voters: Mapping[int, AbstractSet[int]]) -> Tally:
        """Make the votes of a render exactly `voters` (member ids by variant number); unknown numbers are ignored.

        Raises:
            RenderNotFoundError: there is no such render.
        """
        raise NotImplementedError

    async def tally(self, render_id: str) -> Tally | None:
        """Return the standing of a render (`changed` is False), or None when there is none."""
        raise NotImplementedError

    async def voters(self, render_id: str) -> dict[int, frozenset[int]]:
        """Return the member ids by variant number; variants without votes included."""
        raise NotImplementedError
