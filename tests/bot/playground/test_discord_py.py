"""The whole path with the unmodified discord.py, and its traffic held against Discord's description."""

from __future__ import annotations

import asyncio
import io

import discord
import pytest
from discord import app_commands, ui

from bot.playground.settings import RateLimit
from bot.playground.user import NoAnswerError, PlaygroundUser, components_of, media_of, text_of
from tests.bot.playground.conftest import picture

FILES = {"garment": ("my garment.png", picture()), "style": ("style.jpg", picture("red", kind="JPEG"))}


class Buttons(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Next", custom_id="next")
    async def next(self, interaction: discord.Interaction, _: ui.Button) -> None:
        await interaction.response.edit_message(content="page 2", view=self)

    @ui.button(label="Note", custom_id="note")
    async def note(self, interaction: discord.Interaction, _: ui.Button) -> None:
        await interaction.response.send_modal(NoteModal())

    @ui.select(custom_id="mode", options=[discord.SelectOption(label=name) for name in ("print", "paint")])
    async def mode(self, interaction: discord.Interaction, select: ui.Select) -> None:
        await interaction.response.send_message(f"mode {select.values[0]}", ephemeral=True)


class NoteModal(ui.Modal, title="A note"):
    text = ui.TextInput(label="Note", custom_id="text", max_length=20)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"noted: {self.text.value}")


def gallery_card(names: list[str]) -> ui.LayoutView:
    card = ui.LayoutView(timeout=None)
    frame = ui.Container(accent_colour=discord.Colour.teal())
    frame.add_item(ui.Section(ui.TextDisplay("## Four variants"), accessory=ui.Thumbnail(f"attachment://{names[0]}")))
    frame.add_item(ui.MediaGallery(*(discord.MediaGalleryItem(f"attachment://{n}", description=n) for n in names)))
    frame.add_item(ui.Separator())
    row: ui.ActionRow = ui.ActionRow()
    row.add_item(ui.Button(label="Again", custom_id="again"))
    frame.add_item(row)
    card.add_item(frame)
    return card  # no ui.File: Discord takes it as a fresh attachment:// only, so an edit of a fetched view would fail


def restyle_bot(bot) -> None:
    bot.add_view(Buttons())

    @bot.tree.command(name="restyle", description="Restyle a garment")
    async def restyle(
        interaction: discord.Interaction,
        garment: discord.Attachment,
        style: discord.Attachment,
        variants: app_commands.Range[int, 1, 4] = 4,
    ) -> None:
        await interaction.response.defer()
        data = await garment.read()
        await interaction.edit_original_response(content=f"{garment.filename} {garment.width}x{garment.height}")
        names = [f"v{number}.png" for number in range(variants)]
        files = [discord.File(io.BytesIO(data), name) for name in names]
        message = await interaction.channel.send(view=gallery_card(names), files=files)
        for number in range(variants):
            await message.add_reaction(f"{number + 1}\ufe0f\u20e3")
        await interaction.followup.send("only you", ephemeral=True)

    @bot.tree.command(name="card", description="Embeds and buttons")
    async def card(interaction: discord.Interaction) -> None:
        embed = discord.Embed(title="v0").set_image(url="attachment://a b.png").add_field(name="seed", value="1")
        file = discord.File(io.BytesIO(picture()), "a b.png")
        await interaction.response.send_message("page 1", embed=embed, file=file, view=Buttons())

    @bot.tree.command(name="style", description="A style by name")
    async def style(interaction: discord.Interaction, name: str) -> None:
        await interaction.response.send_message(name)

    @style.autocomplete("name")
    async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=n, value=n) for n in ("denim", "silk") if current in n]

    @bot.tree.context_menu(name="Restyle this")
    async def menu(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"target {message.content}")


