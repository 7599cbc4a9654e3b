"""What members see in a channel, through a real gateway; the renderer is a plain one."""

import io
import re

import pytest
from PIL import Image

from bot.playground.user import media_of, text_of
from gan.request import RenderError
from gan.serving.pool import WorkerCrashedError
from tests.bot.conftest import GARMENT, STYLE, picture
from tests.bot.reading import answer_to, eventually, is_progress, is_result, render_id


def flat(colour):
    buffer = io.BytesIO()
    Image.new("RGB", (120, 160), colour).save(buffer, "PNG")
    return buffer.getvalue()


async def restyle(user, **options):
    files = options.pop("files", {"garment": GARMENT, "style": STYLE})
    sent = await user.slash("restyle", files=files, **options)
    await user.acknowledged(sent)
    return sent


async def result_of(user, **options):
    """The message with a result, once its progress is gone: else that is taken for the next job's."""
    await restyle(user, **options)
    message = await user.wait_message(is_result, 20)
    await eventually(lambda: not any(map(is_progress, user.messages.values())))
    return message


async def test_four_variants_with_what_they_are_and_where_they_came_from(house):
    user = await house.member()
    message = await result_of(user, note="for the spring show", seed=7, scale=0.5)
    text = text_of(message)
    for seed in (7, 8, 9, 10):
        assert f"seed {seed}" in text
    assert "print" in text and "0.5" in text and "for the spring show" in text
    assert render_id(message) in text and f"<@{user.id}>" in text and "0.1 s" in text
    assert len(media_of(message)) == 6  # four variants, the garment, the style
    for media in media_of(message):
        Image.open(io.BytesIO(await user.download(media["url"]))).verify()
    assert not message["attachments"]


async def test_the_progress_message_goes_when_the_result_comes(house):
    user = await house.member()
    house.pool.gate.clear()
    await restyle(user)
    progress = await user.wait_message(is_progress)
    await user.wait_message(lambda m: "finding the garment" in text_of(m))
    house.pool.gate.set()
    await user.wait_message(is_result)
    await user.wait_event(lambda e: e["t"] == "MESSAGE_DELETE" and e["d"]["id"] == progress["id"])
    assert len(user.messages) == 1


async def test_the_place_in_the_queue_is_said_and_moves(house):
    first, second = await house.member("Noor"), await house.member("Mika")
    house.pool.gate.clear()
    await restyle(first)
    await first.wait_message(lambda m: "Rendering" in text_of(m))
    await restyle(second, note="one")
    await restyle(second, note="two")
    await second.wait_message(lambda m: "next in line" in text_of(m))
    await second.wait_message(lambda m: "1 ahead" in text_of(m) and "ready in" in text_of(m))
    house.pool.gate.set()
    await second.wait_event(lambda e: e["t"] == "MESSAGE_CREATE" and is_result(e["d"]) and "two" in text_of(e["d"]), 20)


