"""Real processes, killed and crowded: storage says what happened and never holds half of anything."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from storage import JobStatus, RenderFilter, RenderOrder, StorageUnavailableError, Store
from storage.backup import back_up, verify
from storage.store import DATABASE_NAME
from tests.storage.conftest import GUILD, new_job, new_render

ROOT = Path(__file__).parents[2]


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.process_scripts", script, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill_after_lines(process: subprocess.Popen[str], lines: int) -> dict[str, str]:
    """Read some steps, kill the process, read what it still said: the last step of each job."""
    steps = [read_line(process) for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    steps += process.communicate()[0].splitlines()
    return {job_id: step for step, job_id in (line.split() for line in steps if len(line.split()) == 2)}


async def shown(store: Store, where: RenderFilter, order: RenderOrder) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.renders.page(GUILD, where, order, cursor, limit=25)
        found += [render.id for render in page.renders]
        if (cursor := page.next) is None:
            return found


async def test_a_killed_writer_leaves_whole_rows_that_say_what_to_do_next(tmp_path: Path) -> None:
    dice = random.Random(5)
    said: dict[str, str] = {}
    for _ in range(4):
        said.update(kill_after_lines(start("write_without_end", tmp_path), dice.randint(20, 60)))
    async with await Store.open(tmp_path) as store:
        assert await store.check() == []
        for job_id, step in said.items():
            await check_that_nothing_is_lost(store, job_id, step)
        await check_that_the_index_is_the_renders(store, said)
        for path in (tmp_path / "images").rglob("*.png"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
        await store.jobs.submit(new_job(), cap=99)


async def check_that_nothing_is_lost(store: Store, job_id: str, step: str) -> None:
    job, render = await store.jobs.get(job_id), await store.renders.get(GUILD, job_id)
    assert job is not None
    done = {
        "queued": set(JobStatus) - {JobStatus.CANCELLED, JobStatus.FAILED},
        "rendered": {JobStatus.RENDERED, JobStatus.DELIVERED},
        "delivered": {JobStatus.DELIVERED},
        "hidden": {JobStatus.DELIVERED},
    }
    assert job.status in done[step]
    assert (render is not None) == (job.status in done["rendered"])
    assert await store.images.read(job.garment_sha, verify=True)
    if render is not None:
        assert len(render.variants) == 4
        assert render.votes == sum(len(voters) for voters in (await store.votes.voters(job_id)).values())
        assert (render.message_id is not None) == (job.status is JobStatus.DELIVERED)


async def check_that_the_index_is_the_renders(store: Store, said: dict[str, str]) -> None:
    renders = [render for job_id in said if (render := await store.renders.get(GUILD, job_id)) and not render.hidden]
    for order in RenderOrder:
        assert Counter(await shown(store, RenderFilter(), order)) == Counter(render.id for render in renders)
        some = [render.id for render in renders if render.note == "word2"]
        assert Counter(await shown(store, RenderFilter(words="word2"), order)) == Counter(some)


def tell_all(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


async def test_processes_that_claim_at_once_never_get_the_same_job(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        wanted = {(await store.jobs.submit(new_job(number % 7), cap=500)).id for number in range(300)}
    processes = [start("claim_all", tmp_path) for _ in range(3)]
    assert [read_line(process) for process in processes] == ["ready"] * 3
    tell_all(processes)
    # A process that gets no time would come to an emptied queue: the others wait until each has had its first.
    first = [read_line(process) for process in processes]
    tell_all(processes)
    claimed = [[one, *process.communicate()[0].split()] for one, process in zip(first, processes, strict=True)]
    assert all(first)
    assert sorted(chain.from_iterable(claimed)) == sorted(wanted)


async def test_a_backup_made_while_another_process_writes_is_whole(tmp_path: Path) -> None:
    process = start("write_without_end", tmp_path / "data")
    try:
        said = [read_line(process) for _ in range(30)]
        reports = [await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "backups") for _ in range(3)]
        said_after = read_line(process)
    finally:
        process.kill()
        process.communicate()
    assert said_after
    for report in reports:
        # The made-up variants have no picture files; everything else must be there.
        assert verify(report.folder) == [] and set(report.missing) <= {
            *(f"{n}" * 64 for n in range(1, 5)),
            "b" * 64,
            "c" * 64,
        }
    async with await Store.open(reports[-1].folder) as restored:
        assert await restored.check() == []
        for line in said:
            step, job_id = line.split()
            await check_that_nothing_is_lost(restored, job_id, step)


async def test_a_full_disk_is_one_sentence_and_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    process = start("fill_the_disk", tmp_path)
    lines = process.communicate()[0].splitlines()
    assert process.returncode == 0
    kept = [line.split()[1] for line in lines if line.startswith("queued")]
    refused, readable = lines[-2:]
    assert refused.startswith("refused ") and "cannot be used: " in refused and str(tmp_path) in refused
    assert kept and readable == f"readable {len(kept)}"
    async with await Store.open(tmp_path) as store:
        assert await store.check() == []
        assert sorted(job.id for job in await store.jobs.queued()) == sorted(kept)
        await store.jobs.submit(new_job(2), cap=1)


def test_a_folder_without_rights_is_one_sentence() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        said = start("open_as_nobody", Path(name) / "data").communicate()[0]
        Path(name).chmod(0o755)
    assert said.count("\n") == 1
    assert "may not" in said or "read-only" in said


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("x"), "is a file"),
        (lambda path: (path.mkdir(), (path / DATABASE_NAME).write_bytes(b"no database" * 1000)), "no SQLite database"),
        (lambda path: (path.mkdir(), (path / DATABASE_NAME).mkdir()), "cannot be opened"),
    ],
    ids=["file in the way", "not a database", "folder in the way"],
)
async def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path, make: object, reason: str) -> None:
    make(tmp_path / "data")  # type: ignore[operator]
    with pytest.raises(StorageUnavailableError, match=reason):
        await Store.open(tmp_path / "data")


async def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        for number in range(50):
            await store.jobs.submit(new_job(note="word " * 300), cap=99 + number)
    path = tmp_path / DATABASE_NAME
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 12] = os.urandom(4096 * 9)
    path.write_bytes(bytes(data))
    try:
        async with await Store.open(tmp_path) as store:
            assert await store.check() != []
    except StorageUnavailableError as error:
        assert "damaged" in str(error)


async def test_rendering_continues_after_the_owner_was_killed(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        job = await store.jobs.submit(new_job(), cap=1)
    process = start("claim_all", tmp_path)
    read_line(process)
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    assert read_line(process) == job.id
    process.kill()
    process.communicate()
    hour_later = 3601
    async with await Store.open(tmp_path, lambda: job.created_at.timestamp() + 2 * hour_later) as store:
        again = await store.jobs.claim("another", 60)
        assert again is not None and (again.id, again.attempts) == (job.id, 2)
        assert (await store.jobs.complete(job.id, "another", new_render())).id == job.id
