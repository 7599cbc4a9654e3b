"""Application commands as a bot registers them."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.playground.forms.base import Form

SAFE_INTEGER = 2**53 - 1
COMMAND_LENGTH = 8000
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
Localizations = dict[str, str]


def is_command_name(name: str) -> bool:
    """Letters, digits, dash, underscore and apostrophe, in lower case where there is one."""

    def fits(char: str) -> bool:
        kind = unicodedata.category(char)[0]
        mark = kind == "M" and unicodedata.name(char, "").startswith(("DEVANAGARI", "THAI"))
        return (char in "-_'" or kind in "LN" or mark) and char == char.lower()

    return 1 <= len(name) <= 32 and all(map(fits, name))


class Choice(Form):
    """A fixed value of an option."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    value: Annotated[str, Field(max_length=6000)] | Annotated[int, Field(ge=-SAFE_INTEGER, le=SAFE_INTEGER)] | float
    name_localizations: Localizations | None = None


class Option(Form):
    """An option, a subcommand (type 1) or a group of subcommands (type 2)."""

    type: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    name: Annotated[str, Field(min_length=1, max_length=32)]
    description: Annotated[str, Field(min_length=1, max_length=100)]
    name_localizations: Localizations | None = None
    description_localizations: Localizations | None = None
    required: bool | None = None
    autocomplete: bool | None = None
    choices: Annotated[list[Choice], Field(max_length=25)] | None = None
    min_value: int | float | None = None
    max_value: int | float | None = None
    min_length: Annotated[int, Field(ge=0, le=6000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=6000)] | None = None
    channel_types: list[int] | None = None
    options: Annotated[list[Option], Field(max_length=25)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not is_command_name(self.name):
            raise PydanticCustomError("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        if self.choices and self.autocomplete:
            raise PydanticCustomError(
                "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "Choices exclude autocomplete"
            )
        _check_choices(self)
        check_options(self.options or [], nested=self.type)
        return self

    def length(self) -> int:
        """Characters that count towards a command's limit."""
        texts = len(self.name) + len(self.description)
        texts += sum(len(choice.name) + len(str(choice.value)) for choice in self.choices or [])
        return texts + sum(option.length() for option in self.options or [])


class CommandForm(Form):
    """A slash command (type 1), or a command in the menu of a user (2) or a message (3)."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    type: Literal[1, 2, 3] | None = None
    description: Annotated[str, Field(max_length=100)] | None = None
    name_localizations: Localizations | None = None
    description_localizations: Localizations | None = None
    options: Annotated[list[Option], Field(max_length=25)] | None = None
    default_member_permissions: int | str | None = None
    dm_permission: bool | None = None
    contexts: Annotated[list[Literal[0, 1, 2]], Field(min_length=1)] | None = None
    integration_types: Annotated[list[Literal[0, 1]], Field(min_length=1)] | None = None
    nsfw: bool | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.type or 1) != 1:
            if self.description or self.options:
                raise PydanticCustomError(
                    "APPLICATION_COMMAND_CONTEXT_MENU", "Context menus have no description or options"
                )
            return self
        if not is_command_name(self.name):
            raise PydanticCustomError("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        if not self.description:
            raise PydanticCustomError("BASE_TYPE_REQUIRED", "A description is required")
        check_options(self.options or [])
        length = len(self.name) + len(self.description) + sum(option.length() for option in self.options or [])
        if length > COMMAND_LENGTH:
            raise PydanticCustomError(
                "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({COMMAND_LENGTH})"
            )
        return self

    def dumped(self) -> dict[str, Any]:
        """The command as plain JSON, options without empty keys."""
        options = [option.model_dump(exclude_none=True) for option in self.options or []]
        permissions = self.default_member_permissions
        command: dict[str, Any] = {
            "type": self.type or 1,
            "name": self.name,
            "name_localizations": self.name_localizations,
            "description": self.description or "",
            "description_localizations": self.description_localizations,
            "default_member_permissions": None if permissions is None else str(permissions),
            "dm_permission": self.dm_permission is not False,
            "contexts": self.contexts,
            "integration_types": self.integration_types or [0],
            "nsfw": bool(self.nsfw),
        }
        return command | ({"options": options} if options else {})


def _check_choices(option: Option) -> None:
    kinds: dict[int, type | tuple[type, ...]] = {STRING: str, INTEGER: int, NUMBER: (int, float)}
    kind = kinds.get(option.type)
    if option.choices and (kind is None or any(not isinstance(choice.value, kind) for choice in option.choices)):
        raise PydanticCustomError("APPLICATION_COMMAND_OPTIONS_CHOICE_TYPE", "A choice's value does not fit its option")


def check_options(options: list[Option], nested: int | None = None) -> None:
    """Names once each, required ones first, and subcommands only where they may be.

    Args:
        options: the options of a command, a group, a subcommand or (wrongly) an option.
        nested: type of the option they are in; None directly below the command.
    """
    names = [option.name for option in options]
    if len(set(names)) < len(names):
        raise PydanticCustomError("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
    if sorted(options, key=lambda option: not option.required) != options:
        raise PydanticCustomError(
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must be placed before non-required options",
        )
    kinds = {option.type for option in options}
    subcommands = bool(kinds & {SUBCOMMAND, GROUP})
    allowed = {
        None: not subcommands or kinds <= {SUBCOMMAND, GROUP},
        GROUP: kinds <= {SUBCOMMAND},
        SUBCOMMAND: not subcommands,
    }.get(nested, not options)
    if not allowed:
        raise PydanticCustomError(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
