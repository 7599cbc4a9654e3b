"""A backup holds everything, can be checked, finds damage, and is a data folder again."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from storage import Render, StorageUnavailableError, Store
from storage.backup import BackupReport, back_up, verify
from storage.store import DATABASE_NAME
from tests.storage.conftest import GUILD, claim, new_job, new_render, picture

Rendered = Callable[..., Awaitable[Render]]


@pytest.fixture
async def garment(store: Store) -> str:
    """Keep one picture, and a job that is the only one to name it."""
    image = await store.images.put(picture())
    await store.jobs.submit(new_job(garment_sha=image.sha, style_sha=image.sha), cap=1)
    return image.sha


@pytest.fixture
def report(store: Store, garment: str, tmp_path: Path) -> BackupReport:
    return back_up(tmp_path / "data", tmp_path / "backups")


async def test_a_backup_opens_as_a_data_folder(store: Store, garment: str, tmp_path: Path) -> None:
    style = await store.images.put(picture("blue"))
    await store.styles.save(GUILD, "Blue", style.sha, 1)
    job = await claim(store)
    mask = await store.images.put(picture("white"))
    await store.jobs.complete(job.id, "worker", new_render(variants=0, mask_sha=mask.sha))
    report = back_up(tmp_path / "data", tmp_path / "backups")
    assert (report.images, report.missing) == (3, ())
    async with await Store.open(report.folder) as restored:
        assert await restored.renders.get(GUILD, job.id) == await store.renders.get(GUILD, job.id)
        assert await restored.styles.get(GUILD, "blue") == await store.styles.get(GUILD, "blue")
        assert [waiting.id for waiting in await restored.jobs.undelivered()] == [job.id]
        for sha in (garment, style.sha, mask.sha):
            assert await restored.images.read(sha, verify=True) == await store.images.read(sha)
        assert (await restored.images.thumbnail(garment)).is_file()


def test_only_whole_backups_appear(report: BackupReport, tmp_path: Path) -> None:
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [report.folder.name]
    assert {path.name for path in report.folder.iterdir()} == {DATABASE_NAME, "images", "manifest.json"}
    assert verify(report.folder) == []


def test_a_backup_that_fails_leaves_nothing(
    store: Store, garment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_paths: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full_disk)
    monkeypatch.setattr("shutil.copyfile", full_disk)
    with pytest.raises(StorageUnavailableError, match="the disk is full"):
        back_up(tmp_path / "data", tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_pictures_are_copied_where_they_cannot_be_linked(
    store: Store, garment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_file_system(*_paths: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", another_file_system)
    report = back_up(tmp_path / "data", tmp_path / "backups")
    assert verify(report.folder) == [] and report.images == 1


def only_picture(report: BackupReport) -> Path:
    (path,) = report.folder.rglob("*.png")
    return path


def test_every_kind_of_damage_is_found(report: BackupReport) -> None:
    path = only_picture(report)
    data = path.read_bytes()
    path.unlink()
    assert [path.stem in fault and "missing" in fault for fault in verify(report.folder)] == [True]
    path.write_bytes(data[:-1] + b"?")
    assert [str(path) in fault and "damaged" in fault for fault in verify(report.folder)] == [True]
    path.write_bytes(data)
    assert verify(report.folder) == []
    with (report.folder / DATABASE_NAME).open("r+b") as file:
        file.seek(5000)
        file.write(b"????")
    assert ["changed after the backup" in fault for fault in verify(report.folder)] == [True]
    (report.folder / "manifest.json").unlink()
    assert ["no whole backup" in fault for fault in verify(report.folder)] == [True]


def test_a_picture_that_was_lost_before_is_named(store: Store, garment: str, tmp_path: Path) -> None:
    for path in (tmp_path / "data" / "images").rglob("*.png"):
        path.unlink()
    report = back_up(tmp_path / "data", tmp_path / "backups")
    assert report.missing == (garment,) and verify(report.folder) == []


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailableError, match="nothing to back up"):
        back_up(tmp_path, tmp_path / "backups")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_backup_left_is_swept_a_day_later(store: Store, garment: str, tmp_path: Path) -> None:
    old, young = (tmp_path / "backups" / f".unfinished-restyle-{name}" for name in ("old", "young"))
    for folder in (old, young):
        (folder / "images").mkdir(parents=True)
    os.utime(old, (0, 0))
    back_up(tmp_path / "data", tmp_path / "backups")
    assert young.exists() and not old.exists()
