"""The messages of one channel in the order of their ids, and how a client pages through them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from bot.playground.entities import Message


class ChannelHistory:
    """Messages by id; ids only grow, so the newest is always the last."""

    def __init__(self) -> None:
        self._messages: dict[int, Message] = {}
        self._ids: list[int] = []

    def __iter__(self) -> Iterator[Message]:
        return (self._messages[message_id] for message_id in self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, message: Message) -> None:
        """Keep a message; one with the same id is replaced."""
        if message.id not in self._messages:
            self._ids.insert(bisect_left(self._ids, message.id), message.id)
        self._messages[message.id] = message

    def get(self, message_id: int) -> Message | None:
        """The message, or None."""
        return self._messages.get(message_id)

    def remove(self, message_id: int) -> None:
        """Forget a message; nothing happens if it is not there."""
        if self._messages.pop(message_id, None) is not None:
            del self._ids[bisect_left(self._ids, message_id)]

    def last_id(self) -> int | None:
        """Id of the newest message that everybody sees."""
        newest = self.page(1)
        return newest[0].id if newest else None

    def page(
        self,
        limit: int,
        *,
        viewer: int | None = None,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
    ) -> list[Message]:
        """Messages newest first, as `GET /channels/{id}/messages` gives them.

        Args:
            limit: at most so many.
            viewer: whose ephemeral messages are included; None leaves all of them out.
            before: only messages older than this id.
            after: only messages newer than this id, the oldest of those first in line.
            around: half of the page on either side of this id.
        """
        if around is not None:
            half = limit // 2
            newer = self._take(bisect_right(self._ids, around), 1, half, viewer)
            older = self._take(bisect_right(self._ids, around) - 1, -1, limit - len(newer), viewer)
            return newer[::-1] + older
        if after is not None:
            return self._take(bisect_right(self._ids, after), 1, limit, viewer)[::-1]
        end = len(self._ids) if before is None else bisect_left(self._ids, before)
        return self._take(end - 1, -1, limit, viewer)

    def _take(self, start: int, step: int, limit: int, viewer: int | None) -> list[Message]:
        taken: list[Message] = []
        index = start
        while 0 <= index < len(self._ids) and len(taken) < limit:
            message = self._messages[self._ids[index]]
            if message.ephemeral_for is None or message.ephemeral_for == viewer:
                taken.append(message)
            index += step
        return taken
