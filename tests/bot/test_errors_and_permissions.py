import logging
from types import SimpleNamespace

import discord
import pytest

from bot.errors import explain, record_failure
from bot.intake import IntakeError
from bot.permissions import missing_permissions, require_author
from bot.refusal import RefusedError
from gan.request import RenderError
from gan.serving.pool import WorkerCrashedError
from storage import (
    InvalidStyleNameError,
    LeaseLostError,
    StorageError,
    StorageUnavailableError,
    StyleExistsError,
    TooManyJobsError,
)


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
def test_every_error_is_one_sentence_and_has_an_id_for_the_log_where_it_is_not_the_members_to_mend(error, caplog):
    sentence, _, trace = record_failure(error, "something").partition("\n")
    assert sentence.endswith(".") and explain(error).cause in caplog.text
    assert bool(trace) is not explain(error).expected
    if trace:
        assert trace.startswith("-# error ") and trace.removeprefix("-# error ") in caplog.text


def test_only_what_nobody_foresaw_is_logged_with_a_traceback(caplog):
    record_failure(RefusedError("Do this.", "cause"), "a")
    assert caplog.records[-1].levelno == logging.WARNING and not caplog.records[-1].exc_info
    record_failure(KeyError("bug"), "b")
    assert caplog.records[-1].levelno == logging.ERROR and caplog.records[-1].exc_info


def every_storage_error(kind=StorageError):
    return {kind} | {found for child in kind.__subclasses__() for found in every_storage_error(child)}


SECRET = "/srv/data/images/ab/cd/" + "3fa9" * 16 + ".png"
FOR_PEOPLE = {TooManyJobsError, StyleExistsError, InvalidStyleNameError}


@pytest.mark.parametrize(
    "error",
    [KeyError(SECRET), *(kind(SECRET) for kind in every_storage_error() - FOR_PEOPLE - {LeaseLostError})],
    ids=lambda error: type(error).__name__,
)
def test_internals_are_told_to_the_log_and_not_to_members(error, caplog):
    text = record_failure(error, "a")
    assert SECRET not in text and "3fa9" not in text and "-# error" in text
    assert f"{type(error).__name__}: " in caplog.text and SECRET in caplog.text and caplog.records[-1].exc_info


def test_what_a_member_can_mend_is_said_in_full(caplog):
    style = SimpleNamespace(name="Navy tartan")
    assert "named “Navy tartan”" in record_failure(StyleExistsError(style), "a")
    assert "at most 5" in record_failure(TooManyJobsError(5, 5), "a")
    assert "60 characters" in record_failure(InvalidStyleNameError("At most 60 characters."), "a")
    assert record_failure(RenderError("Too dark."), "a") == "Too dark." and "RenderError: Too dark." in caplog.text


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
