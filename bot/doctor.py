"""Looks over everything the assistant needs and says what to do about each problem."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from bot.playground.sample_pictures import GARMENTS, STYLES, pictures_in
from bot.settings import Settings
from gan import shipped
from gan.request import RenderError, RenderRequest
from gan.serving.pool import Patience, WorkerCrashedError
from gan.serving.worker_process import WORKER_COMMAND, WorkerProcess
from storage import StorageError
from storage.backup import missing_pictures
from storage.inspection import inspect
from storage.store import DATABASE_NAME

LITTLE_DISK = 5 * 2**30
TOO_LITTLE_DISK = 2**29
RESTORE = "Stop the bot, then `restyle restore BACKUP` puts a backup in its place; never copy its files by hand."
_TOKEN = re.compile(r"(?P<id>[\w-]{20,40})\.[\w-]{5,10}\.[\w-]{25,110}")


class Level(StrEnum):
    """How bad a finding is; only a failure keeps the assistant from working."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at.
        level: how bad it is.
        found: what there is.
        remedy: what to do about it; empty when nothing is to be done.
    """

    check: str
    level: Level
    found: str
    remedy: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Make all checks, one after the other; a check that breaks is a failure of its own."""
    checks: dict[str, Callable[[Settings], Awaitable[list[Finding]]]] = {
        "token": _token,
        "disk": _disk,
        "database": _database,
        "pictures": _pictures,
        "weights": _weights,
        "renderer": _renderer,
    }
    findings: list[Finding] = []
    for name, check in checks.items():
        try:
            findings += await check(settings)
        except Exception as error:
            found = f"the check itself broke: {type(error).__name__}: {error}"
            findings.append(Finding(name, Level.FAILURE, found, "Report this to the maintainers."))
    return findings


async def _token(settings: Settings) -> list[Finding]:
    token = settings.discord_token.get_secret_value()
    remedy = "Copy it from the developer portal, your application, Bot, Reset Token, into .env as DISCORD_TOKEN=…"
    if not token:
        found = "DISCORD_TOKEN is not set; the playground needs none, Discord does"
        return [Finding("token", Level.WARNING, found, remedy)]
    application = token_application(token)
    if application is None:
        return [Finding("token", Level.FAILURE, "DISCORD_TOKEN has not the shape of a bot's token", remedy)]
    return [Finding("token", Level.OK, f"has the right shape, for application {application}")]


def token_application(token: str) -> int | None:
    """The application's id that a bot's token carries, or None when it has not the shape of one."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    first = match["id"]
    try:
        digits = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(digits) if digits.isdigit() else None


async def _disk(settings: Settings) -> list[Finding]:
    folder = await asyncio.to_thread(_existing_parent, settings.data_dir)
    if not await asyncio.to_thread(_writable, folder):
        remedy = f"Give this user the right to write in {folder}, or set DATA_DIR to another folder."
        return [Finding("disk", Level.FAILURE, f"{folder} cannot be written", remedy)]
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    found = f"{free / 2**30:.1f} GiB free at {folder.resolve()}"
    if free < LITTLE_DISK:
        level = Level.FAILURE if free < TOO_LITTLE_DISK else Level.WARNING
        return [Finding("disk", level, found, "Free some space, or set DATA_DIR to a larger disk.")]
    return [Finding("disk", Level.OK, found)]


def _existing_parent(folder: Path) -> Path:
    folder = folder.absolute()
    return folder if folder.exists() or folder == folder.parent else _existing_parent(folder.parent)


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


async def _database(settings: Settings) -> list[Finding]:
    if not await asyncio.to_thread((settings.data_dir / DATABASE_NAME).exists):
        return [Finding("database", Level.OK, f"none yet; it will be made in {settings.data_dir}")]
    try:
        seen = await asyncio.to_thread(inspect, settings.data_dir)
    except StorageError as error:
        remedy = f"Do what it says. If the file is damaged: {RESTORE[0].lower()}{RESTORE[1:]}"
        return [Finding("database", Level.FAILURE, str(error).rstrip("."), remedy)]
    if seen.faults:
        return [Finding("database", Level.FAILURE, fault.rstrip("."), RESTORE) for fault in seen.faults]
    found = f"sound; {seen.queued} jobs wait, {seen.running} run, {seen.undelivered} are to be delivered"
    return [Finding("database", Level.OK, found)]


async def _pictures(settings: Settings) -> list[Finding]:
    if not await asyncio.to_thread((settings.data_dir / DATABASE_NAME).exists):
        return []
    missing = await asyncio.to_thread(missing_pictures, settings.data_dir)
    if missing:
        found = f"{len(missing)} pictures that the database names are not there, the first is {missing[0]}"
        remedy = "`restyle restore BACKUP --pictures` brings them back from a backup."
        return [Finding("pictures", Level.FAILURE, found, remedy)]
    return [Finding("pictures", Level.OK, "every picture that the database names is there")]


async def _weights(settings: Settings) -> list[Finding]:
    files = {
        "generator weights": settings.weights or shipped.GENERATOR,
        "mask weights": shipped.MASK,
        "part weights": shipped.PARTS,
        "subject weights": shipped.GARMENT_JUDGE,
        "scene weights": shipped.SCENE_JUDGE,
        "face detector": shipped.FACES,
    }
    return [await asyncio.to_thread(_weights_file, name, path) for name, path in files.items()]


def _weights_file(name: str, path: Path) -> Finding:
    if not path.exists():
        remedy = "Install the package again; until then pictures are made without this network, less well."
        return Finding(name, Level.WARNING, f"{path} is not there", remedy)
    if path.suffix != ".safetensors":
        return Finding(name, Level.OK, f"{path.stat().st_size / 2**20:.1f} MiB")
    try:
        with safe_open(path, framework="numpy") as tensors:
            names = list(tensors.keys())
            finite = all(np.isfinite(tensors.get_tensor(key)).all() for key in names)
    except (SafetensorError, OSError) as error:
        return Finding(name, Level.FAILURE, f"{path} cannot be read: {error}", "Install the package again.")
    if not names or not finite:
        remedy = "Install the package again, or train again from the last good checkpoint."
        return Finding(name, Level.FAILURE, f"{path} holds no usable numbers", remedy)
    return Finding(name, Level.OK, f"{len(names)} tensors, {path.stat().st_size / 2**20:.1f} MiB")


async def _renderer(settings: Settings) -> list[Finding]:
    """Start a real worker and let it render a sample: nothing else shows that rendering works."""
    command = [*WORKER_COMMAND, "--device", settings.device]
    command += ["--weights", str(settings.weights)] if settings.weights else []
    remedy = f"Set DEVICE=cpu if the device {settings.device!r} is in trouble; the lines above this name the cause."
    try:
        worker = await WorkerProcess.start(command, Patience())
        try:
            with tempfile.TemporaryDirectory() as folder:
                result = await worker.render(_sample_request(Path(folder)), lambda progress: None)
        finally:
            await worker.stop()
    except (WorkerCrashedError, RenderError, OSError) as error:
        return [Finding("renderer", Level.FAILURE, f"a worker cannot render a sample: {error}", remedy)]
    devices = worker.devices if settings.device == "auto" else [settings.device]
    found = f"rendered a sample in {result.seconds:.1f} s; devices: {', '.join(devices)}; {os.cpu_count()} cores"
    return [Finding("renderer", Level.OK, found)]


def _sample_request(folder: Path) -> RenderRequest:
    garment, style = pictures_in(GARMENTS)[0], pictures_in(STYLES)[0]
    return RenderRequest(garment=garment, style=style, output=folder, variants=1, size=256)
