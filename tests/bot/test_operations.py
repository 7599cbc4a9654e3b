"""What an operator relies on: the doctor, the lock on the data folder, the logs, the loop's figures, the start."""

import asyncio
import errno
import json
import logging
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot import doctor
from bot.doctor import Level, token_application
from bot.folder_lock import FolderInUseError, FolderLock
from bot.log import set_up_logging
from bot.loop_monitor import LoopMonitor
from bot.playground.bot_token import mint_token
from bot.settings import LogFormat, Settings
from bot.start_report import report_start
from storage import Store
from storage.store import DATABASE_NAME
from tests.bot.conftest import GARMENT
from tests.bot.reading import eventually
from tests.storage.conftest import new_job


def settings(folder, **values):
    return Settings(_env_file=None, data_dir=folder, **values)


@pytest.mark.parametrize("token", ["", "abc", "Bot abc.def.ghi", "x" * 70, "!" * 24 + ".abcdef." + "y" * 30])
def test_what_is_no_token_is_seen(token):
    assert token_application(token) is None


def test_a_tokens_application_is_read():
    assert token_application(mint_token(123456789012345678)) == 123456789012345678


async def findings(check, folder, **values):
    return await getattr(doctor, check)(settings(folder, **values))


async def test_the_doctor_calls_a_misshapen_token_a_failure_and_a_missing_one_a_warning(tmp_path):
    assert [f.level for f in await findings("_token", tmp_path, discord_token="nonsense")] == [Level.FAILURE]
    assert [f.level for f in await findings("_token", tmp_path)] == [Level.WARNING]
    assert [f.level for f in await findings("_token", tmp_path, discord_token=mint_token(10**17))] == [Level.OK]


async def test_the_doctor_finds_a_damaged_database(tmp_path):
    assert (await findings("_database", tmp_path))[0].level is Level.OK
    (tmp_path / DATABASE_NAME).write_bytes(b"this is no database, whatever its name says" * 100)
    found = (await findings("_database", tmp_path))[0]
    assert found.level is Level.FAILURE and "restyle restore" in found.remedy


async def test_the_doctor_misses_lost_pictures(tmp_path):
    async with await Store.open(tmp_path) as store:
        image = await store.images.put(GARMENT[1])
        await store.styles.save(1, "tartan", image.sha, 2)
    assert (await findings("_pictures", tmp_path))[0].level is Level.OK
    image.path.unlink()
    found = (await findings("_pictures", tmp_path))[0]
    assert found.level is Level.FAILURE and image.sha in found.found and "restyle restore" in found.remedy


async def test_the_doctor_changes_no_database_that_an_older_bot_uses(tmp_path):
    await (await Store.open(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0003_style_use'")
        connection.execute("ALTER TABLE renders DROP COLUMN style_use")
        connection.commit()
        await findings("_database", tmp_path)
        await findings("_pictures", tmp_path)
        columns = [row[1] for row in connection.execute("PRAGMA table_info(renders)")]
    assert "style_use" not in columns


async def test_the_doctor_knows_the_files_that_are_shipped(tmp_path):
    found = await findings("_weights", tmp_path)
    assert [finding.level for finding in found] == [Level.OK] * 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_the_doctor_sees_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    assert (await findings("_disk", tmp_path / "data"))[0].level is Level.FAILURE


async def test_the_doctor_reads_the_weights(tmp_path):
    path = tmp_path / "generator.safetensors"
    levels = []
    for content in (b"", b"no tensors", None, {"w": np.ones(3)}, {"w": np.full(3, np.nan)}):
        if isinstance(content, dict):
            save_file(content, path)
        elif content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        levels.append((await findings("_weights", tmp_path, weights=path))[0].level)
    assert levels == [Level.FAILURE, Level.FAILURE, Level.WARNING, Level.OK, Level.FAILURE]


async def test_a_check_that_breaks_is_a_finding(tmp_path, monkeypatch):
    async def broken(_):
        raise RuntimeError("surprise")

    for name in ("_token", "_disk", "_database", "_pictures", "_weights", "_renderer"):
        monkeypatch.setattr(doctor, name, broken)
    found = await doctor.examine(settings(tmp_path))
    assert len(found) == 6 and all("surprise" in f.found and f.remedy for f in found)


def test_one_assistant_a_folder(tmp_path):
    with FolderLock(tmp_path), pytest.raises(FolderInUseError, match=str(os.getpid())), FolderLock(tmp_path):
        pass
    with FolderLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_locked_is_not_said_to_be_used_by_somebody(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("bot.folder_lock._lock", no_locks)
    with pytest.raises(FolderInUseError, match="cannot be locked") as refused, FolderLock(tmp_path):
        pass
    assert "another" not in str(refused.value)


async def test_the_log_begins_with_the_whole_path_of_the_data_and_what_waits(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.INFO)
    async with await Store.open(Path("data")) as store:
        await store.jobs.submit(new_job(), cap=1)
        await report_start(settings(Path("data")), store)
    assert f"the data folder {tmp_path / 'data'}; jobs that wait: 1; device auto" in caplog.text


async def test_a_refused_token_ends_with_one_line(playground, tmp_path):
    environment = os.environ | {"DISCORD_TOKEN": mint_token(1), "DATA_DIR": str(tmp_path / "data")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.playground.launch_bot", playground.base_url),
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, written = await process.communicate()
    errors = [line for line in written.decode().splitlines() if " ERROR " in line]
    assert process.returncode == 1 and len(errors) == 1 and "DISCORD_TOKEN" in errors[0]
    assert "Traceback" not in written.decode()


def test_the_command_without_a_token_says_what_to_do(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "DISCORD_TOKEN"}
    command = [sys.executable, "-m", "bot", "bot"]
    environment["PYTHONPATH"] = str(Path.cwd())
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 2 and "DISCORD_TOKEN" in result.stderr and len(result.stderr.splitlines()) == 1


async def test_the_loops_delay_is_measured_and_written(tmp_path):
    monitor = LoopMonitor(tmp_path / "loop.json")
    task = asyncio.create_task(monitor.run())
    await asyncio.sleep(0.1)
    for _ in range(3):
        time.sleep(0.05)  # noqa: ASYNC251 - holding up the loop is the point
        await asyncio.sleep(0.05)
    await eventually((tmp_path / "loop.json").exists)
    task.cancel()
    assert json.loads((tmp_path / "loop.json").read_text())["loop_delay_p99_ms"] > 20
    assert 0 <= monitor.percentile(0.5) <= monitor.percentile(0.99)


@pytest.mark.parametrize("form", list(LogFormat))
def test_log_lines_name_level_area_and_cause(form, capsys):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up_logging("INFO", form)
        try:
            raise OSError("disk")
        except OSError:
            logging.getLogger("bot.dispatcher").exception("job %s: lost", "ABC")
        logging.getLogger("bot.dispatcher").debug("unseen")
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    written = capsys.readouterr().err
    if form is LogFormat.JSON:
        line = json.loads(written)
        assert (line["level"], line["area"], line["message"]) == ("ERROR", "dispatcher", "job ABC: lost")
        assert "OSError: disk" in line["traceback"]
    else:
        assert "ERROR   dispatcher" in written and "job ABC: lost" in written and "OSError: disk" in written
