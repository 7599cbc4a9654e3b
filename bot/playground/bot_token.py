"""Bot tokens of the real shape: clients decode the application's id from the first part."""

from __future__ import annotations

import base64
import hmac
import secrets


def mint_token(application_id: int) -> str:
    """A new random token for an application."""
    first = base64.urlsafe_b64encode(str(application_id).encode()).decode().rstrip("=")
    return f"{first}.{secrets.token_urlsafe(5)[:6]}.{secrets.token_urlsafe(29)[:38]}"


def is_token(given: object, expected: str) -> bool:
    """Compare a token given with or without its `Bot ` prefix, in constant time."""
    if not isinstance(given, str):
        return False
    return hmac.compare_digest(given.removeprefix("Bot ").encode("utf-8", "replace"), expected.encode())
