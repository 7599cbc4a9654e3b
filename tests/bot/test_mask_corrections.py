"""Correcting a mask: seen, cancelled, asked for once, and not brought back after its result was deleted."""

from bot.playground.user import text_of
from gan.request import RenderError
from tests.bot.hindering import refused
from tests.bot.reading import answer_to, custom_ids, eventually, is_progress, is_result, render_id
from tests.bot.test_restyle_in_channel import result_of


async def panel_of(user, message):
    """A mask panel with one step made."""
    panel = await answer_to(user, await user.click(message, f"restyle:mask:{render_id(message)}"))
    larger = next(name for name in custom_ids(panel, "restyle:maskstep:") if ":larger:" in name)
    await user.acknowledged(await user.click(panel, larger))
    return await user.wait_message(lambda m: m["id"] == panel["id"] and "1 larger" in text_of(m))


async def correct(user, panel):
    sent = await user.click(panel, custom_ids(panel, "restyle:maskrender:")[0])
    await user.acknowledged(sent)
    return sent


async def test_a_correction_shows_its_progress_and_can_be_cancelled(house):
    user = await house.member()
    message = await result_of(user)
    house.pool.gate.clear()
    await correct(user, await panel_of(user, message))
    progress = await user.wait_message(lambda m: is_progress(m) and "Rendering" in text_of(m))
    assert not progress["flags"] & 64
    await user.acknowledged(await user.click(progress, "Cancel"))
    await user.wait_message(lambda m: m["id"] == progress["id"] and "Cancelled" in text_of(m))
    house.pool.gate.set()
    await eventually(lambda: house.pool.cancelled == 1)
    assert render_id(user.messages[message["id"]]) == render_id(message)


async def test_a_correction_replaces_the_result_and_its_progress_goes(house):
    user = await house.member()
    message = await result_of(user)
    await correct(user, await panel_of(user, message))
    await user.wait_message(lambda m: m["id"] == message["id"] and "mask corrected" in text_of(m), 20)
    await eventually(lambda: not any(map(is_progress, user.messages.values())))
    assert sum(map(is_result, user.messages.values())) == 1


async def test_a_panel_that_is_closed_meanwhile_is_no_failure(house, monkeypatch):
    user = await house.member()
    message = await result_of(user)
    panel = await panel_of(user, message)
    with refused(monkeypatch, lambda method, path: method == "PATCH" and path.endswith("@original"), 404, 10008):
        await correct(user, panel)
        await user.wait_message(lambda m: m["id"] == message["id"] and "mask corrected" in text_of(m), 20)
    assert not any("did not accept" in text_of(m) for m in user.messages.values())


async def test_two_presses_correct_once(house):
    user = await house.member()
    message = await result_of(user)
    house.pool.gate.clear()
    first, second = await panel_of(user, message), await panel_of(user, message)
    await correct(user, first)
    await user.wait_message(is_progress)
    told = await answer_to(user, await user.click(second, custom_ids(second, "restyle:maskrender:")[0]))
    assert "being corrected already" in text_of(told) and told["flags"] & 64
    await eventually(lambda: sum(map(is_progress, user.messages.values())) == 1)
    house.pool.gate.set()
    await user.wait_message(lambda m: m["id"] == message["id"] and "mask corrected" in text_of(m), 20)
    assert len(house.pool.requests) == 2


async def test_a_failed_correction_is_tried_again_in_its_place(house):
    user, other = await house.member("Noor"), await house.member("Mika")
    message = await result_of(user)
    house.pool.faults += [RenderError("The mask leaves nothing to restyle.")]
    await correct(user, await panel_of(user, message))
    failed = await user.wait_message(lambda m: "leaves nothing" in text_of(m), 20)
    refused = await answer_to(other, await other.click(failed, "Try again"))
    assert "Only" in text_of(refused)
    await user.acknowledged(await user.click(failed, "Try again"))
    await user.wait_message(lambda m: m["id"] == message["id"] and "mask corrected" in text_of(m), 20)


async def test_a_correction_of_a_deleted_result_does_not_bring_it_back(house):
    user = await house.member()
    message = await result_of(user, note="thrown away")
    house.pool.gate.clear()
    await correct(user, await panel_of(user, message))
    await user.wait_message(is_progress)
    await user.acknowledged(await user.click(message, f"restyle:delete:{render_id(message)}"))
    await eventually(lambda: message["id"] not in user.messages)
    house.pool.gate.set()
    await user.wait_message(lambda m: "was deleted before" in text_of(m), 20)
    assert "thrown away" not in text_of(await answer_to(user, await user.slash("history")))
