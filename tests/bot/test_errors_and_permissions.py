import logging
from types import SimpleNamespace

import discord
import pytest

from bot.errors import RefusedError, explain, record_failure
from bot.intake import IntakeError
from bot.permissions import missing_permissions, require_author
from gan.pool import WorkerCrashedError
from gan.request import RenderError
from storage import StorageUnavailableError, TooManyJobsError


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("Do this.", "cause"),
        IntakeError("Do this.", "cause"),
        RenderError("Too dark."),
        TooManyJobsError(3, 3),
        WorkerCrashedError("signal 9"),
        StorageUnavailableError("the disk is full"),
        ZeroDivisionError("division by zero"),
    ],
)
def test_every_error_is_one_sentence_with_an_id_that_the_log_names(error, caplog):
    text = record_failure(error, "something")
    sentence, trace = text.split("\n")
    assert sentence.endswith(".") and trace.startswith("-# error ")
    assert trace.removeprefix("-# error ") in caplog.text and explain(error).cause in caplog.text


def test_only_what_nobody_foresaw_is_logged_with_a_traceback(caplog):
    record_failure(RefusedError("Do this.", "cause"), "a")
    assert caplog.records[-1].levelno == logging.WARNING and not caplog.records[-1].exc_info
    record_failure(KeyError("bug"), "b")
    assert caplog.records[-1].levelno == logging.ERROR and caplog.records[-1].exc_info


def test_internals_are_not_told_to_members():
    assert "bug" not in record_failure(KeyError("bug"), "a")
    assert "/secret/path" not in record_failure(StorageUnavailableError("/secret/path is full"), "a")


def allowed(**changes):
    names = {
        "view_channel": True,
        "send_messages": True,
        "attach_files": True,
        "add_reactions": True,
        "read_message_history": True,
    }
    return discord.Permissions(**(names | changes))


def test_what_is_missing_is_named_as_discord_names_it():
    assert missing_permissions(allowed(), in_thread=False) == []
    assert missing_permissions(allowed(attach_files=False), in_thread=False) == ["Attach Files"]
    assert missing_permissions(allowed(), in_thread=True) == ["Send Messages in Threads"]
    assert missing_permissions(discord.Permissions(administrator=True), in_thread=True) == []
    assert len(missing_permissions(discord.Permissions.none(), in_thread=False)) == 5


@pytest.mark.parametrize(("user", "permissions"), [(1, 0), (2, discord.Permissions(manage_messages=True).value)])
def test_author_and_moderators_may(user, permissions):
    interaction = SimpleNamespace(user=SimpleNamespace(id=user), permissions=discord.Permissions(permissions))
    require_author(interaction, 1, "delete this")


def test_others_may_not():
    interaction = SimpleNamespace(user=SimpleNamespace(id=2), permissions=discord.Permissions.none())
    with pytest.raises(RefusedError, match="Only <@1> and moderators can delete this"):
        require_author(interaction, 1, "delete this")