async def test_restyle_from_command_to_votes(playground, person, run_bot, check_contract):
    removed: asyncio.Queue[discord.RawReactionActionEvent] = asyncio.Queue()
    added: asyncio.Queue[discord.RawReactionActionEvent] = asyncio.Queue()

    def prepare(bot) -> None:
        restyle_bot(bot)

        @bot.event
        async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:
            added.put_nowait(event)

        @bot.event
        async def on_raw_reaction_remove(event: discord.RawReactionActionEvent) -> None:
            removed.put_nowait(event)

    async with run_bot(playground, prepare) as bot, PlaygroundUser(playground.base_url, "Mika") as mika:
        await person.wait_online()
        assert {command["name"] for command in person.state["commands"]} >= {"restyle", "card", "style"}
        sent = await person.slash("restyle", FILES, variants=4)
        assert await person.acknowledged(sent) > 0
        answer = await person.wait_message(lambda m: "24x16" in m["content"])
        assert answer["content"].startswith("my_garment.png")
        result = await person.wait_message(lambda m: len(m.get("reactions", [])) == 4)
        assert result["attachments"] == []
        pictures = media_of(result)
        assert len(pictures) == 5
        assert all(p["width"] == 24 and p["content_type"] == "image/png" for p in pictures)
        assert await person.download(pictures[0]["url"]) == picture()
        hidden = await person.wait_message(lambda m: m["content"] == "only you")
        assert hidden["flags"] & 64
        await mika.react(result["id"], "1️⃣")
        while (event := await asyncio.wait_for(added.get(), 30)).user_id == bot.user.id:
            pass
        assert (str(event.emoji), event.user_id) == ("1️⃣", int(mika.id))
        assert event.member is not None
        await mika.unreact(result["id"], "1️⃣")
        event = await asyncio.wait_for(removed.get(), 30)
        assert event.user_id == int(mika.id)
        await mika.wait_message(lambda m: m["id"] == result["id"])
        assert hidden["id"] not in mika.messages
        channel = bot.get_channel(int(person.channel_id))
        fetched = await channel.fetch_message(int(result["id"]))
        assert [reaction.count for reaction in fetched.reactions] == [1, 1, 1, 1]
        assert [user.id async for user in fetched.reactions[0].users()] == [bot.user.id]
        assert [m.id async for m in channel.history(limit=2)] == [int(result["id"]), int(answer["id"])]
        await fetched.delete()
    await playground.stop()
    check_contract(playground.settings.traffic_log, 30)


async def test_buttons_select_modal_autocomplete_and_menu(playground, person, run_bot, check_contract):
    async with run_bot(playground, restyle_bot):
        await person.acknowledged(await person.slash("card"))
        card = await person.wait_message(lambda m: m["content"] == "page 1")
        assert card["attachments"] == [] and card["embeds"][0]["image"]["url"].startswith(playground.base_url)
        assert await person.download(card["embeds"][0]["image"]["url"]) == picture()
        await person.acknowledged(await person.click(card, "Next"))
        card = await person.wait_message(lambda m: m["content"] == "page 2")
        assert card["embeds"], "an edit that names no embeds keeps them"
        await person.acknowledged(await person.select(card, "mode", "paint"))
        await person.wait_message(lambda m: m["content"] == "mode paint")
        modal = await person.modal(await person.click(card, "Note"))
        assert modal["title"] == "A note"
        await person.acknowledged(await person.submit(modal, {"text": "softer"}))
        await person.wait_message(lambda m: m["content"] == "noted: softer")
        assert [choice["value"] for choice in await person.autocomplete("style", "name", "den")] == ["denim"]
        said = await person.say("look at this")
        await call_menu(person, said)
        await person.wait_message(lambda m: m["content"].startswith("target"))
    await playground.stop()
    check_contract(playground.settings.traffic_log, 25)


async def call_menu(person: PlaygroundUser, message) -> None:
    data = {"name": "Restyle this", "type": 3, "target_id": message["id"]}
    await person.acknowledged(await person._interact(2, data))


async def test_resumes_after_a_dropped_socket(playground, person, run_bot, check_contract):
    seen: asyncio.Queue[str] = asyncio.Queue()

    def prepare(bot) -> None:
        @bot.event
        async def on_resumed() -> None:
            seen.put_nowait("resumed")

        @bot.event
        async def on_raw_message_delete(event: discord.RawMessageDeleteEvent) -> None:
            seen.put_nowait(f"deleted {event.message_id}")

    async with run_bot(playground, prepare):
        message = await person.say("while you were away")
        await playground.drop_gateway()
        await person.delete(message)
        got = {await asyncio.wait_for(seen.get(), 60) for _ in range(2)}
        assert got == {"resumed", f"deleted {message['id']}"}
        playground.ask_to_reconnect()
        assert await asyncio.wait_for(seen.get(), 60) == "resumed"
    await playground.stop()
    check_contract(playground.settings.traffic_log, 10)


async def test_identifies_anew_when_the_session_is_lost(playground, person, run_bot):
    ready: asyncio.Queue[str] = asyncio.Queue()

    def prepare(bot) -> None:
        @bot.event
        async def on_ready() -> None:
            ready.put_nowait("ready")

    async with run_bot(playground, prepare):
        await asyncio.wait_for(ready.get(), 60)
        await playground.drop_gateway()
        playground.services.dispatcher.forget_sessions()
        await asyncio.wait_for(ready.get(), 60)
        assert playground.services.dispatcher.online


