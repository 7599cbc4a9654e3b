"""How tests read the bot's messages."""

import asyncio

from bot.playground.user import components_of, media_of, text_of


def custom_ids(message, start):
    return [
        component["custom_id"]
        for component in components_of(message)
        if str(component.get("custom_id", "")).startswith(start)
    ]


def is_result(message):
    return bool(custom_ids(message, "restyle:delete:"))


def is_progress(message):
    return bool(custom_ids(message, "restyle:cancel:"))


def render_id(message):
    return custom_ids(message, "restyle:delete:")[0].split(":")[-1]


async def eventually(condition, within=10.0):
    """Wait until a condition holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - what is waited for does not announce itself
            await asyncio.sleep(0.05)


async def answer_to(user, sent):
    """The finished answer to an interaction."""
    await user.acknowledged(sent)
    return await user.wait_message(
        lambda m: (
            (m.get("interaction_metadata") or {}).get("id") == sent.interaction_id
            and not m["flags"] & 128
            and bool(text_of(m) or media_of(m))
        ),
        20,
    )
