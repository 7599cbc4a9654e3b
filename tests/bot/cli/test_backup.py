"""`restyle backup` and `restyle restore` on the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.folder_lock import FolderLock
from storage import Store


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def make() -> None:
        await (await Store.open(tmp_path / "data")).close()

    asyncio.run(make())
    return tmp_path / "data"


def test_a_backup_is_made_checked_and_can_be_checked_again(data: Path, tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["backup", "--data", str(data), "--to", str(tmp_path / "to")])
    assert made.exit_code == 0, made.output
    (folder,) = (tmp_path / "to").iterdir()
    assert str(folder) in made.stdout
    checked = CliRunner().invoke(app, ["backup", "--verify", str(folder)])
    assert checked.exit_code == 0 and "whole" in checked.stdout
    (folder / "restyle.db").write_bytes(b"")
    checked = CliRunner().invoke(app, ["backup", "--verify", str(folder)])
    assert checked.exit_code == 1 and "changed after the backup" in checked.stderr


def test_without_data_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "nothing"))
    refused = CliRunner().invoke(app, ["backup", "--to", str(tmp_path / "to")])
    assert refused.exit_code == 2
    assert refused.stderr.count("\n") == 1 and "no database" in refused.stderr
    assert not (tmp_path / "to").exists()


def test_a_backup_is_restored_unless_a_bot_runs_on_the_folder(data: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["backup", "--data", str(data), "--to", str(tmp_path / "to")])
    (folder,) = (tmp_path / "to").iterdir()
    command = ["restore", str(folder), "--data", str(data)]
    with FolderLock(data):
        refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 2 and "stop it first" in refused.stderr
    restored = CliRunner().invoke(app, command)
    assert restored.exit_code == 0 and "before-restore-" in restored.stdout, restored.output
    assert CliRunner().invoke(app, [*command, "--pictures"]).exit_code == 0
    (folder / "restyle.db").write_bytes(b"")
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 2 and refused.stderr.count("\n") == 1
