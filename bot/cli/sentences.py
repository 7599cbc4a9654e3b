"""Bad input on the command line ends with status 2 and one sentence on standard error, never a usage box."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

BAD_INPUT = 2
# Typer carries its own copy of click since 0.26 and hands out this class only as a base of its public one.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def refuse(sentence: str) -> typer.Exit:
    """Say what is wrong and return the exception to raise."""
    typer.echo(sentence, err=True)
    return typer.Exit(BAD_INPUT)


class OneSentenceCommand(TyperCommand):
    """A command whose wrong or missing options are answered with one sentence."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the command line."""
        try:
            return super().make_context(*args, **kwargs)
        except UsageError as error:
            sentence = " ".join(getattr(error, "format_message", error.__str__)().replace("Value error, ", "").split())
            raise refuse(sentence if sentence.endswith((".", "?", "!")) else f"{sentence}.") from error
