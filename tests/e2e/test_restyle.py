"""The whole way as processes: playground, bot and worker; nothing is replaced."""

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.playground.user import media_of, text_of
from tests.bot.reading import answer_to, custom_ids, eventually, is_progress, is_result, render_id
from tests.e2e.houses import ROOT, TRAFFIC_LOG, ProcessHouse, sample

RENDERED_SECONDS = 300


def contract_checker():
    """The checker against Discord's own description, where this machine has it."""
    named = os.environ.get("DISCORD_CONTRACT_CHECKER")
    checker = Path(named) if named else ROOT.parent / "shared" / "discord" / "check_contract.py"
    return checker if checker.exists() else None


def large(file, side):
    """A sample as a large photo, so that its render takes a while."""
    image = Image.open(file).convert("RGB")
    image = image.resize((side, side * image.height // image.width))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return file.name, buffer.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the processes leave behind: the second test looks at the traffic of the first."""
    return tmp_path_factory.mktemp("house")


@pytest.mark.timeout(1200)
async def test_from_restyle_to_votes_to_history_and_through_a_kill(folder):
    async with ProcessHouse(folder) as house:
        noor, mika = await house.member("Noor"), await house.member("Mika")
        await four_variants(noor)
        await two_members_vote(noor, mika)
        page = await history_has_pages(noor)
        await killed_in_mid_render(house, noor)
        await the_page_still_turns(noor, page)
        await worker_killed_in_mid_render(house, noor)
        assert await house.bot.stop() == 0


def test_all_of_that_traffic_keeps_to_discords_own_description(folder):
    checker, traffic_log = contract_checker(), folder / TRAFFIC_LOG
    if checker is None:
        pytest.skip("the contract checker is not on this machine (DISCORD_CONTRACT_CHECKER)")
    if not traffic_log.exists():
        pytest.skip("there is no traffic: the test before it did not run")
    result = subprocess.run(
        [sys.executable, str(checker), str(traffic_log), "--strict"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-3000:]


async def four_variants(noor):
    files = {"garment": sample("garments"), "style": sample("styles")}
    sent = await noor.slash("restyle", files=files, note="first look", seed=100)
    assert await noor.acknowledged(sent) < 3
    message = await noor.wait_message(is_result, RENDERED_SECONDS)
    pictures = [Image.open(io.BytesIO(await noor.download(media["url"]))) for media in media_of(message)]
    with Image.open(sample("garments")) as garment:
        assert [image.size for image in pictures[:4]] == [garment.size] * 4
    assert len({image.tobytes() for image in pictures[:4]}) == 4
    assert "first look" in text_of(message) and "seed 100" in text_of(message)


async def two_members_vote(noor, mika):
    message = await noor.wait_message(lambda m: is_result(m) and len(m.get("reactions", [])) == 4, 30)
    await noor.react(message, "2️⃣")
    await mika.react(message, "2️⃣")
    await mika.react(message, "1️⃣")
    await noor.wait_message(lambda m: "3 votes" in text_of(m) and "2️⃣ 2 · 1️⃣ 1" in text_of(m), 30)


async def history_has_pages(noor):
    """Six entries are two pages."""
    for number in range(5):
        files = {"garment": sample("garments", 1), "style": sample("styles", number)}
        await noor.acknowledged(await noor.slash("restyle", files=files, note=f"page filler {number}", variants=1))
    await eventually(lambda: sum(map(is_result, noor.messages.values())) == 6, RENDERED_SECONDS)
    await eventually(lambda: not any(map(is_progress, noor.messages.values())), 30)
    page = await answer_to(noor, await noor.slash("history"))
    assert "page filler 4" in text_of(page) and "first look" not in text_of(page)
    assert len(media_of(page)) == 5
    by_votes = await answer_to(noor, await noor.slash("history", order="votes"))
    assert text_of(by_votes).index("first look") < text_of(by_votes).index("page filler")
    return page


async def the_page_still_turns(noor, page):
    """A button of before the kill goes on working."""
    await noor.acknowledged(await noor.click(page, custom_ids(page, "restyle:page:next")[0]))
    page = await noor.wait_message(lambda m: m["id"] == page["id"] and "first look" in text_of(m))
    assert "3 votes" in text_of(page)


async def killed_in_mid_render(house, noor):
    files = {"garment": large(sample("garments", 2), 2048), "style": sample("styles", 3)}
    await noor.acknowledged(await noor.slash("restyle", files=files, note="survivor"))
    progress = await noor.wait_message(lambda m: "Rendering" in text_of(m) and "survivor" in text_of(m), 60)
    await house.bot.kill()
    assert not any(is_result(m) and "survivor" in text_of(m) for m in noor.messages.values())
    await house.start_bot()
    await eventually(lambda: "taken over from a process that is gone" in house.bot_log(), 30)
    message = await noor.wait_message(lambda m: is_result(m) and "survivor" in text_of(m), RENDERED_SECONDS)
    await noor.wait_event(lambda e: e["t"] == "MESSAGE_DELETE" and e["d"]["id"] == progress["id"], 30)
    await asyncio.sleep(2)
    assert [m["id"] for m in noor.messages.values() if "survivor" in text_of(m)] == [message["id"]]
    shown = await answer_to(noor, await noor.slash("history", id=render_id(message)))
    assert len(media_of(shown)) == 6


async def worker_killed_in_mid_render(house, noor):
    files = {"garment": large(sample("garments", 3), 2048), "style": sample("styles", 4)}
    await noor.acknowledged(await noor.slash("restyle", files=files, note="second wind"))
    await noor.wait_message(lambda m: "Rendering" in text_of(m) and "second wind" in text_of(m), 60)
    os.kill(int(re.findall(r"worker (\d+) is ready", house.bot_log())[-1]), signal.SIGKILL)
    await noor.wait_message(lambda m: is_result(m) and "second wind" in text_of(m), RENDERED_SECONDS)
    assert "the worker crashed" in house.bot_log()
