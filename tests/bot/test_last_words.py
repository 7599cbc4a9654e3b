"""What a message says last is true, whatever was still on its way when the job ended."""

import asyncio

from bot.pacing import PacedEditor
from bot.playground.user import text_of
from bot.studio import Studio
from gan.request import Progress, RenderError
from storage import StorageUnavailableError, Store
from tests.bot.hindering import held_edits
from tests.bot.reading import answer_to, custom_ids, eventually, is_progress, is_result
from tests.bot.test_restyle_in_channel import restyle


async def test_the_last_word_waits_for_the_edit_under_way_and_drops_the_waiting_one():
    editor, made, go_on, begun = PacedEditor(0.01), [], asyncio.Event(), asyncio.Event()

    async def slow():
        begun.set()
        await go_on.wait()
        made.append("slow")

    async def note(what):
        made.append(what)

    editor.request(1, 10, slow)
    await begun.wait()
    editor.request(1, 10, lambda: note("waiting"))
    last = asyncio.create_task(editor.last_word(1, 10, lambda: note("last")))
    await asyncio.sleep(0.05)
    go_on.set()
    await last
    editor.request(1, 11, lambda: note("another message"))
    await eventually(lambda: "another message" in made)
    assert made == ["slow", "last", "another message"]
    await editor.close()


async def test_an_edit_that_waits_for_the_last_word_is_not_made_after_it():
    editor, made, go_on, begun = PacedEditor(0.01), [], asyncio.Event(), asyncio.Event()

    async def last_word():
        begun.set()
        await go_on.wait()
        editor.forget(1, 10)
        made.append("last")

    async def note(what):
        made.append(what)

    last = asyncio.create_task(editor.last_word(1, 10, last_word))
    await begun.wait()
    editor.request(1, 10, lambda: note("late"))
    await asyncio.sleep(0.05)
    go_on.set()
    await last
    editor.request(1, 11, lambda: note("another message"))
    await eventually(lambda: "another message" in made)
    assert made == ["last", "another message"]
    await editor.close()


async def test_a_quick_refusal_is_not_written_over_by_slow_progress(house, monkeypatch):
    user = await house.member()
    held, go_on = held_edits(monkeypatch, "Rendering")
    house.pool.gate.clear()
    house.pool.faults += [RenderError("There is no garment in this picture.")]
    await restyle(user)
    await eventually(lambda: held)
    house.pool.gate.set()
    told = await user.wait_message(lambda m: "no garment" in text_of(m), 20)
    go_on.set()
    await eventually(lambda: list(user.messages) == [told["id"]])
    assert "no garment" in text_of(user.messages[told["id"]])


async def test_a_cancelled_job_is_not_shown_as_rendering_by_slow_progress(house, monkeypatch):
    user = await house.member()
    house.pool.gate.clear()
    await restyle(user)
    shown = await user.wait_message(is_progress)
    held, go_on = held_edits(monkeypatch, "drawing")
    await eventually(lambda: house.pool.report)
    house.pool.report(Progress(2, 3, "drawing the variants"))
    await eventually(lambda: held)
    await user.acknowledged(await user.click(shown, "Cancel"))
    await asyncio.sleep(0.3)  # time for a cancellation that does not wait
    go_on.set()
    await user.wait_message(lambda m: "Cancelled" in text_of(m))
    await asyncio.sleep(0.3)  # time for an edit that should not come
    assert "Cancelled" in text_of(user.messages[shown["id"]]) and not is_progress(user.messages[shown["id"]])


async def test_a_job_that_is_over_before_it_is_announced_is_not_called_queued(house, monkeypatch):
    user = await house.member()
    place, asked, go_on = Studio.place, asyncio.Event(), asyncio.Event()

    async def slow_place(self, job_id):
        found = await place(self, job_id)
        asked.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(Studio, "place", slow_place)
    house.pool.faults += [RenderError("There is no garment in this picture.")]
    await restyle(user)
    await asked.wait()
    told = await user.wait_message(lambda m: "no garment" in text_of(m), 20)
    go_on.set()
    await asyncio.sleep(0.3)  # time for an edit that should not come
    assert list(user.messages) == [told["id"]] and "no garment" in text_of(user.messages[told["id"]])


async def test_what_fails_after_the_row_is_not_called_a_refusal(house, monkeypatch):
    user = await house.member()
    house.pool.gate.clear()

    async def broken(*_):
        raise StorageUnavailableError("restyle.db cannot be used: another process keeps it locked")

    monkeypatch.setattr(Studio, "place", broken)
    await restyle(user)
    await user.wait_message(lambda m: "Rendering" in text_of(m))
    house.pool.gate.set()
    await user.wait_message(is_result, 20)
    assert not any("nothing was changed" in text_of(event["d"]) for event in user.events if "content" in event["d"])


async def test_a_failed_and_a_cancelled_order_can_be_tried_again_without_its_files(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    house.pool.faults += [RenderError("There is no garment in this picture.")]
    await restyle(noor, note="second try", seed=30, variants=2)
    failed = await noor.wait_message(lambda m: "no garment" in text_of(m), 20)
    house.pool.gate.clear()
    await noor.acknowledged(await noor.click(failed, custom_ids(failed, "restyle:retry:")[0]))
    running = await noor.wait_message(lambda m: "Rendering" in text_of(m))
    await noor.acknowledged(await noor.click(running, "Cancel"))
    cancelled = await noor.wait_message(lambda m: "Cancelled" in text_of(m))
    house.pool.gate.set()
    await mika.acknowledged(await mika.click(cancelled, "Try again"))
    result = await mika.wait_message(is_result, 20)
    assert "second try" in text_of(result) and f"Restyled for <@{mika.id}>" in text_of(result)
    first, _, last = house.pool.requests
    assert (last.seed, last.variants, last.garment, last.style) == (30, 2, first.garment, first.style)


async def test_an_order_that_is_done_or_forgotten_cannot_be_tried_again(house):
    user = await house.member()
    house.pool.faults += [RenderError("There is no garment in this picture.")]
    await restyle(user)
    failed = await user.wait_message(lambda m: "no garment" in text_of(m), 20)
    for change, words in (
        ("UPDATE jobs SET status = 'delivered'", "done already"),
        ("DELETE FROM jobs", "do not know this order any more"),
    ):
        async with await Store.open(house.settings.data_dir) as store:
            await store._database.write(lambda connection, change=change: connection.execute(change).rowcount)
        told = await answer_to(user, await user.click(failed, "Try again"))
        assert words in text_of(told) and told["flags"] & 64
