"""The pictures that come with the playground: garments and styles to try things with."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
GARMENTS = FOLDER / "garments"
STYLES = FOLDER / "styles"
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def pictures_in(folder: Path) -> list[Path]:
    """The sample pictures of one kind by name."""
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in _SUFFIXES)
