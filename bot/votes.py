"""Reactions under results become votes: raw events as they come, the messages themselves after a gap."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import discord

from bot.buttons.results import result_rows
from bot.cards import result_card
from bot.discord_codes import UNKNOWN_MESSAGE
from bot.errors import explain
from bot.pacing import PacedEditor
from bot.wording import vote_emoji, vote_number
from storage import Store
from storage.models import Render, Tally

log = logging.getLogger(__name__)
Result = TypeVar("Result")

RECONCILED_SPAN = timedelta(days=14)
REMEMBERED_MESSAGES = 512


class VoteKeeper:
    """Keeps the votes equal to the reactions under the messages; bots do not count."""

    def __init__(self, client: discord.Client, store: Store, standing_seconds: float) -> None:
        self._client = client
        self._store = store
        self._editor = PacedEditor(standing_seconds)
        # Reactions, and even the deletion, can arrive between the post of a message and its record.
        self._unrecorded: OrderedDict[int, None] = OrderedDict()
        self._deleted: OrderedDict[int, None] = OrderedDict()
        # Messages being read now, and whether reactions came meanwhile that the reading may have missed.
        self._reading: dict[int, bool] = {}
        self._reconciling = asyncio.Lock()

    async def added(self, event: discord.RawReactionActionEvent) -> None:
        """Count a reaction."""
        number = vote_number(event.emoji.name)
        if number is not None and not self._is_bot(event):
            tally = await self._store.votes.cast(event.message_id, number, event.user_id)
            await self._changed(event.message_id, tally)

    async def removed(self, event: discord.RawReactionActionEvent) -> None:
        """Take a reaction's vote back."""
        number = vote_number(event.emoji.name)
        if number is not None and not self._is_bot(event):
            tally = await self._store.votes.withdraw(event.message_id, number, event.user_id)
            await self._changed(event.message_id, tally)

    async def cleared(self, event: discord.RawReactionClearEvent) -> None:
        """Take back all votes on a message."""
        await self._changed(event.message_id, await self._store.votes.clear(event.message_id))

    async def cleared_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """Take back all votes for one variant."""
        if number := vote_number(event.emoji.name):
            await self._changed(event.message_id, await self._store.votes.clear_variant(event.message_id, number))

    async def message_deleted(self, message_id: int) -> None:
        """Hide the render whose message was deleted, however that happened."""
        if await self._store.renders.hide_message(message_id):
            log.info("message %d was deleted: its render left the history", message_id)
        else:
            _remember(self._deleted, message_id)

    async def invite(self, message: discord.PartialMessage, render: Render) -> None:
        """Put one reaction a variant under a result for members to press; without them members can add their own."""
        try:
            for variant in render.variants:
                await message.add_reaction(vote_emoji(variant.number))
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            log.warning("render %s: no reactions added: %s %s", render.id, error.code, error.text)

    async def at_once(self, message_id: int, change: Callable[[], Awaitable[Result]]) -> Result:
        """Change a result's message while no standing is being written to it."""
        return await self._editor.at_once(message_id, change)

    async def catch_up(self, guild_id: int, render_id: str, *, force: bool = False) -> None:
        """Read a render's message if reactions, or its deletion, came before it was recorded.

        Args:
            guild_id: the render's guild.
            render_id: just recorded as delivered.
            force: read them in any case, as after taking over a message with reactions.
        """
        render = await self._store.renders.get(guild_id, render_id)
        if render is None or render.message_id is None:
            return
        early = render.message_id in self._unrecorded or render.message_id in self._deleted
        self._unrecorded.pop(render.message_id, None)
        self._deleted.pop(render.message_id, None)
        if early or force:
            try:
                await self._reconcile(render)
            except discord.HTTPException as error:
                log.warning("render %s: its votes cannot be read now: %s", render_id, error.text)

    async def reconcile(self) -> None:
        """Bring the votes of recent renders up to date with their messages, newest first, after a gap in the events."""
        async with self._reconciling:
            renders = await self._store.renders.delivered_since(discord.utils.utcnow() - RECONCILED_SPAN)
            changed = 0
            for render in renders:
                try:
                    changed += await self._reconcile(render)
                except Exception as error:
                    log.warning("render %s: its votes cannot be reconciled: %s", render.id, explain(error).cause)
            log.info("votes of %d recent results checked, %d had changed", len(renders), changed)

    async def close(self) -> None:
        """Stop editing."""
        await self._editor.close()

    def show_standing(self, render: Render) -> None:
        """Bring the standing on a render's message up to date when it is its turn."""
        if render.message_id is None:
            return
        message = self._message(render)

        async def edit() -> None:
            current = await self._store.renders.get(render.guild_id, render.id)
            if current is not None and not current.hidden and current.superseded_by is None:
                await message.edit(view=result_card(current, result_rows(current)))

        self._editor.request(render.channel_id, render.message_id, edit)

    def _is_bot(self, event: discord.RawReactionActionEvent) -> bool:
        own = self._client.user is not None and event.user_id == self._client.user.id
        return own or (event.member is not None and event.member.bot)

    async def _changed(self, message_id: int, tally: Tally | None) -> None:
        if message_id in self._reading:
            self._reading[message_id] = True
        if tally is None:
            _remember(self._unrecorded, message_id)
        elif tally.changed and (render := await self._store.renders.by_message(message_id)):
            self.show_standing(render)

    async def _reconcile(self, render: Render) -> bool:
        """Make a render's votes those under its message; whether anything had changed."""
        message_id = render.message_id
        assert message_id is not None
        changed, missed = False, True
        while missed:
            self._reading[message_id] = False
            try:
                changed |= await self._read_votes(render)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
                await self.message_deleted(message_id)
                return True
            finally:
                missed = self._reading.pop(message_id)
        if changed:
            self.show_standing(render)
        return changed

    async def _read_votes(self, render: Render) -> bool:
        message = await self._message(render).fetch()
        if not any(reaction.me for reaction in message.reactions):
            # A process that died before it had added its reactions recorded the message.
            await self.invite(self._message(render), render)
        voters = await self._voters_under(message)
        return (await self._store.votes.replace_all(render.id, voters)).changed

    async def _voters_under(self, message: discord.Message) -> dict[int, set[int]]:
        voters: dict[int, set[int]] = {}
        for reaction in message.reactions:
            number = vote_number(str(reaction.emoji))
            only_ours = reaction.me and reaction.count == 1
            if number is None or only_ours:
                continue
            voters[number] = {user.id async for user in reaction.users() if not user.bot}
        return voters

    def _message(self, render: Render) -> discord.PartialMessage:
        assert render.message_id is not None
        channel = self._client.get_partial_messageable(render.channel_id, guild_id=render.guild_id)
        return channel.get_partial_message(render.message_id)


def _remember(messages: OrderedDict[int, None], message_id: int) -> None:
    """Note a message, and forget the one that was noted longest ago when there are too many."""
    messages[message_id] = None
    if len(messages) > REMEMBERED_MESSAGES:
        messages.popitem(last=False)
