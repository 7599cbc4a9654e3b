"""`restyle backup` and `restyle restore`: a checked copy of everything the bot remembers, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import app
from bot.cli.sentences import OneSentenceCommand, refuse
from bot.settings import SettingsError, load_settings
from storage import StorageError

FAULTS_FOUND = 1


@app.command(cls=OneSentenceCommand)
def backup(
    to: Annotated[Path, typer.Option(help="Receives a new folder restyle-<date>-<time>.")] = Path("backups"),
    data: Annotated[Path | None, typer.Option(help="The data folder; by default DATA_DIR.")] = None,
    verify: Annotated[Path | None, typer.Option(help="Check this backup instead of making one.")] = None,
) -> None:
    """Copy the database and its pictures while the bot runs; the copy is itself a data folder."""
    if verify is not None:
        _check(verify)
        return
    from storage.backup import back_up

    try:
        report = back_up(data or load_settings().data_dir, to)
    except (StorageError, SettingsError) as error:
        raise refuse(str(error)) from error
    _check(report.folder)
    for sha in report.missing:
        typer.echo(f"The picture {sha} was missing already and is not in the backup.", err=True)
    typer.echo(f"{report.folder}: the database and {report.images} pictures, checked.")


@app.command(cls=OneSentenceCommand)
def restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="A folder that `restyle backup` made.")],
    data: Annotated[Path | None, typer.Option(help="The data folder; by default DATA_DIR.")] = None,
    pictures: Annotated[bool, typer.Option("--pictures", help="Only pictures that are missing or damaged.")] = False,
) -> None:
    """Put a backup in the place of the database, while the bot is stopped; the former database is kept aside."""
    from bot.folder_lock import FolderInUseError, FolderLock
    from storage import restoring

    try:
        place = (data or load_settings().data_dir).absolute()
        if pictures:
            typer.echo(f"{place}: {restoring.restore_pictures(backup, place)} pictures were brought back.")
            return
        with FolderLock(place):
            aside = restoring.restore(backup, place)
    except (StorageError, SettingsError, FolderInUseError) as error:
        raise refuse(str(error)) from error
    typer.echo(f"{place}: the database of {backup} is back and sound.")
    if aside:
        typer.echo(f"The former one is in {aside}; remove it when you no longer need it.")


def _check(folder: Path) -> None:
    """Say every fault of a backup and end with status 1, or go on when there is none."""
    from storage.backup import verify

    faults = verify(folder)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(FAULTS_FOUND)
    typer.echo(f"{folder} is whole.")
