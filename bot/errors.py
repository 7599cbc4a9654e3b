"""Every failure becomes one sentence for the person and one log line with its cause, tied by an error id."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import discord
from discord import app_commands

from bot.refusal import RefusedError
from gan.request import RenderError
from gan.serving.pool import WorkerCrashedError
from storage.errors import (
    ImageError,
    InvalidStyleNameError,
    StorageError,
    StyleExistsError,
    TooManyJobsError,
)
from storage.ids import new_id

log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong on my side; please try again, or tell whoever runs me the error id below."
UNAVAILABLE = "I cannot reach what I have kept right now; nothing was changed, please try again in a few minutes."
PICTURE_LOST = "One of this result's pictures is missing or damaged; please tell whoever runs me the error id below."
CRASHED = "The picture could not be rendered: the renderer stopped unexpectedly each time; please try another picture."
DISCORD_FAULT = "Discord did not accept my answer; please try again in a minute."


@dataclass(frozen=True, slots=True)
class Explained:
    """An error in both its faces.

    Attributes:
        sentence: for the person.
        cause: for the log.
        expected: whether it is the person's to mend (no traceback in the log).
    """

    sentence: str
    cause: str
    expected: bool


def explain(error: BaseException) -> Explained:
    """Say what `error` means to the person who met it. Paths, hashes and other insides go to the log only."""
    if isinstance(error, app_commands.CommandInvokeError):
        return explain(error.original)
    if isinstance(error, RefusedError):
        return Explained(error.sentence, error.cause, expected=True)
    cause = f"{type(error).__name__}: {error}"
    if isinstance(error, RenderError | InvalidStyleNameError):
        return Explained(str(error), cause, expected=True)
    if isinstance(error, TooManyJobsError):
        return Explained(f"{error} Wait for one to finish or cancel one.", cause, expected=True)
    if isinstance(error, StyleExistsError):
        return Explained(f"{error} Choose another name, or say `replace: True` to replace it.", cause, expected=True)
    if isinstance(error, ImageError):
        return Explained(PICTURE_LOST, cause, expected=False)
    if isinstance(error, StorageError):
        return Explained(UNAVAILABLE, cause, expected=False)
    if isinstance(error, WorkerCrashedError):
        return Explained(CRASHED, cause, expected=True)
    if isinstance(error, discord.HTTPException):
        return Explained(DISCORD_FAULT, f"Discord answered {error.status} {error.code}: {error.text}", expected=True)
    return Explained(UNEXPECTED, cause, expected=False)


def record_failure(error: BaseException, doing: str) -> str:
    """Log a failure and return the sentence for the person, with an error id below where it is not theirs to mend.

    Args:
        error: what was raised.
        doing: what was being done, and for whom, in the log's words.
    """
    explained = explain(error)
    error_id = new_id()
    if explained.expected:
        log.warning("%s failed [error %s]: %s", doing, error_id, explained.cause)
    else:
        log.error("%s failed [error %s]: %s", doing, error_id, explained.cause, exc_info=error)
    return explained.sentence if explained.expected else f"{explained.sentence}\n-# error {error_id}"
