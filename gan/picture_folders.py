"""Folders of pictures, and which of them are kept away from all training, so that figures on them mean something.

A folder is plain, or in torchvision's ImageFolder layout with `train/` and `test/`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from gan.request import RenderError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
TRAIN, TEST = "train", "test"
ONE_IN = 10


def is_held_out(picture: Path) -> bool:
    """Tell by the file's name alone whether it belongs to the held-out tenth."""
    return int(hashlib.sha1(picture.stem.encode(), usedforsecurity=False).hexdigest(), 16) % ONE_IN == 0


def list_pictures(folder: Path, held_out: bool) -> list[Path]:
    """List a folder's pictures, sorted, for training or (with `held_out`) for judging.

    A folder with `train/` and `test/` has its own split; any other is split by file name (`is_held_out`).

    Raises:
        RenderError: there is no such folder, or it holds no pictures for this purpose.
    """
    if not folder.is_dir():
        raise RenderError(f"There is no folder “{folder}”.")
    if (folder / TRAIN).is_dir() and (folder / TEST).is_dir():
        found = _pictures_under(folder / (TEST if held_out else TRAIN))
    else:
        found = [path for path in _pictures_under(folder) if is_held_out(path) == held_out]
    if not found:
        purpose = "judging" if held_out else "training"
        raise RenderError(f"The folder “{folder}” holds no pictures for {purpose}.")
    return found


def _pictures_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
