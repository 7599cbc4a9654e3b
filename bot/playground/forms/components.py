"""Message components of both versions: buttons and selects in rows, and the layout of components v2."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.playground.forms.base import CustomId, Form, MediaUrl, Snowflake, WebUrl

ROW_BUTTONS = 5
Description = Annotated[str, Field(max_length=1024)]
ComponentId = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Emoji(Form):
    """A unicode emoji by its name, or a guild's by its id."""

    name: Annotated[str, Field(max_length=32)]
    id: Snowflake | None = None


class Component(Form):
    """What all components have."""

    id: ComponentId | None = None


class Button(Component):
    """A button; a link (style 5) has a `url`, a premium one (6) a `sku_id`, every other a `custom_id`."""

    type: Literal[2]
    style: Literal[1, 2, 3, 4, 5, 6]
    custom_id: CustomId | None = None
    label: Annotated[str, Field(max_length=80)] | None = None
    emoji: Emoji | None = None
    url: Annotated[WebUrl, Field(max_length=512)] | None = None
    sku_id: Snowflake | None = None
    disabled: bool | None = None

    @model_validator(mode="after")
    def _target(self) -> Self:
        targets = {"custom_id": self.custom_id, "url": self.url, "sku_id": self.sku_id}
        wanted = {5: "url", 6: "sku_id"}.get(self.style, "custom_id")
        if targets.pop(wanted) is None:
            raise PydanticCustomError("BASE_TYPE_REQUIRED", f"A {wanted} is required for this button style.")
        if any(value is not None for value in targets.values()):
            raise PydanticCustomError("COMPONENT_INVALID", f"A button of style {self.style} takes only a {wanted}.")
        if not self.label and self.emoji is None and self.style != 6:
            raise PydanticCustomError("BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji.")
        return self


class Select(Component):
    """What all selects have."""

    custom_id: CustomId
    placeholder: Annotated[str, Field(max_length=150)] | None = None
    min_values: Annotated[int, Field(ge=0, le=25)] | None = None
    max_values: Annotated[int, Field(ge=1, le=25)] | None = None
    disabled: bool | None = None
    required: bool | None = None

    @model_validator(mode="after")
    def _range(self) -> Self:
        low = 1 if self.min_values is None else self.min_values
        high = 1 if self.max_values is None else self.max_values
        if low > high:
            raise PydanticCustomError("COMPONENT_SELECT_RANGE", "min_values must not be above max_values.")
        return self


class SelectOption(Form):
    """A line of a string select."""

    label: Annotated[str, Field(min_length=1, max_length=100)]
    value: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=100)] | None = None
    emoji: Emoji | None = None
    default: bool | None = None


class StringSelect(Select):
    """A menu of given lines."""

    type: Literal[3]
    options: Annotated[list[SelectOption], Field(min_length=1, max_length=25)]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        values = [option.value for option in self.options]
        if len(set(values)) < len(values):
            raise PydanticCustomError(
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )
        return self


class DefaultValue(Form):
    """An entity chosen from the start."""

    id: Snowflake
    type: Literal["user", "role", "channel"]


class EntitySelect(Select):
    """A menu of users (5), roles (6), both (7) or channels (8)."""

    type: Literal[5, 6, 7, 8]
    default_values: Annotated[list[DefaultValue], Field(max_length=25)] | None = None
    channel_types: list[int] | None = None


Interactive = Annotated[Button | StringSelect | EntitySelect, Field(discriminator="type")]


class ActionRow(Component):
    """Up to five buttons, or one select."""

    type: Literal[1]
    components: Annotated[list[Interactive], Field(min_length=1, max_length=ROW_BUTTONS)]

    @model_validator(mode="after")
    def _width(self) -> Self:
        if len(self.components) > 1 and any(not isinstance(inner, Button) for inner in self.components):
            raise PydanticCustomError("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select takes a whole row.")
        return self


class Media(Form):
    """A file shown by a component: a web address or `attachment://name`."""

    url: MediaUrl


class TextDisplay(Component):
    """Markdown text."""

    type: Literal[10]
    content: Annotated[str, Field(min_length=1, max_length=4000)]


class Thumbnail(Component):
    """A small picture beside a section."""

    type: Literal[11]
    media: Media
    description: Description | None = None
    spoiler: bool | None = None


class Section(Component):
    """Texts with a button or a thumbnail beside them."""

    type: Literal[9]
    components: Annotated[list[TextDisplay], Field(min_length=1, max_length=3)]
    accessory: Annotated[Button | Thumbnail, Field(discriminator="type")]


class GalleryItem(Form):
    """A picture of a gallery."""

    media: Media
    description: Description | None = None
    spoiler: bool | None = None


class MediaGallery(Component):
    """One to ten pictures."""

    type: Literal[12]
    items: Annotated[list[GalleryItem], Field(min_length=1, max_length=10)]


class File(Component):
    """A file to download; it must be one of the message's own."""

    type: Literal[13]
    file: Media
    spoiler: bool | None = None

    @model_validator(mode="after")
    def _own_file(self) -> Self:
        if not self.file.url.startswith("attachment://"):
            raise PydanticCustomError(
                "UNFURLED_MEDIA_ITEM_REFERENCE_REQUIRED", "A file must be an attachment:// reference."
            )
        return self


class Separator(Component):
    """Space, with or without a line."""

    type: Literal[14]
    divider: bool | None = None
    spacing: Literal[1, 2] | None = None


Inner = Annotated[
    ActionRow | TextDisplay | Section | MediaGallery | File | Separator,
    Field(discriminator="type"),
]


class Container(Component):
    """A framed group of components."""

    type: Literal[17]
    components: Annotated[list[Inner], Field(min_length=1, max_length=40)]
    accent_color: Annotated[int, Field(ge=0, le=0xFFFFFF)] | None = None
    spoiler: bool | None = None


TopLevel = Annotated[
    ActionRow | TextDisplay | Section | MediaGallery | File | Separator | Container,
    Field(discriminator="type"),
]


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every component of a dumped message, the outer before the inner, accessories included."""
    found: list[dict[str, Any]] = []
    for component in components:
        found.append(component)
        found += walk(component.get("components") or [])
        found += walk([component["accessory"]] if component.get("accessory") else [])
    return found
