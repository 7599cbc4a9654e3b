"""The error answers of Discord's API: status, code and text as its reference lists them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A request is refused.

    Args:
        status: HTTP status.
        code: Discord's JSON error code.
        message: Discord's text for that code.
        errors: the tree of field errors of an invalid form.
    """

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def payload(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class RateLimitError(Exception):
    """A request came too early; `retry_after` seconds, `scope` is user, global or shared."""

    def __init__(self, retry_after: float, scope: str) -> None:
        super().__init__(f"rate limited for {retry_after:.3f} s")
        self.retry_after = retry_after
        self.scope = scope


def unauthorized() -> ApiError:
    """No token, or a wrong one."""
    return ApiError(401, 0, "401: Unauthorized")


def not_found() -> ApiError:
    """No such route."""
    return ApiError(404, 0, "404: Not Found")


def unknown(code: int) -> ApiError:
    """A thing that does not exist, by its code."""
    texts = {
        10003: "Unknown Channel",
        10004: "Unknown Guild",
        10007: "Unknown Member",
        10008: "Unknown Message",
        10013: "Unknown User",
        10015: "Unknown Webhook",
        10062: "Unknown interaction",
        10063: "Unknown application command",
        10002: "Unknown Application",
    }
    return ApiError(404, code, texts[code])


def unknown_emoji() -> ApiError:
    """The emoji is no emoji, or was not percent-encoded."""
    return ApiError(400, 10014, "Unknown Emoji")


def missing_access() -> ApiError:
    """The channel cannot be seen."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """The channel can be seen, the deed is not allowed."""
    return ApiError(403, 50013, "Missing Permissions")


def not_the_author() -> ApiError:
    """Another's message was to be edited."""
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    """Neither text nor file nor anything else."""
    return ApiError(400, 50006, "Cannot send an empty message")


def already_acknowledged() -> ApiError:
    """A second answer to one interaction."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def invalid_webhook_token() -> ApiError:
    """The interaction's fifteen minutes are over."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def too_large() -> ApiError:
    """A file or a body over the limit."""
    return ApiError(413, 40005, "Request entity too large")


def too_many_reactions() -> ApiError:
    """More kinds of reactions than a message holds."""
    return ApiError(403, 30010, "Maximum number of reactions reached (20)")


def invalid_json() -> ApiError:
    """The body is no JSON."""
    return ApiError(400, 50109, "The request body contains invalid JSON.")


def invalid_form(errors: dict[str, Any]) -> ApiError:
    """The body breaks the schema or a limit; `errors` says where."""
    return ApiError(400, 50035, "Invalid Form Body", errors)


def invalid_field(path: list[str | int], code: str, message: str) -> ApiError:
    """One broken field, by its path in the body."""
    tree: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path):
        tree = {str(step): tree}
    return invalid_form(tree)
