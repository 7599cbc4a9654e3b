"""`python -m bot` is the same as `restyle`."""

from bot.cli import main

main()
