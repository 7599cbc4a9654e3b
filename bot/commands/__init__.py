"""The slash commands, one file a group; they only translate between Discord and the use-cases."""

from bot.commands.help import help_command
from bot.commands.history import history
from bot.commands.restyle import restyle
from bot.commands.styles import StyleGroup

__all__ = ["StyleGroup", "help_command", "history", "restyle"]
