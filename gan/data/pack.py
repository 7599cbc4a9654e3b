"""A folder of garments and one of styles, decoded once into arrays that training reads without waiting."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import IO

import cv2
import numpy as np

from gan.data.masks import MaskSource
from gan.data.plain import MEASURES_VERSION, measure_plainness
from gan.data.reviewed import ALSO_PLAIN, NOT_PATTERNED, NOT_PLAIN, NOT_UNDYED
from gan.devices import available_cores, work_on_one_core
from gan.patterns import draw_pattern
from gan.picture_folders import list_pictures
from gan.pictures import read_picture
from gan.request import RenderError

GARMENT_HEIGHT, GARMENT_WIDTH = 320, 240
STYLE_SIZE = 288
VERSION = 12
"""Of the arrays and the index; a pack of another one is made anew."""
GARMENTS_A_PROCESS = 50
"""It takes a process a few seconds to start, and half a second to find a mask."""
HELD_OUT_DRAWN = 40
"""Drawn patterns among the styles that results are judged on."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pack:
    """Decoded pictures, memory-mapped.

    Attributes:
        garments: N×320×240×4 uint8, RGB and the mask, in the order of `list_pictures`; landscape photos lie on their
            side.
        plain: N booleans, light garments that exact pseudo-pairs can be made of.
        dark: N booleans, dark plain garments.
        patterned: N booleans, garments with a pattern of their own.
        unpatterned: N booleans, garments certainly without one.
        undyeable: N booleans, those of them whose light a generator can read.
        styles: M×288×288×3 uint8, centre squares.
        folder: holds the arrays.
        undyed: K×320×240×4 uint8, other garments as plain pale ones, from `undyed_file` (see `gan.data.undyed`).
    """

    garments: np.ndarray
    plain: np.ndarray
    dark: np.ndarray
    patterned: np.ndarray
    unpatterned: np.ndarray
    undyeable: np.ndarray
    styles: np.ndarray
    folder: Path
    undyed: np.ndarray | None = None
    undyed_file: Path | None = None

    def __reduce__(self) -> tuple[Callable[[Path, Path | None], Pack], tuple[Path, Path | None]]:
        """Travel to other processes as paths: the arrays stay one memory map."""
        return read_pack, (self.folder, self.undyed_file)


def open_pack(garments: Path, styles: Path, masks: MaskSource, cache: Path, held_out: bool, drawn: int = 0) -> Pack:
    """Return the pack of two folders, made on first use and kept in `cache`.

    Args:
        garments: folder of garment photos.
        styles: folder of style pictures.
        masks: where masks come from.
        cache: folder to keep decoded packs in.
        held_out: whether to take the pictures set aside for judging.
        drawn: how many drawn textile patterns to add to the styles.

    Raises:
        RenderError: a folder is missing or empty, or none of the garments is plain.
    """
    garment_files, style_files = list_pictures(garments, held_out), list_pictures(styles, held_out)
    folder = cache / _fingerprint(garment_files, style_files, masks, drawn)
    if not (folder / "index.json").is_file():
        _make_pack(folder, garment_files, style_files, masks, drawn)
    return read_pack(folder)


def _make_pack(folder: Path, garment_files: list[Path], style_files: list[Path], masks: MaskSource, drawn: int) -> None:
    log.info("Decoding %d garments and %d styles once.", len(garment_files), len(style_files))
    garments = _garments(garment_files, masks)
    measured = [measure_plainness(picture[..., :3], picture[..., 3]) for picture in garments]
    plain = [
        (one.is_plain and file.stem not in NOT_PLAIN) or file.stem in ALSO_PLAIN
        for one, file in zip(measured, garment_files, strict=True)
    ]
    if not any(plain):
        raise RenderError("None of the garments is plain and light enough to learn folds from.")
    patterns = [draw_pattern(seed, STYLE_SIZE) for seed in range(drawn)]
    styles = np.stack([_style(file) for file in style_files] + patterns)
    folder.mkdir(parents=True, exist_ok=True)
    with written(folder / "garments.npy") as file:
        np.save(file, garments)
    with written(folder / "styles.npy") as file:
        np.save(file, styles)
    dark = [one.is_dark_plain for one in measured]
    unpatterned = [
        one.is_unpatterned or file.stem in NOT_PATTERNED for one, file in zip(measured, garment_files, strict=True)
    ]
    index = {
        "plain": plain,
        "dark": dark,
        "patterned": [
            one.is_patterned and file.stem not in NOT_PATTERNED
            for one, file in zip(measured, garment_files, strict=True)
        ],
        "unpatterned": unpatterned,
        "undyeable": [
            found and not other and file.stem not in NOT_UNDYED
            for found, other, file in zip(unpatterned, np.logical_or(plain, dark), garment_files, strict=True)
        ],
    }
    with written(folder / "index.json") as file:
        file.write(json.dumps(index).encode())


