"""Clean file names as Discord does: only letters, digits, dots, dashes and underscores survive."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 180


def clean_filename(name: str) -> str:
    """The name a file gets on the CDN; `unknown` if nothing of it survives."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[/\\\s]+", "_", plain)
    plain = re.sub(r"[^A-Za-z0-9_.-]", "", plain).strip("._")
    stem, dot, suffix = plain.rpartition(".")
    if dot and len(plain) > LONGEST_NAME:
        plain = stem[: LONGEST_NAME - len(suffix) - 1] + "." + suffix[:20]
    return plain[:LONGEST_NAME] or "unknown"
