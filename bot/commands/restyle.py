"""`/restyle`: a garment and a style in, four variants out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.commands.style_names import suggest_style_names
from bot.commands.uploads import check_attachments, download, download_optional
from bot.interactions import acknowledge, announce, member_of
from bot.orders import LARGEST_SEED, RestyleOrder, Wishes
from bot.permissions import require_permissions
from gan.request import MAX_VARIANTS, Mode, Region

if TYPE_CHECKING:
    from bot.client import RestyleClient

MODES = [
    app_commands.Choice(name="auto – what suits the style", value=Mode.AUTO.value),
    app_commands.Choice(name="print – the style as cloth, pattern kept whole", value=Mode.PRINT.value),
    app_commands.Choice(name="paint – the style as brushwork", value=Mode.PAINT.value),
    app_commands.Choice(name="palette – only the style's colours", value=Mode.PALETTE.value),
    app_commands.Choice(name="placement – once, as a logo on the chest", value=Mode.PLACEMENT.value),
]
REGIONS = [
    app_commands.Choice(name="garment", value=Region.GARMENT.value),
    app_commands.Choice(name="whole picture", value=Region.WHOLE.value),
    app_commands.Choice(name="background", value=Region.BACKGROUND.value),
]


@app_commands.command(name="restyle", description="Dress a garment photo in a style: four variants to vote on")
@app_commands.guild_only()
@app_commands.describe(
    garment="Photo of the garment (JPEG, PNG, HEIC, WebP …)",
    style="Image of the style: a textile, a painting, a texture, or a garment whose cloth you want",
    style_name="Or a style that was saved with /style save",
    variants="How many variants (default 4)",
    mode="How the style is carried over (default auto)",
    scale="Pattern size: 0.5 is half, 2 is double (default 1)",
    angle="Turns the pattern by so many degrees; 45 is diagonal",
    strength="0 leaves the garment as it is, 100 restyles it fully (default 100)",
    seed="The same seed gives the same variants again",
    note="Your own words; /history finds them",
    region="What is restyled (default the garment)",
    mask="A picture in which white is the garment, if the automatic mask fails",
)
@app_commands.choices(mode=MODES, region=REGIONS)
@app_commands.autocomplete(style_name=suggest_style_names)
async def restyle(
    interaction: discord.Interaction[RestyleClient],
    garment: discord.Attachment,
    style: discord.Attachment | None = None,
    style_name: app_commands.Range[str, 1, 60] | None = None,
    variants: app_commands.Range[int, 1, MAX_VARIANTS] = MAX_VARIANTS,
    mode: str = Mode.AUTO.value,
    scale: app_commands.Range[float, 0.25, 4.0] = 1.0,
    angle: app_commands.Range[int, -180, 180] | None = None,
    strength: app_commands.Range[int, 0, 100] = 100,
    seed: app_commands.Range[int, 0, LARGEST_SEED] | None = None,
    note: app_commands.Range[str, 0, 300] = "",
    region: str = Region.GARMENT.value,
    mask: discord.Attachment | None = None,
) -> None:
    """Refuse what can be seen to be wrong at once; then acknowledge, fetch the files, queue the job, show its place."""
    client, studio = interaction.client, interaction.client.studio
    member = member_of(interaction)
    require_permissions(interaction)
    check_attachments(studio, garment, style, mask)
    await studio.check_style(member.guild_id, style_name, attached=style is not None)
    await studio.check_cap(member.member_id)
    async with client.intakes.order():
        message_id = await acknowledge(interaction)
        async with client.intakes.reading(interaction):
            order = RestyleOrder(
                member=member,
                garment=await download(garment),
                style=await download_optional(style),
                style_name=style_name,
                mask=await download_optional(mask),
                wishes=Wishes(variants, Mode(mode), scale, angle, strength / 100, seed, Region(region), note),
            )
            new = await studio.prepare(order)
        job = await studio.queue(new, (member.channel_id, message_id))
        await announce(client, job, interaction)
