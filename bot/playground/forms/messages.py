"""Bodies that make or change a message, whichever route they come by."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from bot.playground.forms.base import Form, Snowflake
from bot.playground.forms.components import TopLevel
from bot.playground.forms.embeds import Embed

FILES_PER_MESSAGE = 10


class AllowedMentions(Form):
    """Whom the message may ping."""

    parse: list[Literal["users", "roles", "everyone"]] | None = None
    users: Annotated[list[Snowflake], Field(max_length=100)] | None = None
    roles: Annotated[list[Snowflake], Field(max_length=100)] | None = None
    replied_user: bool | None = None


class AttachmentForm(Form):
    """A file of the message: `id` is n of the part files[n], or the id of one it already has."""

    id: Snowflake
    filename: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    description: Annotated[str, Field(max_length=1024)] | None = None
    title: Annotated[str, Field(max_length=1024)] | None = None


class MessageReference(Form):
    """The message that is replied to."""

    message_id: Snowflake
    channel_id: Snowflake | None = None
    fail_if_not_exists: bool | None = None


class MessageForm(Form):
    """Text, embeds, components and files. In an edit, a key that is absent changes nothing."""

    content: Annotated[str, Field(max_length=2000)] | None = None
    embeds: Annotated[list[Embed], Field(max_length=10)] | None = None
    components: Annotated[list[TopLevel], Field(max_length=40)] | None = None
    attachments: Annotated[list[AttachmentForm], Field(max_length=FILES_PER_MESSAGE)] | None = None
    allowed_mentions: AllowedMentions | None = None
    flags: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = None
    tts: bool | None = None

    def has(self, field: str) -> bool:
        """Whether the body named this field at all."""
        return field in self.model_fields_set

    def dumped(self, field: str) -> list[dict[str, Any]]:
        """A list field as plain JSON without empty keys."""
        items = getattr(self, field) or []
        return [item.model_dump(exclude_none=True) for item in items]


class BulkDeleteForm(Form):
    """Messages to delete."""

    messages: Annotated[list[Snowflake], Field(min_length=2, max_length=100)]


class ChannelMessageForm(MessageForm):
    """A message sent to a channel."""

    nonce: Annotated[str, Field(max_length=25)] | Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    enforce_nonce: bool | None = None
    message_reference: MessageReference | None = None
