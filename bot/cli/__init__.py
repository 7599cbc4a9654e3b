"""The command line: `restyle …`. One file a group of commands; heavy imports happen inside the commands."""

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
    app()


from bot.cli import benchmark_render, benchmark_storage, keep, mask, playground, render, run, train  # noqa: E402, F401  (registers their commands)
