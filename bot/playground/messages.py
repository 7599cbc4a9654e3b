"""Making, changing and deleting messages and reactions: the one place where the channel's state changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.playground import errors
from bot.playground.cdn_store import CdnStore, Upload
from bot.playground.entities import COMPONENTS_V2, EPHEMERAL, LOADING, Attachment, Channel, Message
from bot.playground.events import (
    EventBus,
    MessageCreated,
    MessageDeleted,
    MessageUpdated,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
)
from bot.playground.filenames import clean_filename
from bot.playground.forms.messages import FILES_PER_MESSAGE, AttachmentForm, ChannelMessageForm, MessageForm
from bot.playground.journal import Journal
from bot.playground.layout import check_declared_version, check_layout, number_components
from bot.playground.mentions import mentioned_users, mentions_everyone
from bot.playground.references import check_references, settle_references
from bot.playground.world import World

REACTION_KINDS = 20
NONCE_LIFE = timedelta(minutes=5)
NONCES_SEARCHED = 200
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
SETTABLE_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


@dataclass(frozen=True)
class Origin:
    """Where a message comes from: its author, and for an interaction's answer the interaction.

    Attributes:
        prefix: where the message lies in the request's body, for error paths.
    """

    channel: Channel
    author_id: int
    type: int = 0
    flags: int = 0
    nonce: str | int | None = None
    reference: int | None = None
    from_application: bool = False
    ephemeral_for: int | None = None
    interaction: dict[str, Any] | None = None
    prefix: tuple[str, ...] = field(default=())


class MessageBook:
    """All changes of messages: checked, kept, written down and told to everybody."""

    def __init__(self, world: World, cdn: CdnStore, bus: EventBus, journal: Journal) -> None:
        self._world = world
        self._cdn = cdn
        self._bus = bus
        self._journal = journal

    async def create(self, origin: Origin, form: MessageForm, uploads: dict[int, Upload]) -> Message:
        """Make a message.

        Args:
            origin: who sends it, where.
            form: its text, embeds, components and descriptions of files.
            uploads: the files by n of their part files[n].

        Raises:
            ApiError: 50006 if there is nothing to send, 50035 if it breaks a rule.
        """
        flags = origin.flags | ((form.flags or 0) & SETTABLE_FLAGS)
        check_layout(form, flags, *origin.prefix)
        message = self._blank(origin, flags)
        if not (flags & LOADING or (form.content or "").strip() or form.embeds or form.components or uploads):
            raise errors.empty_message()
        attachments = await self._attach(message, form, uploads, origin.prefix)
        self._fill(message, form, attachments)
        self._world.histories[origin.channel.id].add(message)
        self._journal.save(message)
        self._bus.publish(MessageCreated(message))
        return message

    def sent_before(self, channel: Channel, author_id: int, form: ChannelMessageForm) -> Message | None:
        """The message that already carries an enforced nonce, if it is at most a few minutes old."""
        if form.nonce is None or not form.enforce_nonce:
            return None
        oldest = datetime.now(UTC) - NONCE_LIFE
        for message in self._world.histories[channel.id].page(NONCES_SEARCHED):
            if message.nonce == form.nonce and message.author_id == author_id and message.created > oldest:
                return message
        return None

    def _blank(self, origin: Origin, flags: int) -> Message:
        return Message(
            id=self._world.snowflakes.next(),
            channel_id=origin.channel.id,
            guild_id=origin.channel.guild_id,
            author_id=origin.author_id,
            created=datetime.now(UTC),
            type=origin.type,
            flags=flags,
            nonce=origin.nonce,
            reference=origin.reference,
            from_application=origin.from_application,
            ephemeral_for=origin.ephemeral_for,
            interaction=origin.interaction,
        )

    async def edit(
        self, message: Message, form: MessageForm, uploads: dict[int, Upload], prefix: tuple[str, ...] = ()
    ) -> Message:
        """Change what the form names and leave the rest.

        Raises:
            ApiError: 50006 if nothing would be left, 50035 if it breaks a rule.
        """
        flags = message.flags & ~(SUPPRESS_EMBEDS if form.has("flags") else 0) & ~LOADING
        flags |= (form.flags or 0) & (SUPPRESS_EMBEDS | COMPONENTS_V2)
        check_layout(form, flags, *prefix)
        if form.components:
            check_declared_version(form, *prefix)
        attachments = await self._attach(message, form, uploads, prefix)
        self._check_not_emptied(message, form, attachments)
        dropped = [old for old in message.attachments if old not in attachments]
        self._fill(message, form, attachments)
        message.flags = flags
        message.edited = datetime.now(UTC)
        self._journal.save(message)
        self._bus.publish(MessageUpdated(message))
        await self._cdn.remove(dropped)
        return message

    @staticmethod
    def _check_not_emptied(message: Message, form: MessageForm, attachments: list[Attachment]) -> None:
        content = (form.content or "") if form.has("content") else message.content
        embeds = form.embeds if form.has("embeds") else message.embeds
        components = form.components if form.has("components") else message.components
        if not (content.strip() or embeds or components or attachments):
            raise errors.empty_message()

    async def delete(self, message: Message) -> None:
        """Delete a message and its files."""
        self._world.histories[message.channel_id].remove(message.id)
        self._journal.delete(message)
        self._bus.publish(MessageDeleted(message))
        await self._cdn.remove(message.attachments)

    def react(self, message: Message, user_id: int, emoji: str) -> None:
        """Add a user's reaction; nothing happens if it is there already.

        Raises:
            ApiError: 30010 if it would be one kind too many.
        """
        if emoji not in message.reactions and len(message.reactions) >= REACTION_KINDS:
            raise errors.too_many_reactions()
        users = message.reactions.setdefault(emoji, [])
        if user_id not in users:
            users.append(user_id)
            self._journal.save(message)
            self._bus.publish(ReactionAdded(message, user_id, emoji))

    def unreact(self, message: Message, user_id: int, emoji: str) -> None:
        """Take a user's reaction back; nothing happens if there is none."""
        users = message.reactions.get(emoji, [])
        if user_id not in users:
            return
        users.remove(user_id)
        if not users:
            del message.reactions[emoji]
        self._journal.save(message)
        self._bus.publish(ReactionRemoved(message, user_id, emoji))

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Remove all reactions, or all of one emoji."""
        kept = {kind: users for kind, users in message.reactions.items() if emoji is not None and kind != emoji}
        if kept != message.reactions:
            message.reactions = kept
            self._journal.save(message)
            self._bus.publish(ReactionsCleared(message, emoji))

    async def _attach(
        self, message: Message, form: MessageForm, uploads: dict[int, Upload], prefix: tuple[str, ...]
    ) -> list[Attachment]:
        """The files the message will have: kept ones and new ones, in the order the form gives them."""
        listed = form.attachments or []
        present = {attachment.id: attachment for attachment in message.attachments}
        kept = [present[entry.id] for entry in listed if entry.id in present]
        if not form.has("attachments"):
            kept = list(message.attachments)
        described = {entry.id: entry for entry in listed if entry.id not in present}
        for position, entry in enumerate(listed):
            if entry.id not in present and entry.id not in uploads:
                raise errors.invalid_field(
                    [*prefix, "attachments", position, "id"], "ATTACHMENT_NOT_FOUND", "No such file in the request."
                )
        if len(kept) + len(uploads) > FILES_PER_MESSAGE:
            raise errors.invalid_field(
                [*prefix, "attachments"], "BASE_TYPE_MAX_LENGTH", f"Must be {FILES_PER_MESSAGE} or fewer in length."
            )
        names = {attachment.filename for attachment in kept}
        names |= {clean_filename(_name(upload, described.get(number))) for number, upload in uploads.items()}
        components = form.dumped("components") if form.has("components") else message.components
        check_references(components, names, prefix)
        folder = f"attachments/{message.channel_id}"
        new = [await self._keep(uploads[number], described.get(number), folder) for number in sorted(uploads)]
        return kept + new

    async def _keep(self, upload: Upload, entry: AttachmentForm | None, folder: str) -> Attachment:
        attachment = await self._cdn.keep(upload, self._world.snowflakes.next(), folder, name=_name(upload, entry))
        if entry is not None:
            attachment.description = entry.description
            attachment.title = entry.title or attachment.title
        return attachment

    def _fill(self, message: Message, form: MessageForm, attachments: list[Attachment]) -> None:
        message.attachments = attachments
        if form.has("content"):
            guild = self._world.guilds[message.guild_id]
            message.content = form.content or ""
            message.mentions = mentioned_users(guild, message.content, form.allowed_mentions)
            message.mention_everyone = mentions_everyone(message.content, form.allowed_mentions)
        if form.has("embeds"):
            message.embeds = form.dumped("embeds")
        if form.has("components"):
            message.components = form.dumped("components")
            number_components(message.components)
        settle_references(message.embeds, message.components, attachments, self._cdn.base_url)
        message.tts = message.tts or bool(form.tts)

    def may_delete(self, message: Message, user_id: int) -> bool:
        """Whether a person may delete a message: its author, a moderator, or the one who alone sees it."""
        guild = self._world.guilds[message.guild_id]
        if message.flags & EPHEMERAL:
            return message.ephemeral_for == user_id
        return message.author_id == user_id or self._world.is_moderator(guild, user_id)


def _name(upload: Upload, entry: AttachmentForm | None) -> str:
    return entry.filename if entry and entry.filename else upload.filename