async def test_two_members_vote_and_the_standing_follows(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    message = await result_of(noor)
    await noor.wait_message(lambda m: len(m.get("reactions", [])) == 4)
    assert "No votes yet" in text_of(message)
    await noor.react(message, "2️⃣")
    await mika.react(message, "2\u20e3")  # a client that leaves U+FE0F out
    await mika.react(message, "3️⃣")
    await noor.wait_message(lambda m: "3 votes" in text_of(m) and "2️⃣ 2 · 3️⃣ 1" in text_of(m))
    await mika.unreact(message, "3️⃣")
    await noor.wait_message(lambda m: "2 votes" in text_of(m))
    # Editing the standing must not cost the pictures.
    assert len(media_of(noor.messages[message["id"]])) == 6
    await noor.download(media_of(noor.messages[message["id"]])[0]["url"])


async def test_votes_cast_while_the_bot_was_down_count(house):
    noor = await house.member("Noor")
    message = await result_of(noor)
    await noor.wait_message(lambda m: len(m.get("reactions", [])) == 4)
    await noor.react(message, "1️⃣")
    await noor.wait_message(lambda m: "1 vote" in text_of(m))
    await house.stop()
    await noor.unreact(message, "1️⃣")
    await noor.react(message, "4️⃣")
    await noor.react(message, "3️⃣")
    await house.start()
    await noor.wait_message(lambda m: "2 votes" in text_of(m) and "1️⃣ 0" in text_of(m), 20)


async def test_a_message_deleted_while_the_bot_was_down_leaves_the_history(house):
    noor, sofia = await house.member("Noor"), await house.member("Sofia")
    message = await result_of(noor, note="gone soon")
    await noor.wait_message(lambda m: len(m.get("reactions", [])) == 4)
    await house.stop()
    await sofia.delete(message)
    await house.start()
    for _ in range(100):
        history = await answer_to(noor, await noor.slash("history"))
        if "gone soon" not in text_of(history):
            break
    assert "Nothing here yet" in text_of(history)
    kept = await answer_to(noor, await noor.slash("history", id=render_id(message)))
    assert len(media_of(kept)) == 6


async def test_the_author_deletes_others_cannot(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    message = await result_of(noor)
    refused = await answer_to(mika, await mika.click(message, f"restyle:delete:{render_id(message)}"))
    assert "Only" in text_of(refused) and message["id"] in noor.messages
    await noor.acknowledged(await noor.click(message, f"restyle:delete:{render_id(message)}"))
    await noor.wait_event(lambda e: e["t"] == "MESSAGE_DELETE" and e["d"]["id"] == message["id"])
    assert "Nothing here yet" in text_of(await answer_to(noor, await noor.slash("history")))


async def test_a_moderator_deletes(house):
    noor, sofia = await house.member("Noor"), await house.member("Sofia")
    message = await result_of(noor)
    await sofia.acknowledged(await sofia.click(message, f"restyle:delete:{render_id(message)}"))
    await sofia.wait_event(lambda e: e["t"] == "MESSAGE_DELETE" and e["d"]["id"] == message["id"])


async def test_again_makes_new_seeds(house):
    user = await house.member()
    message = await result_of(user, seed=40, variants=2, note="twice")
    sent = await user.click(message, f"restyle:again:{render_id(message)}")
    await user.acknowledged(sent)
    other = await user.wait_message(lambda m: is_result(m) and m["id"] != message["id"], 20)
    assert not re.search(r"seed 4[01]\b", text_of(other)) and "twice" in text_of(other)
    assert house.pool.requests[1].variants == 2


async def test_buttons_work_after_a_restart(house):
    user = await house.member()
    message = await result_of(user, variants=1)
    await house.stop()
    await house.start()
    answer = await answer_to(user, await user.select(message, f"restyle:full:{render_id(message)}", "1"))
    data = await user.download(media_of(answer)[0]["url"])
    assert Image.open(io.BytesIO(data)).size == (120, 160)


async def test_cancel_while_waiting_and_while_running(house):
    noor, mika = await house.member("Noor"), await house.member("Mika")
    house.pool.gate.clear()
    await restyle(noor)
    running = await noor.wait_message(lambda m: "Rendering" in text_of(m))
    await restyle(mika)
    waiting = await mika.wait_message(lambda m: "next in line" in text_of(m) and f"<@{mika.id}>" in text_of(m))
    refused = await answer_to(mika, await mika.click(running, "Cancel"))
    assert "Only" in text_of(refused)
    await mika.acknowledged(await mika.click(waiting, "Cancel"))
    await mika.wait_message(lambda m: m["id"] == waiting["id"] and "Cancelled" in text_of(m))
    await noor.acknowledged(await noor.click(running, "Cancel"))
    await noor.wait_message(lambda m: m["id"] == running["id"] and "Cancelled" in text_of(m))
    house.pool.gate.set()
    third = await result_of(noor, note="third")
    assert "third" in text_of(third) and house.pool.cancelled == 1
    assert sum(map(is_result, noor.messages.values())) == 1


async def test_a_crashed_worker_is_tried_again(house):
    user = await house.member()
    house.pool.faults += [WorkerCrashedError("killed"), WorkerCrashedError("killed"), None]
    message = await result_of(user)
    assert len(house.pool.requests) == 3 and len(media_of(message)) == 6


async def test_three_crashes_end_in_one_sentence(house):
    user = await house.member()
    house.pool.faults += [WorkerCrashedError("killed")] * 3
    await restyle(user)
    told = await user.wait_message(lambda m: "could not be rendered" in text_of(m), 20)
    assert f"<@{user.id}>" in text_of(told) and not is_progress(told)
    await eventually(lambda: list(user.messages) == [told["id"]])
    assert len(house.pool.requests) == 3


async def test_what_the_renderer_refuses_is_said_in_its_words(house):
    user = await house.member()
    house.pool.faults += [RenderError("The mask leaves nothing to restyle; please make it larger.")]
    await restyle(user)
    await user.wait_message(lambda m: "leaves nothing to restyle" in text_of(m), 20)
    assert len(house.pool.requests) == 1


@pytest.mark.parametrize(
    ("files", "options", "words"),
    [
        ({"garment": ("a.png", b"no picture"), "style": STYLE}, {}, "not a picture"),
        ({"garment": ("a.mov", b"\0\0\0\x18ftypqt  " + bytes(99)), "style": STYLE}, {}, "video"),
        ({"garment": GARMENT, "style": ("s.png", picture()[:80])}, {}, "damaged"),
        ({"garment": GARMENT}, {}, "style"),
        ({"garment": GARMENT}, {"style_name": "no such style"}, "no saved style"),
        ({"garment": GARMENT, "style": STYLE, "mask": ("m.png", picture((300, 100)))}, {}, "same shape"),
        ({"garment": GARMENT, "style": STYLE, "mask": ("m.png", flat("black"))}, {}, "empty"),
        ({"garment": GARMENT, "style": STYLE, "mask": ("m.png", flat("tan"))}, {}, "photo"),
    ],
)
async def test_bad_input_gets_one_sentence_and_never_enters_the_queue(house, files, options, words):
    user = await house.member()
    sent = await user.slash("restyle", files=files, **options)
    told = await answer_to(user, sent)
    assert words in text_of(told) and "\n" not in text_of(told)
    # A typing error is nobody else's business: nothing of it stays in the channel.
    assert told["flags"] & 64
    await eventually(lambda: list(user.messages) == [told["id"]])
    assert house.pool.requests == []


async def test_a_member_at_the_cap_is_told_alone(house):
    house.settings.jobs_per_member = 1
    user = await house.member()
    house.pool.gate.clear()
    await restyle(user)
    await user.wait_message(is_progress)
    told = await answer_to(user, await user.slash("restyle", files={"garment": GARMENT, "style": STYLE}))
    assert "1 of at most 1" in text_of(told) and told["flags"] & 64
    house.pool.gate.set()
    await user.wait_message(is_result, 20)
