"""Rules on a whole message that no single field can state: sizes together, unique ids, the two component versions."""

from __future__ import annotations

from typing import Any

from bot.playground import errors
from bot.playground.entities import COMPONENTS_V2
from bot.playground.forms.components import walk
from bot.playground.forms.embeds import ALL_EMBEDS_LENGTH
from bot.playground.forms.messages import MessageForm

ROWS = 5
COMPONENTS_IN_ALL = 40
TEXT_IN_ALL = 4000
ACTION_ROW, TEXT_DISPLAY = 1, 10
LEGACY = "The 'content', 'embeds', 'stickers' and 'poll' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2"


def check_layout(form: MessageForm, flags: int, *prefix: str) -> None:
    """Refuse what Discord's reference forbids in a message as a whole.

    Args:
        form: the body.
        flags: the flags that the message has, or will have with this body.
        prefix: where the body lies in the request.

    Raises:
        ApiError: 50035 naming the field.
    """
    components = form.dumped("components")
    if sum(embed.length() for embed in form.embeds or []) > ALL_EMBEDS_LENGTH:
        raise errors.invalid_field(
            [*prefix, "embeds"], "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {ALL_EMBEDS_LENGTH}"
        )
    _check_unique(
        [c["custom_id"] for c in walk(components) if c.get("custom_id")], "COMPONENT_CUSTOM_ID_DUPLICATED", prefix
    )
    _check_unique([c["id"] for c in walk(components) if c.get("id")], "COMPONENT_ID_DUPLICATED", prefix)
    if flags & COMPONENTS_V2:
        _check_second_version(form, components, prefix)
    else:
        _check_first_version(components, prefix)


def _check_unique(values: list[Any], code: str, prefix: tuple[str, ...]) -> None:
    if len(set(values)) < len(values):
        raise errors.invalid_field([*prefix, "components"], code, "Component ids must be unique within a message.")


def _check_first_version(components: list[dict[str, Any]], prefix: tuple[str, ...]) -> None:
    if len(components) > ROWS:
        raise errors.invalid_field(
            [*prefix, "components"], "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS} in length."
        )
    for index, component in enumerate(components):
        if component["type"] != ACTION_ROW:
            raise errors.invalid_field(
                [*prefix, "components", index, "type"], "UNION_TYPE_CHOICES", "Only action rows, without components v2."
            )


def check_declared_version(form: MessageForm, *prefix: str) -> None:
    """New components of the second version come with their flag, also in an edit of a message that has it.

    Raises:
        ApiError: 50035 naming the component.
    """
    if not (form.flags or 0) & COMPONENTS_V2:
        _check_first_version(form.dumped("components"), prefix)


def _check_second_version(form: MessageForm, components: list[dict[str, Any]], prefix: tuple[str, ...]) -> None:
    for field in ("content", "embeds"):
        if getattr(form, field):
            raise errors.invalid_field([*prefix, field], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", LEGACY)
    everything = walk(components)
    if len(everything) > COMPONENTS_IN_ALL:
        raise errors.invalid_field(
            [*prefix, "components"], "COMPONENT_MAX_TOTAL_COMPONENTS", f"At most {COMPONENTS_IN_ALL} components in all."
        )
    text = sum(len(component["content"]) for component in everything if component["type"] == TEXT_DISPLAY)
    if text > TEXT_IN_ALL:
        raise errors.invalid_field(
            [*prefix, "components"],
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Displayable text size exceeds maximum size of {TEXT_IN_ALL}",
        )


def number_components(components: list[dict[str, Any]]) -> None:
    """Give every component without an id the next free one, as Discord's answers show it."""
    everything = walk(components)
    taken = {component["id"] for component in everything if component.get("id")}
    number = 0
    for component in everything:
        if component.get("id"):
            continue
        number += 1
        while number in taken:
            number += 1
        component["id"] = number