def _garments(files: list[Path], masks: MaskSource) -> np.ndarray:
    """Decode many garments on all cores; see `_garment`."""
    decode = partial(_garment, masks=masks)
    processes = min(available_cores(), len(files) // GARMENTS_A_PROCESS)
    if processes < 2:
        return np.stack([decode(file) for file in files])
    with ProcessPoolExecutor(processes, get_context("spawn"), work_on_one_core) as pool:
        return np.stack(list(pool.map(decode, files, chunksize=8)))


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name when it is whole: another run may make, or read, the same pack meanwhile."""
    handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def read_pack(folder: Path, undyed_file: Path | None = None) -> Pack:
    """Map a pack's arrays, and what was made of it by `gan.data.undyed` if that is named."""
    index = json.loads((folder / "index.json").read_text())
    return Pack(
        np.load(folder / "garments.npy", mmap_mode="r"),
        np.asarray(index["plain"], bool),
        np.asarray(index["dark"], bool),
        np.asarray(index["patterned"], bool),
        np.asarray(index["unpatterned"], bool),
        np.asarray(index["undyeable"], bool),
        np.load(folder / "styles.npy", mmap_mode="r"),
        folder,
        np.load(undyed_file, mmap_mode="r") if undyed_file else None,
        undyed_file,
    )


def _garment(file: Path, masks: MaskSource) -> np.ndarray:
    """Return one garment, 320×240×4, upright or on its side, extended by reflection to 4:3."""
    picture = read_picture(file)
    alpha = masks(file, picture)
    if alpha.shape != picture.shape[:2]:
        alpha = cv2.resize(alpha, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_AREA)
    stacked = np.dstack([picture, alpha])
    if stacked.shape[1] > stacked.shape[0]:
        stacked = np.rot90(stacked)
    return letterbox(np.ascontiguousarray(stacked), GARMENT_HEIGHT, GARMENT_WIDTH)


def letterbox(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Fit a picture into height × width without cropping; the rest is its reflection, where the mask is 0."""
    factor = min(height / picture.shape[0], width / picture.shape[1])
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    below, right = height - small.shape[0], width - small.shape[1]
    edges = (below // 2, below - below // 2, right // 2, right - right // 2)
    canvas = cv2.copyMakeBorder(small, *edges, cv2.BORDER_REFLECT_101)
    if picture.shape[2] == 4:
        alpha = cv2.copyMakeBorder(np.ascontiguousarray(small[..., 3]), *edges, cv2.BORDER_CONSTANT, value=[0])
        canvas[..., 3] = alpha
    return canvas


def _style(file: Path) -> np.ndarray:
    picture = read_picture(file)
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    square = np.ascontiguousarray(picture[top : top + side, left : left + side])
    return cv2.resize(square, (STYLE_SIZE, STYLE_SIZE), interpolation=cv2.INTER_AREA)


def _fingerprint(garments: list[Path], styles: list[Path], masks: MaskSource, drawn: int) -> str:
    """Return a name for a pack that changes with everything that the pack is made of."""
    reviewed = [sorted(names) for names in (ALSO_PLAIN, NOT_PATTERNED, NOT_PLAIN, NOT_UNDYED)]
    made_with = f"{VERSION} {MEASURES_VERSION} {GARMENT_HEIGHT} {STYLE_SIZE} {drawn} {reviewed}"
    digest = hashlib.sha256(f"{made_with} {masks.fingerprint(garments)}\n".encode())
    for file in garments + styles:
        stat = file.stat()
        digest.update(f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
