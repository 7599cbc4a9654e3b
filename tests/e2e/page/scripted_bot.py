"""A small Discord bot that shows the page every kind of message; plain discord.py, pointed at the playground."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord import app_commands, ui

from bot.playground.sample_pictures import GARMENTS

VARIANTS = ("linen-shirt", "denim-dress", "purple-hoodie", "tiered-dress")
VOTES = ("1️⃣", "2️⃣", "3️⃣", "4️⃣")
STYLE_NAMES = ("Autumn tartan", "Batik green", "Ikat")


class ScriptedBot(discord.Client):
    """Answers the commands that the tests send and remembers what it was asked.

    Attributes:
        may_finish: a restyle shows "thinking…" until this is set.
        asked: the options of every command received, by name.
        pressed: custom ids of buttons and values of selects, as they came.
        submitted: what was written into the note's modal.
    """

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.asked: list[dict[str, object]] = []
        self.pressed: list[object] = []
        self.submitted: list[dict[str, str]] = []
        self.synced = asyncio.Event()
        for command in (restyle, slow, note, embed, secret, StyleCommands()):
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.sync()
        self.synced.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component and interaction.data:
            self.pressed.append(interaction.data.get("values") or interaction.data["custom_id"])


@asynccontextmanager
async def running_bot(token: str) -> AsyncIterator[ScriptedBot]:
    """The bot, logged in, its commands registered."""
    client = ScriptedBot()
    async with client:
        running = asyncio.create_task(client.start(token))
        await asyncio.wait_for(client.synced.wait(), 20)
        await asyncio.wait_for(client.wait_until_ready(), 20)
        yield client
    await running


def sample_file(name: str) -> discord.File:
    """A garment sample under its own name."""
    return discord.File(GARMENTS / f"{name}.jpg")


async def suggest(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Style names that contain what was typed."""
    names = [name for name in STYLE_NAMES if current.lower() in name.lower()]
    return [app_commands.Choice(name=name, value=name.lower()) for name in names]


@app_commands.command(description="Restyle a garment in the look of a style")
@app_commands.choices(mode=[app_commands.Choice(name=name, value=name) for name in ("auto", "print", "paint")])
@app_commands.autocomplete(style_name=suggest)
async def restyle(
    interaction: discord.Interaction[ScriptedBot],
    garment: discord.Attachment,
    style: discord.Attachment | None = None,
    style_name: str | None = None,
    variants: app_commands.Range[int, 1, 4] = 4,
    mode: str = "auto",
    loud: bool = False,
    member: discord.Member | None = None,
    mask: discord.Attachment | None = None,
) -> None:
    """Defer, then answer with a gallery."""
    client = interaction.client
    files = {"garment": garment, "style": style, "mask": mask}
    client.asked.append(
        {name: await file.read() for name, file in files.items() if file}
        | {"names": {name: file.filename for name, file in files.items() if file}}
        | {"style_name": style_name, "variants": variants, "mode": mode, "loud": loud, "member": member}
    )
    await interaction.response.defer(thinking=True)
    await client.may_finish.wait()
    view = Result(variants)
    message = await interaction.followup.send(
        view=view, files=[sample_file(name) for name in VARIANTS[:variants]], wait=True
    )
    for emoji in VOTES[:variants]:
        await message.add_reaction(emoji)


class Result(ui.LayoutView):
    """A gallery in a container, with a section, a separator, a button and a select."""

    def __init__(self, variants: int) -> None:
        super().__init__(timeout=None)
        box: ui.Container[Result] = ui.Container(accent_colour=discord.Colour.from_rgb(0xC2, 0x41, 0x7C))
        picture = discord.UnfurledMediaItem("attachment://linen-shirt.jpg")
        box.add_item(
            ui.Section("### Restyled\nWith **folds**, <t:0:R>", accessory=ui.Thumbnail(picture, description="Garment"))
        )
        gallery: ui.MediaGallery[Result] = ui.MediaGallery()
        for number, name in enumerate(VARIANTS[:variants], 1):
            gallery.add_item(media=f"attachment://{name}.jpg", description=f"Variant {number}: print")
        box.add_item(gallery)
        box.add_item(ui.Separator())
        box.add_item(ui.TextDisplay("**No votes yet**"))
        self.add_item(box)
        self.add_item(ResultButtons())
        self.add_item(ResultSelect())


