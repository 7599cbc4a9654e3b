"""The Discord client: intents, commands, buttons, events, wired to what does the work."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.archive import Archive
from bot.buttons.history import OpenMenu, PageButton, PostPageButton, PostRenderButton
from bot.buttons.masks import MaskButton, MaskRenderButton, MaskStepButton
from bot.buttons.progress import CancelButton, RetryButton
from bot.buttons.results import AgainButton, DeleteButton, FullSizeMenu
from bot.buttons.styles import StylePageButton
from bot.command_sync import choose_scope, publish, remove_leftovers
from bot.commands import StyleGroup, help_command, history, restyle
from bot.delivery import Delivery
from bot.discord_clock import DiscordClock
from bot.doorkeeper import Doorkeeper
from bot.errors import explain
from bot.intakes import Intakes
from bot.progress import ProgressBoard
from bot.replies import answer_failure
from bot.settings import Settings
from bot.studio import Studio
from bot.votes import VoteKeeper
from gan.request import Progress
from storage import Store
from storage.models import Job

log = logging.getLogger(__name__)

CONCURRENT_INTAKES = 8
"""Orders whose files are in memory at the same time: bounds the memory, not the acknowledgement."""
SYNC_RETRY_SECONDS = 60.0
GUILD_READY_SECONDS = 0.5
"""How long after the last server's data the bot counts as ready; without member lists there is nothing to wait for."""
PERSISTENT_ITEMS = (
    AgainButton,
    CancelButton,
    DeleteButton,
    FullSizeMenu,
    MaskButton,
    MaskRenderButton,
    MaskStepButton,
    OpenMenu,
    PageButton,
    PostPageButton,
    PostRenderButton,
    RetryButton,
    StylePageButton,
)


def needed_intents() -> discord.Intents:
    """Guilds, their reactions for the votes, and their messages to learn of deletions. None of them is privileged."""
    return discord.Intents(guilds=True, guild_reactions=True, guild_messages=True)


class _Tree(app_commands.CommandTree["RestyleClient"]):
    """The commands, with one place for their errors."""

    async def on_error(
        self, interaction: discord.Interaction[RestyleClient], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer any failure of a command with one sentence."""
        command = interaction.command.qualified_name if interaction.command else "unknown"
        await answer_failure(interaction, error, f"/{command}")


class RestyleClient(discord.Client):
    """The bot as Discord sees it. What it does is elsewhere; here it is wired together.

    Attributes:
        store: the memory.
        studio: makes pictures.
        archive: finds pictures.
        doorkeeper: knows who may see what.
        progress: shows where jobs stand.
        votes: counts reactions.
        delivery: posts results.
        intake_slots: bounds how many orders are read at the same time.
        intakes: the orders on their way into the queue.
    """

    def __init__(self, store: Store, studio: Studio, settings: Settings, clock: DiscordClock) -> None:
        super().__init__(
            intents=needed_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=GUILD_READY_SECONDS,
            http_trace=clock.trace(),
        )
        self.store = store
        self._clock = clock
        self.studio = studio
        self.archive = Archive(store, settings.zone)
        self.doorkeeper = Doorkeeper()
        self.progress = ProgressBoard(self, studio, settings.progress_seconds)
        self.votes = VoteKeeper(self, store, settings.standing_seconds)
        self.delivery = Delivery(self, store, self.votes, self.progress)
        self.intake_slots = asyncio.Semaphore(CONCURRENT_INTAKES)
        self.intakes = Intakes(self.intake_slots)
        self.tree = _Tree(self, allowed_contexts=app_commands.AppCommandContext(guild=True))
        self._commands_guild_id = settings.commands_guild_id
        self._background: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Register commands and persistent buttons before the first event."""
        commands: list[app_commands.Command[Any, ..., Any] | app_commands.Group]
        commands = [restyle, history, help_command, StyleGroup()]
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(*PERSISTENT_ITEMS)
        for job in await self.store.jobs.queued():
            self.progress.track(job)
        for work in (self.progress.run(), self._deliver(), self._publish_commands()):
            self._background.add(asyncio.create_task(work))

    async def close(self) -> None:
        """Stop what runs in the background, then disconnect."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.progress.close()
        await self.votes.close()
        await super().close()

    async def read_file(self, path: Path) -> bytes:
        """Read a small file off the event loop."""
        return await asyncio.to_thread(path.read_bytes)

    async def on_ready(self) -> None:
        """Catch up with what happened without a connection; a resumed one replays its events instead."""
        assert self.user is not None
        log.info("connected as %s in %d servers", self.user, len(self.guilds))
        self.delivery.wake()
        if self._clock.confirmed:
            await self.store.renders.bring_back_from_future(datetime.fromtimestamp(self._clock(), UTC))
        await self.votes.reconcile()

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """A vote."""
        await self.votes.added(event)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """A vote taken back."""
        await self.votes.removed(event)

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """All votes on a message taken back by a moderator."""
        await self.votes.cleared(event)

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """All votes for a variant taken back by a moderator."""
        await self.votes.cleared_emoji(event)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A result deleted, by whomever."""
        await self.votes.message_deleted(event.message_id)

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages deleted at once."""
        for message_id in event.message_ids:
            await self.votes.message_deleted(message_id)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log what went wrong in an event; nobody waits for an answer."""
        log.exception("the event %s was not handled", event_method)

    def job_started(self, job: Job) -> None:
        """See `JobListener`."""
        self.progress.started(job)

    def job_progressed(self, job_id: str, progress: Progress) -> None:
        """See `JobListener`."""
        self.progress.progressed(job_id, progress)

    def job_requeued(self, job: Job) -> None:
        """See `JobListener`."""
        self.progress.requeued(job)

    def job_rendered(self, job_id: str) -> None:
        """See `JobListener`."""
        self.progress.finished(job_id)
        self.delivery.ended(job_id)

    def job_failed(self, job: Job) -> None:
        """See `JobListener`."""
        self.progress.finished(job.id)
        self.delivery.ended(job.id)

    async def _deliver(self) -> None:
        await self.wait_until_ready()
        await self.delivery.run()

    async def _publish_commands(self) -> None:
        """Tell Discord the commands, again and again while it is in trouble: the buttons work meanwhile."""
        guild = choose_scope(self, self._commands_guild_id)
        while True:
            try:
                await publish(self, guild)
                await self.wait_until_ready()
                await remove_leftovers(self, guild)
                return
            except Exception as error:
                log.error("the commands cannot be published: %s", explain(error).cause)
                await asyncio.sleep(SYNC_RETRY_SECONDS)
