"""Ways to hinder the bot from outside, as the network, Discord and bad luck do."""

import asyncio
import contextlib

from bot.playground.messages import MessageBook
from bot.playground.rest import exchange
from bot.playground.rest.call import JsonResponse
from storage.jobs import Jobs


@contextlib.contextmanager
def refused(monkeypatch, fits, status, code):
    """Discord refuses the requests that fit (method, path)."""
    answer = exchange._answer

    async def refuse(request, services, body, route):
        if fits(request.method, request.path):
            await services.bodies.read(request, body)
            return JsonResponse({"message": "refused by the test", "code": code}, status)
        return await answer(request, services, body, route)

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "_answer", refuse)
        yield


def held_edits(monkeypatch, words):
    """Discord is slow to make edits whose text has these words: gives what it holds, and the event that frees them."""
    held, go_on = [], asyncio.Event()
    edit = MessageBook.edit

    async def hold(self, message, form, *arguments):
        if words in (form.content or ""):
            held.append(message.id)
            await go_on.wait()
        return await edit(self, message, form, *arguments)

    monkeypatch.setattr(MessageBook, "edit", hold)
    return held, go_on


@contextlib.contextmanager
def held_records(monkeypatch):
    """No post is recorded as long as this lasts; the event tells that one was made."""
    posted, go_on = asyncio.Event(), asyncio.Event()
    record = Jobs.mark_delivered

    async def hold(self, *arguments):
        posted.set()
        await go_on.wait()
        return await record(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "mark_delivered", hold)
        yield posted
    go_on.set()
