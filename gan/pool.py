"""Where renders run. The bot knows only `RenderPool`; a cluster back end can implement it without the bot noticing."""

from __future__ import annotations

from typing import Protocol

from gan.request import ProgressCallback, RenderRequest, RenderResult


class WorkerCrashedError(Exception):
    """The process that rendered the request died; the request may be tried again."""


class RenderPool(Protocol):
    """Renders requests outside the caller's process."""

    @property
    def capacity(self) -> int:
        """How many requests can render at the same time."""

    async def start(self) -> None:
        """Start the workers; returns once they can take requests."""

    async def render(self, request: RenderRequest, on_progress: ProgressCallback) -> RenderResult:
        """Render one request.

        Cancelling the awaiting task stops the render.

        Raises:
            RenderError: the request cannot be rendered; its message is for the person who asked.
            WorkerCrashedError: the worker died under it.
        """

    async def close(self) -> None:
        """Stop the workers."""
