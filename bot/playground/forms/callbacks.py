"""The bodies of interaction callbacks: messages, deferrals, choices and modals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.playground.forms.base import CustomId, Form
from bot.playground.forms.commands import SAFE_INTEGER, Localizations
from bot.playground.forms.components import Component, EntitySelect, StringSelect, TextDisplay

PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL = 1, 4, 5, 6, 7, 8, 9


class CallbackForm(Form):
    """The frame of a callback; `data` is read by the form of its type."""

    type: Literal[1, 4, 5, 6, 7, 8, 9]


class AutocompleteChoice(Form):
    """A suggestion."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    value: (
        Annotated[str, Field(min_length=1, max_length=100)]
        | Annotated[int, Field(ge=-SAFE_INTEGER, le=SAFE_INTEGER)]
        | float
    )
    name_localizations: Localizations | None = None


class AutocompleteForm(Form):
    """At most 25 suggestions."""

    choices: Annotated[list[AutocompleteChoice], Field(max_length=25)]


class TextInput(Component):
    """A field to type into."""

    type: Literal[4]
    custom_id: CustomId
    style: Literal[1, 2]
    label: Annotated[str, Field(min_length=1, max_length=45)] | None = None
    value: Annotated[str, Field(max_length=4000)] | None = None
    placeholder: Annotated[str, Field(max_length=100)] | None = None
    required: bool | None = None
    min_length: Annotated[int, Field(ge=0, le=4000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=4000)] | None = None


class FileUpload(Component):
    """Files to be handed in with the modal."""

    type: Literal[19]
    custom_id: CustomId
    min_values: Annotated[int, Field(ge=0, le=10)] | None = None
    max_values: Annotated[int, Field(ge=1, le=10)] | None = None
    required: bool | None = None


class GroupOption(Form):
    """A line of a radio or checkbox group."""

    label: Annotated[str, Field(min_length=1, max_length=100)]
    value: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=100)] | None = None
    default: bool | None = None


class ChoiceGroup(Component):
    """Radio buttons (21) or checkboxes (22)."""

    type: Literal[21, 22]
    custom_id: CustomId
    options: Annotated[list[GroupOption], Field(min_length=1, max_length=10)]
    min_values: Annotated[int, Field(ge=0, le=10)] | None = None
    max_values: Annotated[int, Field(ge=1, le=10)] | None = None
    required: bool | None = None


class Checkbox(Component):
    """One box to tick."""

    type: Literal[23]
    custom_id: CustomId
    default: bool | None = None


class ModalRow(Component):
    """The older way of placing a text input."""

    type: Literal[1]
    components: Annotated[list[TextInput], Field(min_length=1, max_length=1)]


class Label(Component):
    """A heading with one input."""

    type: Literal[18]
    label: Annotated[str, Field(min_length=1, max_length=45)]
    description: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    component: Annotated[
        TextInput | StringSelect | EntitySelect | FileUpload | ChoiceGroup | Checkbox, Field(discriminator="type")
    ]


class ModalForm(Form):
    """A form of one to five inputs."""

    custom_id: CustomId
    title: Annotated[str, Field(min_length=1, max_length=45)]
    components: Annotated[
        list[Annotated[ModalRow | Label | TextDisplay, Field(discriminator="type")]],
        Field(min_length=1, max_length=5),
    ]