class ResultButtons(ui.ActionRow[Result]):
    """Edits its message, fails, or cannot be pressed."""

    @ui.button(label="Again", emoji="🔁", custom_id="again")
    async def again(self, interaction: discord.Interaction[ScriptedBot], button: ui.Button[Result]) -> None:
        button.label = "Pressed"
        await interaction.response.edit_message(view=self.view)

    @ui.button(label="Ignore", style=discord.ButtonStyle.danger, custom_id="ignore")
    async def ignore(self, interaction: discord.Interaction[ScriptedBot], button: ui.Button[Result]) -> None:
        pass

    @ui.button(label="Closed", disabled=True, custom_id="closed")
    async def closed(self, interaction: discord.Interaction[ScriptedBot], button: ui.Button[Result]) -> None:
        pass


class ResultSelect(ui.ActionRow[Result]):
    """Answers with an ephemeral message."""

    @ui.select(
        custom_id="size",
        placeholder="Full-size file of …",
        options=[discord.SelectOption(label=f"Variant {number}", value=str(number)) for number in (1, 2)],
    )
    async def size(self, interaction: discord.Interaction[ScriptedBot], select: ui.Select[Result]) -> None:
        await interaction.response.send_message(f"Here is variant {select.values[0]}.", ephemeral=True)


@app_commands.command(description="Never answers")
async def slow(interaction: discord.Interaction[ScriptedBot]) -> None:
    """Leave the interaction without an answer."""


@app_commands.command(description="Write a note")
async def note(interaction: discord.Interaction[ScriptedBot]) -> None:
    """Open a modal."""
    await interaction.response.send_modal(NoteModal())


class NoteModal(ui.Modal, title="Add a note"):
    """A required line and an optional text."""

    headline: ui.TextInput[NoteModal] = ui.TextInput(label="Headline")
    text = ui.Label(text="Text", component=ui.TextInput(style=discord.TextStyle.paragraph, required=False))

    async def on_submit(self, interaction: discord.Interaction[ScriptedBot]) -> None:
        assert isinstance(self.text.component, ui.TextInput)
        interaction.client.submitted.append({"headline": self.headline.value, "text": self.text.component.value})
        await interaction.response.send_message(f"Noted: {self.headline.value}")


@app_commands.command(description="Show an embed")
async def embed(interaction: discord.Interaction[ScriptedBot]) -> None:
    """One embed with everything, and a plain file."""
    card = discord.Embed(title="History", description="Newest **first**", colour=0x1D7A4C)
    card.add_field(name="Mode", value="print").add_field(name="Votes", value="4").set_footer(text="Page 1 of 3")
    card.set_image(url="attachment://denim-dress.jpg")
    report = discord.File(io.BytesIO(b"figures"), filename="report.txt")
    await interaction.response.send_message(embed=card, files=[sample_file("denim-dress"), report])


@app_commands.command(description="Only for you")
async def secret(interaction: discord.Interaction[ScriptedBot]) -> None:
    """Answer ephemerally."""
    await interaction.response.send_message("A secret for you", ephemeral=True)


class StyleCommands(app_commands.Group, name="style", description="Saved styles"):
    """A group, for commands of two words."""

    @app_commands.command(description="Keep a style under a name")
    async def save(
        self,
        interaction: discord.Interaction[ScriptedBot],
        name: app_commands.Range[str, 3, 20],
        image: discord.Attachment,
    ) -> None:
        interaction.client.asked.append({"name": name, "image": image.filename})
        await interaction.response.send_message(f"Saved as **{name}**")
