"""What all forms share: strict types, Discord's snowflakes and addresses, and Discord's tree of field errors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.playground.errors import ApiError, invalid_form
from bot.playground.snowflake import parse_snowflake


class Form(BaseModel):
    """A body or a part of one. Unknown keys are ignored, as Discord does; types are strict."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _true_is_not_one(cls, data: Any) -> Any:
        """JSON's `true` equals 1 in Python, also where a type is chosen by its number."""
        if isinstance(data, dict) and isinstance(data.get("type"), bool):
            raise PydanticCustomError("BASE_TYPE_CHOICES", "Value is not int.")
        return data


def _snowflake(value: object) -> int:
    number = parse_snowflake(value)
    if number is None:
        raise PydanticCustomError("NUMBER_TYPE_COERCE", "Value is not snowflake.")
    return number


def _url(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in schemes or not parts.netloc:
        wanted = ", ".join(f"'{scheme}'" for scheme in schemes)
        raise PydanticCustomError("URL_TYPE_INVALID_SCHEME", f"Scheme must be one of ({wanted}) and the URL complete.")
    return value


def _timestamp(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in value:
        raise PydanticCustomError("DATE_TIME_TYPE_PARSE", "Could not parse the date. Should be ISO8601.")
    return value


Snowflake = Annotated[int, BeforeValidator(_snowflake), PlainSerializer(str)]
WebUrl = Annotated[str, Field(max_length=2048), AfterValidator(lambda url: _url(url, ("http", "https")))]
MediaUrl = Annotated[
    str, Field(max_length=2048), AfterValidator(lambda url: _url(url, ("http", "https", "attachment")))
]
Timestamp = Annotated[str, AfterValidator(_timestamp)]
CustomId = Annotated[str, Field(min_length=1, max_length=100)]

AnyForm = TypeVar("AnyForm", bound=BaseModel)


def read_form(form: type[AnyForm], body: Any, *prefix: str) -> AnyForm:
    """Check a body against a form; `prefix` is where that body lies in the request.

    Raises:
        ApiError: 50035 with the tree of what is wrong.
    """
    try:
        return form.model_validate(body)
    except ValidationError as problem:
        raise form_error(problem, body, prefix) from None


def form_error(problem: ValidationError, body: Any, prefix: tuple[str, ...] = ()) -> ApiError:
    """Discord's answer to a body that does not fit, from pydantic's list of errors."""
    tree: dict[str, Any] = {}
    for detail in problem.errors(include_url=False, include_input=False):
        node = tree
        missing = [str(detail["loc"][-1])] if detail["type"] == "missing" else []
        for step in (*prefix, *_path(detail["loc"], body), *missing):
            node = node.setdefault(step, {})
        code, message = _code_and_message(detail)
        node.setdefault("_errors", [{"code": code, "message": message}])  # of a union's branches, the first
    return invalid_form(tree)


def _path(location: tuple[int | str, ...], body: Any) -> list[str]:
    """The path in the body; pydantic's also names the member of a union it tried, which is no key there."""
    path: list[str] = []
    for step in location:
        inside = (isinstance(body, dict) and step in body) or (
            isinstance(body, list) and isinstance(step, int) and 0 <= step < len(body)
        )
        if inside:
            body = body[step]
            path.append(str(step))
    return path


_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("BASE_TYPE_REQUIRED", "This field is required"),
    "string_too_long": ("BASE_TYPE_MAX_LENGTH", "Must be {max_length} or fewer in length."),
    "string_too_short": ("BASE_TYPE_MIN_LENGTH", "Must be {min_length} or more in length."),
    "too_long": ("BASE_TYPE_BAD_LENGTH", "Must be {max_length} or fewer in length."),
    "too_short": ("BASE_TYPE_BAD_LENGTH", "Must be {min_length} or more in length."),
    "less_than_equal": ("NUMBER_TYPE_MAX", "int value should be less than or equal to {le}."),
    "greater_than_equal": ("NUMBER_TYPE_MIN", "int value should be greater than or equal to {ge}."),
    "string_type": ("BASE_TYPE_CONVERT", "Could not interpret the value as string."),
    "int_type": ("NUMBER_TYPE_COERCE", "Value is not int."),
    "bool_type": ("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
    "dict_type": ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"),
    "model_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "model_attributes_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "list_type": ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
    "literal_error": ("BASE_TYPE_CHOICES", "Value must be one of {expected}."),
    "union_tag_invalid": ("UNION_TYPE_CHOICES", 'Value of field "type" must be one of {expected_tags}.'),
    "union_tag_not_found": ("BASE_TYPE_REQUIRED", 'The field "type" is required'),
}


def _code_and_message(detail: ErrorDetails) -> tuple[str, str]:
    kind = detail["type"]
    if kind in _MESSAGES:
        code, text = _MESSAGES[kind]
        return code, text.format(**detail.get("ctx", {}))
    if kind.isupper():
        return kind, detail["msg"]
    return "BASE_TYPE_CONVERT", detail["msg"]
