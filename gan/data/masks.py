"""Where the masks of training pictures come from: a folder of ready-made ones, or the automatic mask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np


class MaskSource(Protocol):
    """Gives each picture its mask."""

    def __call__(self, file: Path, picture: np.ndarray) -> np.ndarray:
        """Return the alpha H×W uint8 of a file's RGB picture H×W×3 uint8."""

    def fingerprint(self, files: Iterable[Path]) -> str:
        """Return a text that changes when these files' masks may have changed."""


def mask_source(folder: Path | None) -> MaskSource:
    """Return ready-made masks from a folder, or the automatic masks."""
    return FolderMasks(folder) if folder is not None else AutomaticMasks()


@dataclass(frozen=True, slots=True)
class AutomaticMasks:
    """Masks as renders find them."""

    def __call__(self, file: Path, picture: np.ndarray) -> np.ndarray:
        """Return the alpha H×W uint8 of an RGB picture."""
        from gan.mask import find_mask

        return (find_mask(picture).alpha * 255).round().astype(np.uint8)

    def fingerprint(self, files: Iterable[Path]) -> str:
        """Return the digest of the mask network's weights; without any, no mask is found."""
        from gan.mask.weights import SHIPPED

        return hashlib.sha256(SHIPPED.read_bytes() if SHIPPED.is_file() else b"").hexdigest()


@dataclass(frozen=True, slots=True)
class FolderMasks:
    """Masks from PNG files with the pictures' names; a picture without a readable one gets the automatic mask."""

    folder: Path

    def __call__(self, file: Path, picture: np.ndarray) -> np.ndarray:
        """Return the alpha h×w uint8 that is stored for a file, in the size in which it is stored."""
        stored = self._stored(file)
        alpha = cv2.imread(str(stored), cv2.IMREAD_GRAYSCALE) if stored.is_file() else None
        return AutomaticMasks()(file, picture) if alpha is None else np.asarray(alpha, np.uint8)

    def fingerprint(self, files: Iterable[Path]) -> str:
        """Return sizes and times of the stored masks, and what the automatic ones depend on."""
        digest = hashlib.sha256(AutomaticMasks().fingerprint(files).encode())
        for stored in map(self._stored, files):
            if stored.is_file():
                stat = stored.stat()
                digest.update(f"{stored.resolve()} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def _stored(self, file: Path) -> Path:
        return self.folder / f"{file.stem}.png"
