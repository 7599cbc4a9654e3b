"""What the fault tests run as processes of their own: `python -m tests.storage.process_scripts NAME FOLDER …`."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from pathlib import Path

from storage import StorageUnavailableError, Store
from tests.storage.conftest import CHANNEL, new_job, new_render, picture

NOBODY = 65534


async def write_without_end(folder: Path) -> None:
    """Take jobs from start to votes, one after the other, and say each step that storage called done."""
    async with await Store.open(folder) as store:
        for number in range(1_000_000):
            image = await store.images.put(picture(f"#{number % 4096:03x}", (200, 150)))
            job = await store.jobs.submit(new_job(number % 3, garment_sha=image.sha, note=f"word{number % 5}"), cap=9)
            say(f"queued {job.id}")
            await store.jobs.claim("worker", 3600)
            await store.jobs.complete(job.id, "worker", new_render())
            say(f"rendered {job.id}")
            message_id = (os.getpid() << 32) + number + 1
            await store.jobs.mark_delivered(job.id, CHANNEL, message_id)
            say(f"delivered {job.id}")
            for voter in range(number % 4):
                await store.votes.cast(message_id, 1, voter)
            if number % 7 == 6:
                await store.renders.hide(job.guild_id, job.id, by=1)
                say(f"hidden {job.id}")


async def claim_all(folder: Path) -> None:
    """Claim once when told to, and when told again until nothing waits; say what was got."""
    async with await Store.open(folder) as store:
        say("ready")
        sys.stdin.readline()
        first = True
        while job := await store.jobs.claim(f"process {os.getpid()}", 3600):
            say(job.id)
            if first:
                sys.stdin.readline()
            first = False


async def fill_the_disk(folder: Path) -> None:
    """Write under a limit on the size of files until storage refuses, and say how; then go on reading."""
    async with await Store.open(folder) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        while True:
            try:
                job = await store.jobs.submit(new_job(note="word " * 200), cap=1_000_000)
            except StorageUnavailableError as error:
                say(f"refused {error}")
                break
            say(f"queued {job.id}")
        say(f"readable {len(await store.jobs.queued())}")


async def open_as_nobody(folder: Path) -> None:
    """Open a folder in which this user may not write."""
    if os.getuid() == 0:
        os.setuid(NOBODY)
    try:
        await Store.open(folder)
    except StorageUnavailableError as error:
        say(str(error))


def say(line: str) -> None:
    """Tell the test at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]](Path(sys.argv[2])))
