"""Clicks, choices and filled-in modals, checked against what the bot sent."""

from __future__ import annotations

from typing import Any

from bot.playground.cdn_store import Upload
from bot.playground.entities import Message
from bot.playground.forms.components import walk
from bot.playground.play.command_data import refuse
from bot.playground.play.kept_uploads import keep_upload
from bot.playground.services import Services

BUTTON, STRING_SELECT, TEXT_INPUT, LABEL, FILE_UPLOAD, CHECKBOX = 2, 3, 4, 18, 19, 23
LINK = 5


def component_data(message: Message, given: dict[str, Any]) -> dict[str, Any]:
    """The `data` of a component interaction.

    Raises:
        ApiError: 50035 with a sentence, for a component that is not there, or disabled, or a choice it does not offer.
    """
    custom_id = given.get("custom_id")
    found = [c for c in walk(message.components) if c.get("custom_id") and c["custom_id"] == custom_id]
    if not found or found[0].get("style") == LINK:
        raise refuse("The message has no such component.")
    component = found[0]
    if component.get("disabled"):
        raise refuse("The component is disabled.")
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": component["type"]}
    return data if component["type"] == BUTTON else data | {"values": _chosen(component, given.get("values"))}


def _chosen(component: dict[str, Any], values: Any) -> list[str]:
    low, high = component.get("min_values", 1), component.get("max_values", 1)
    if not isinstance(values, list) or any(not isinstance(value, str) for value in values):
        raise refuse("values must be a list of texts.")
    if not low <= len(values) <= high or len(set(values)) < len(values):
        raise refuse(f"Choose {low} to {high}.")
    offered = {option["value"] for option in component.get("options") or []}
    if component["type"] == STRING_SELECT and not set(values) <= offered:
        raise refuse("The select offers no such value.")
    return values


class ModalData:
    """Builds the `data` of a submitted modal from the modal's own definition and the person's values."""

    def __init__(self, services: Services, uploads: dict[str, Upload]) -> None:
        self._services = services
        self._uploads = uploads
        self._attachments: dict[str, Any] = {}

    async def build(self, modal: dict[str, Any], given: Any) -> dict[str, Any]:
        """Check every input.

        Args:
            modal: the modal as the bot sent it.
            given: the page's components, in Discord's nesting.

        Raises:
            ApiError: 50035 with a sentence.
        """
        values = _values(given)
        components: list[dict[str, Any]] = []
        for number, outer in enumerate(modal["components"], 1):
            base = {"type": outer["type"], "id": outer.get("id", number)}
            if "component" in outer:
                components.append(base | {"component": await self._input(outer["component"], values, outer["label"])})
            elif "components" in outer:
                inner = outer["components"][0]
                components.append(base | {"components": [await self._input(inner, values, inner.get("label", ""))]})
            else:
                components.append(base)
        data: dict[str, Any] = {"custom_id": modal["custom_id"], "components": components}
        return data | ({"resolved": {"attachments": self._attachments}} if self._attachments else {})

    async def _input(self, spec: dict[str, Any], values: dict[str, Any], label: str) -> dict[str, Any]:
        value = values.get(spec["custom_id"])
        answer: dict[str, Any] = {"type": spec["type"], "custom_id": spec["custom_id"], "id": spec.get("id", 0)}
        required = spec.get("required", True)
        if spec["type"] == TEXT_INPUT:
            return answer | {"value": _text(spec, value, label, required)}
        if spec["type"] == CHECKBOX:
            return answer | {"value": value is True}
        if not required and not value:
            return answer | {"values": []}
        if spec["type"] == FILE_UPLOAD:
            return answer | {"values": await self._files(spec, value, label)}
        return answer | {"values": _chosen(spec, value)}

    async def _files(self, spec: dict[str, Any], parts: Any, label: str) -> list[str]:
        names = _chosen(spec, parts)
        if any(name not in self._uploads for name in names):
            raise refuse(f"{label} names no file of the request.")
        kept = dict([await keep_upload(self._services, self._uploads[name]) for name in names])
        self._attachments |= kept
        return list(kept)


def _values(given: Any) -> dict[str, Any]:
    """What the person put into each input, by its custom id, wherever it is nested."""
    found: dict[str, Any] = {}
    waiting = list(given) if isinstance(given, list) else []
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict):
            raise refuse("Every component must be an object.")
        if isinstance(item.get("custom_id"), str):
            found[item["custom_id"]] = item.get("values", item.get("value"))
        inner = item.get("components")
        waiting += inner if isinstance(inner, list) else []
        waiting += [item["component"]] if "component" in item else []
    return found


def _text(spec: dict[str, Any], value: Any, label: str, required: bool) -> str:
    text = "" if value is None else value
    if not isinstance(text, str):
        raise refuse(f"{label} must be a text.")
    if required and not text:
        raise refuse(f"{label} is required.")
    low, high = spec.get("min_length", 0), spec.get("max_length", 4000)
    if text and not low <= len(text) <= high:
        raise refuse(f"{label} must have {low} to {high} characters.")
    return text
