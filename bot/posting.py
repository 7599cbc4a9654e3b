"""One result on its way into its channel: looked for, posted, or put in place of the one that it corrects."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord

from bot.buttons.results import result_rows
from bot.card_files import card_files, file_limit, upload
from bot.cards import CardFile, result_card
from bot.discord_codes import REQUEST_TOO_LARGE, UNKNOWN_MESSAGE, UNREACHABLE
from storage import Store
from storage.models import Job, Render

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(minutes=2)
LOOK_THROUGH = 1000
"""How many messages after an order are looked through for its answer before that is posted again."""
SMALLEST_SHRINK = 8
CALLED_AFTER = timedelta(minutes=1)
"""Who waited longer than this may have turned to something else, and is called when the result is there."""


class UndeliverableError(Exception):
    """Nothing that the bot can do will bring this result to its channel; the message is the cause."""


class SubjectDeletedError(Exception):
    """The result that was to be corrected is not there any more."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a result is shown.

    Attributes:
        message: that message.
        taken_over: it was there before, so that members may have voted on it already.
    """

    message: discord.PartialMessage
    taken_over: bool


class ResultPost:
    """Brings a job's result to its channel in exactly one message, however often `bring` is called."""

    def __init__(self, client: discord.Client, store: Store, job: Job, *, may_be_posted: bool) -> None:
        """Prepare to post.

        Args:
            client: connected.
            store: where the render and its pictures are.
            job: rendered.
            may_be_posted: a former process may have posted it; the channel is looked through first.
        """
        self.job = job
        self._client = client
        self._store = store
        self._may_be_posted = may_be_posted
        self._posted: Posted | None = None
        self._files: list[CardFile] | None = None
        self._shrink = 1

    async def render(self) -> Render:
        """What is to be shown, with its votes as they stand."""
        render = await self._store.renders.get(self.job.guild_id, self.job.id)
        assert render is not None, "a rendered job has a render of the same id"
        return render

    async def bring(self) -> Posted:
        """Make sure that the channel shows the render in exactly one message.

        Raises:
            UndeliverableError: the channel cannot be reached any more.
            SubjectDeletedError: there is no message to replace any more.
            ImageError: one of the pictures is gone.
        """
        if self._posted is None:
            try:
                self._posted = await self._bring(await self.render())
            except discord.HTTPException as error:
                if error.code == UNKNOWN_MESSAGE and self.job.replaces_message_id is not None:
                    raise SubjectDeletedError from error
                if error.code in UNREACHABLE:
                    raise UndeliverableError(UNREACHABLE[error.code]) from error
                raise
        return self._posted

    async def _bring(self, render: Render) -> Posted:
        channel = self._client.get_partial_messageable(self.job.channel_id, guild_id=self.job.guild_id)
        if self.job.replaces_message_id is not None:
            message = channel.get_partial_message(self.job.replaces_message_id)
            await message.edit(view=result_card(render, result_rows(render)), attachments=await self._uploads(render))
            return Posted(message, taken_over=True)
        looks, self._may_be_posted = self._may_be_posted, True
        if looks and (found := await find_posted(self._client, channel, self.job, f"restyle:delete:{self.job.id}")):
            return Posted(channel.get_partial_message(found), taken_over=True)
        return Posted(channel.get_partial_message(await self._post(channel, render)), taken_over=False)

    async def _post(self, channel: discord.PartialMessageable, render: Render) -> int:
        while True:
            files = await self._uploads(render)
            view = result_card(render, result_rows(render))
            called = call_for(self.job) if discord.utils.utcnow() - self.job.created_at > CALLED_AFTER else None
            try:
                message = await channel.send(
                    view=view, files=files, nonce=f"restyle-{render.id}", allowed_mentions=called or call_for(None)
                )
                return message.id
            except discord.HTTPException as error:
                if error.code != REQUEST_TOO_LARGE and error.status != 413:
                    raise
                if self._shrink >= SMALLEST_SHRINK:
                    raise UndeliverableError("Discord refuses even small files here") from error
                log.warning("job %s: too large for the channel, sending smaller pictures", render.id)
                self._shrink, self._files = self._shrink * 2, None

    async def _uploads(self, render: Render) -> list[discord.File]:
        """The files to send; they are encoded once, and again only when they were too large."""
        if self._files is None:
            limit = file_limit(self._client.get_guild(render.guild_id))
            self._files = await card_files(render, self._store.images, limit, shrink=self._shrink)
        return upload(self._files)


def call_for(job: Job | None) -> discord.AllowedMentions:
    """Whom a message about a job may notify: the member who asked, or nobody."""
    users = [discord.Object(job.member_id)] if job else False
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=users)


async def find_posted(
    client: discord.Client, channel: discord.PartialMessageable, job: Job, custom_id: str
) -> int | None:
    """The message with a button of that custom_id that a predecessor posted for the job before it died, if it did."""
    assert client.user is not None
    async for message in channel.history(limit=LOOK_THROUGH, after=_order_of(job), oldest_first=True):
        if message.author.id == client.user.id and _carries(message, custom_id):
            log.info("job %s: was posted already as message %d", job.id, message.id)
            return message.id
    return None


def _order_of(job: Job) -> discord.Object:
    """A message that is older than any answer to the job, by Discord's clock: ours may be wrong."""
    if job.progress_message_id is not None:
        return discord.Object(job.progress_message_id)
    return discord.Object(discord.utils.time_snowflake(job.created_at - LOOK_BACK))


def _carries(message: discord.Message, custom_id: str) -> bool:
    """Whether one of the message's buttons has that custom_id, however deep it lies."""
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop()
        if getattr(component, "custom_id", None) == custom_id:
            return True
        waiting.extend(getattr(component, "children", ()))
    return False
