"""Which pictures are kept away from all training, so that figures on them mean something."""

from __future__ import annotations

import hashlib
from pathlib import Path

ONE_IN = 10


def is_held_out(picture: Path) -> bool:
    """Tell by the file's name alone whether it belongs to the held-out tenth."""
    return int(hashlib.sha1(picture.stem.encode(), usedforsecurity=False).hexdigest(), 16) % ONE_IN == 0
