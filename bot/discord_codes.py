"""Discord's error codes that mean something particular to the bot, and what they mean."""

from __future__ import annotations

UNKNOWN_CHANNEL = 10003
UNKNOWN_GUILD = 10004
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
REQUEST_TOO_LARGE = 40005
MISSING_ACCESS = 50001
MISSING_PERMISSIONS = 50013
INVALID_WEBHOOK_TOKEN = 50027
THREAD_ARCHIVED = 50083
THREAD_LOCKED = 160005

TOKEN_OVER = (UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN)
"""An interaction is unknown or its token is over."""
UNREACHABLE = {
    UNKNOWN_CHANNEL: "the channel was deleted",
    UNKNOWN_GUILD: "the bot was removed from the server",
    UNKNOWN_MESSAGE: "the message it belongs to was deleted",
    MISSING_ACCESS: "the bot may not see the channel any more",
    MISSING_PERMISSIONS: "the bot may not post in the channel any more",
    THREAD_ARCHIVED: "the thread is archived",
    THREAD_LOCKED: "the thread is locked",
}
"""Nothing will change by trying again; the text completes “it could not be posted: …”."""
