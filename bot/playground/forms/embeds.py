"""Embeds, and the limit on all embeds of a message together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.playground.forms.base import Form, MediaUrl, Timestamp, WebUrl

ALL_EMBEDS_LENGTH = 6000


class EmbedMedia(Form):
    """A picture of an embed; `attachment://name` names a file of the message."""

    url: MediaUrl | None = None


class EmbedAuthor(Form):
    """The line above the title."""

    name: Annotated[str, Field(max_length=256)] | None = None
    url: WebUrl | None = None
    icon_url: MediaUrl | None = None


class EmbedFooter(Form):
    """The line below."""

    text: Annotated[str, Field(max_length=2048)] | None = None
    icon_url: MediaUrl | None = None


class EmbedField(Form):
    """A heading with a text."""

    name: Annotated[str, Field(min_length=1, max_length=256)]
    value: Annotated[str, Field(min_length=1, max_length=1024)]
    inline: bool | None = None


class Embed(Form):
    """A rich embed; whatever `type` says, it is one."""

    type: Annotated[str | None, Field(exclude=True)] = None
    title: Annotated[str, Field(max_length=256)] | None = None
    description: Annotated[str, Field(max_length=4096)] | None = None
    url: WebUrl | None = None
    color: Annotated[int, Field(ge=0, le=0xFFFFFF)] | None = None
    timestamp: Timestamp | None = None
    author: EmbedAuthor | None = None
    footer: EmbedFooter | None = None
    image: EmbedMedia | None = None
    thumbnail: EmbedMedia | None = None
    fields: Annotated[list[EmbedField], Field(max_length=25)] | None = None

    def length(self) -> int:
        """Characters that count towards the limit on all embeds."""
        texts = [self.title, self.description]
        texts += [self.footer.text if self.footer else None, self.author.name if self.author else None]
        texts += [text for item in self.fields or [] for text in (item.name, item.value)]
        return sum(len(text.strip()) for text in texts if text)
