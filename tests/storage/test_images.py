"""Pictures are kept once, whole, under the name of their bytes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from storage import ImageDamagedError, ImageMissingError, StorageUnavailableError, Store
from storage.images import Images
from tests.storage.conftest import picture


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
async def test_a_picture_is_kept_under_the_digest_of_its_bytes(store: Store, kind: str, suffix: str) -> None:
    data = picture(kind=kind)
    kept = await store.images.put(data)
    assert kept.sha == hashlib.sha256(data).hexdigest()
    assert (kept.path.name, kept.width, kept.height) == (f"{kept.sha}{suffix}", 60, 40)
    assert kept.path.parent.name == kept.sha[2:4] and kept.path.parent.parent.name == kept.sha[:2]
    assert await store.images.path(kept.sha) == kept.path
    assert await store.images.read(kept.sha, verify=True) == data


async def test_the_same_bytes_are_kept_once(store: Store, tmp_path: Path) -> None:
    data = picture()
    (tmp_path / "same.bin").write_bytes(data)
    kept = await asyncio.gather(
        *(store.images.put(data) for _ in range(8)), store.images.put_file(tmp_path / "same.bin")
    )
    assert len(set(kept)) == 1
    files = [path for path in (tmp_path / "data" / "images").rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == sorted([kept[0].path.name, f"{kept[0].sha}.thumb.webp"])


@pytest.mark.parametrize(("size", "small"), [((1200, 300), (256, 64)), ((10, 20), (10, 20)), ((600, 900), (171, 256))])
async def test_the_thumbnail_keeps_the_shape(store: Store, size: tuple[int, int], small: tuple[int, int]) -> None:
    kept = await store.images.put(picture("blue", size))
    path = await store.images.thumbnail(kept.sha)
    with Image.open(path) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", small)
        red, _, blue = thumbnail.convert("RGB").getpixel((1, 1))
        assert blue > 240 and red < 15
    path.unlink()
    assert await store.images.thumbnail(kept.sha) == path and path.is_file()


@pytest.mark.parametrize("data", [b"", b"no picture", picture()[:80], b"GIF89a"], ids=["empty", "text", "cut", "gif"])
async def test_what_is_no_whole_picture_is_refused(store: Store, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ImageDamagedError):
        await store.images.put(data)
    assert [path for path in (tmp_path / "data" / "images").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("sha", ["0" * 64, "../../restyle.db", "", "A" * 64])
async def test_a_missing_picture_is_said(store: Store, sha: str) -> None:
    for question in (store.images.path(sha), store.images.read(sha), store.images.thumbnail(sha)):
        with pytest.raises(ImageMissingError):
            await question


async def test_damage_is_found_when_asked(store: Store) -> None:
    kept = await store.images.put(picture())
    kept.path.write_bytes(picture("green"))
    assert await store.images.read(kept.sha) == picture("green")
    with pytest.raises(ImageDamagedError):
        await store.images.read(kept.sha, verify=True)


async def test_a_failed_write_leaves_nothing_behind(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StorageUnavailableError, match="the disk is full"):
        await store.images.put(picture())
    monkeypatch.undo()
    assert [path for path in (tmp_path / "data" / "images").rglob("*") if path.is_file()] == []
    assert (await store.images.put(picture())).path.is_file()


async def test_what_killed_writers_left_is_cleared_away_but_not_what_is_being_written(tmp_path: Path) -> None:
    old, young = tmp_path / "a.unfinished", tmp_path / "b.unfinished"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    await Images(tmp_path).open()
    assert not old.exists() and young.exists()


async def test_a_picture_that_another_process_finishes_meanwhile_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed as unfinished and has its own name by the time it is looked at."""
    (tmp_path / "a.unfinished").write_bytes(b"half")
    listed = Path.glob

    def finished_meanwhile(folder: Path, pattern: str) -> list[Path]:
        found = list(listed(folder, pattern))
        for path in found:
            path.rename(path.with_suffix(".png"))
        return found

    monkeypatch.setattr(Path, "glob", finished_meanwhile)
    await Images(tmp_path).open()
    assert (tmp_path / "a.png").exists()
