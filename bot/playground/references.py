"""`attachment://name` references: cleaned, checked, and made of the CDN addresses that a client sends back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.playground import errors
from bot.playground.entities import Attachment
from bot.playground.filenames import clean_filename
from bot.playground.forms.components import walk

REFERENCE = "attachment://"
EMBED_MEDIA = ("image", "thumbnail")
EMBED_ICONS = ("author", "footer")


def media_of(component: dict[str, Any]) -> list[dict[str, Any]]:
    """The media objects of a thumbnail, a file or a gallery."""
    items = [item["media"] for item in component.get("items") or []]
    return items + [component[key] for key in ("media", "file") if key in component]


def _places(embeds: list[dict[str, Any]], components: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object that may hold a reference, with its key."""
    for embed in embeds:
        for part, key in [(part, "url") for part in EMBED_MEDIA] + [(part, "icon_url") for part in EMBED_ICONS]:
            if embed.get(part, {}).get(key):
                yield embed[part], key
    for component in walk(components):
        yield from ((media, "url") for media in media_of(component))


def referenced_names(embeds: list[dict[str, Any]], components: list[dict[str, Any]]) -> set[str]:
    """Names of the files that embeds and components show, and that `attachments` therefore does not list."""
    urls = [place[key] for place, key in _places(embeds, components)]
    return {url.removeprefix(REFERENCE) for url in urls if url.startswith(REFERENCE)}


def settle_references(
    embeds: list[dict[str, Any]], components: list[dict[str, Any]], attachments: list[Attachment], base_url: str
) -> None:
    """Bring every reference, in place, to `attachment://` and the name its file has on the CDN.

    Args:
        embeds: dumped embeds.
        components: dumped components.
        attachments: the message's files; an own CDN address of one of them becomes a reference again, so that a
            client may send back what it got and the address never goes stale.
        base_url: the playground's address.
    """
    by_id = {str(attachment.id): attachment.filename for attachment in attachments}
    for place, key in _places(embeds, components):
        url: str = place[key]
        if url.startswith(REFERENCE):
            place[key] = REFERENCE + clean_filename(url.removeprefix(REFERENCE))
        elif url.startswith(f"{base_url}/cdn/attachments/"):
            steps = unquote(urlsplit(url).path).split("/")
            place[key] = REFERENCE + by_id[steps[-2]] if steps[-2] in by_id else url


def check_references(components: list[dict[str, Any]], names: set[str], prefix: tuple[str, ...]) -> None:
    """A component may only name files that the message will have; an embed's missing picture is just not shown.

    Raises:
        ApiError: 50035 naming the reference.
    """
    for place, key in _places([], components):
        url = place[key]
        if url.startswith(REFERENCE) and clean_filename(url.removeprefix(REFERENCE)) not in names:
            raise errors.invalid_field(
                [*prefix, "components"],
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"Referenced attachment '{url}' not found",
            )
