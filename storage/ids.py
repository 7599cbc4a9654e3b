"""Short ids that people can read out and type: eight characters of Crockford base32 (40 random bits)."""

from __future__ import annotations

import re
import secrets

ID_LENGTH = 8
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONFUSED = str.maketrans("OIL", "011")
_VALID = re.compile(f"[{ALPHABET}]{{{ID_LENGTH}}}")


def new_id() -> str:
    """Draw a fresh id; the caller makes sure that it is not taken."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def parse_id(text: str) -> str | None:
    """Read an id as a person typed it.

    Case, spaces, hyphens and a leading # do not matter; the letters O, I and L are read as the digits they look like.

    Returns:
        The id, or None when the text cannot be one.
    """
    plain = re.sub(r"[\s#-]+", "", text).upper().translate(_CONFUSED)
    return plain if _VALID.fullmatch(plain) else None
