"""The command line: `restyle …`. One file a group of commands; heavy imports happen inside the commands."""

import os

import typer

app = typer.Typer(
    name="restyle",
    help="The restyle assistant: a design bot for Discord, its local playground and its GAN.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
benchmark = typer.Typer(name="benchmark", help="Measure speed on this machine.", no_args_is_help=True)
app.add_typer(benchmark)


def main() -> None:
    """Run the command line."""
    # Threads that share an operator wait for each other at its end. Where another process takes the core of one, the
    # others must sleep: spinning, they make training ten times as slow. OpenMP reads this when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    app()


# Importing these registers their commands.
from bot.cli import (  # noqa: E402
    backup,  # noqa: F401
    benchmark_bot,  # noqa: F401
    benchmark_render,  # noqa: F401
    benchmark_storage,  # noqa: F401
    bot,  # noqa: F401
    doctor,  # noqa: F401
    mask,  # noqa: F401
    playground,  # noqa: F401
    render,  # noqa: F401
    train,  # noqa: F401
)