async def test_waits_out_rate_limits(start, run_bot, check_contract):
    playground = await start(message_limit=RateLimit(2, 0.4))
    async with run_bot(playground, lambda bot: None) as bot:
        channel = next(iter(bot.guilds[0].text_channels))
        for number in range(5):
            await channel.send(str(number), file=discord.File(io.BytesIO(picture()), "a.png"))
        contents = [message.content async for message in channel.history(limit=9)]
        assert contents == ["4", "3", "2", "1", "0"]
        await asyncio.gather(*(channel.send(f"at once {n}") for n in range(4)))
    await playground.stop()
    check_contract(playground.settings.traffic_log, 15)


async def test_a_late_answer_is_refused(start, run_bot, check_contract):
    playground = await start(acknowledge_seconds=0.15)
    problems: asyncio.Queue[Exception] = asyncio.Queue()
    expired = asyncio.Event()

    def prepare(bot) -> None:
        @bot.tree.command(name="late", description="Answers too late")
        async def late(interaction: discord.Interaction) -> None:
            await expired.wait()
            try:
                await interaction.response.send_message("too late")
            except discord.NotFound as problem:
                problems.put_nowait(problem)

    async with run_bot(playground, prepare), PlaygroundUser(playground.base_url) as person:
        with pytest.raises(NoAnswerError, match="did not respond"):
            await person.acknowledged(await person.slash("late"))
        expired.set()
        problem = await asyncio.wait_for(problems.get(), 30)
        assert (problem.status, problem.code) == (404, 10062)
    await playground.stop()
    check_contract(playground.settings.traffic_log, 8)


async def test_an_old_token_is_refused_and_the_channel_is_not(start, run_bot, check_contract):
    playground = await start(token_seconds=2.0)
    problems: asyncio.Queue[Exception] = asyncio.Queue()

    def prepare(bot) -> None:
        @bot.tree.command(name="slow", description="Edits after the token died")
        async def slow(interaction: discord.Interaction) -> None:
            await interaction.response.defer()
            await asyncio.sleep(2.2)
            try:
                await interaction.edit_original_response(content="too late")
            except discord.HTTPException as problem:
                problems.put_nowait(problem)
            await interaction.channel.send("delivered all the same")

    async with run_bot(playground, prepare), PlaygroundUser(playground.base_url) as person:
        await person.acknowledged(await person.slash("slow"))
        problem = await asyncio.wait_for(problems.get(), 30)
        assert (problem.status, problem.code) == (401, 50027)
        await person.wait_message(lambda m: m["content"] == "delivered all the same")
    await playground.stop()
    check_contract(playground.settings.traffic_log, 8)


async def test_edits_keep_and_drop_files(playground, run_bot, check_contract):
    async with run_bot(playground, lambda bot: None) as bot:
        channel = bot.guilds[0].text_channels[0]
        names = ["a.png", "b.png"]
        files = [
            discord.File(io.BytesIO(picture(colour)), name) for colour, name in (("red", "a.png"), ("blue", "b.png"))
        ]
        message = await channel.send(content="two", files=files)
        assert [a.filename for a in message.attachments] == names
        kept = message.attachments[1]
        message = await message.edit(attachments=[kept, discord.File(io.BytesIO(picture()), "c.png")])
        assert [a.filename for a in message.attachments] == ["b.png", "c.png"]
        embed = discord.Embed().set_image(url="attachment://b.png")
        message = await message.edit(embed=embed)
        assert [a.filename for a in message.attachments] == ["c.png"]
        message = await message.edit(embed=None, content="no embed any more")
        assert [a.filename for a in message.attachments] == ["b.png", "c.png"]
        assert await message.attachments[0].read() == picture("blue")
        message = await message.edit(attachments=[])
        assert message.attachments == []
    await playground.stop()
    check_contract(playground.settings.traffic_log, 10)


async def test_edits_a_layout_with_its_own_pictures(playground, person, run_bot, check_contract):
    async with run_bot(playground, lambda bot: None) as bot:
        channel = bot.guilds[0].text_channels[0]
        names = ["v0.png", "v1.png"]
        files = [discord.File(io.BytesIO(picture()), name) for name in names]
        message = await channel.send(view=gallery_card(names), files=files)
        again = await channel.fetch_message(message.id)
        view = ui.LayoutView.from_message(again)
        view.add_item(ui.TextDisplay("three votes"))
        await again.edit(view=view)
        shown = await person.wait_message(lambda m: "three votes" in text_of(m))
        assert shown["attachments"] == []
        assert await person.download(media_of(shown)[0]["url"]) == picture()
        assert len({c["id"] for c in components_of(shown)}) == len(list(components_of(shown)))
    await playground.stop()
    check_contract(playground.settings.traffic_log, 8)
