"""Discord's JSON for messages: kept `attachment://` references become fresh CDN addresses here."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from bot.playground.cdn_store import CdnStore
from bot.playground.entities import Attachment, Message
from bot.playground.forms.components import walk
from bot.playground.payloads import member_payload, user_payload
from bot.playground.references import EMBED_ICONS, EMBED_MEDIA, REFERENCE, media_of, referenced_names
from bot.playground.world import World

DRAWN_KEPT = 500


def for_gateway(payload: dict[str, Any]) -> dict[str, Any]:
    """A message for a gateway frame: REST gives media an id there, the gateway's description knows none."""
    payload = payload | {"components": deepcopy(payload["components"])}
    for component in walk(payload["components"]):
        for media in media_of(component):
            media.pop("id", None)
    return payload


def _interaction_fields(told: dict[str, Any]) -> dict[str, Any]:
    """The answered interaction: the metadata, and for a command also the older form, which alone has its name."""
    metadata = {key: value for key, value in told.items() if key != "name"}
    if "name" not in told:
        return {"interaction_metadata": metadata}
    older = {"id": told["id"], "type": told["type"], "name": told["name"], "user": told["user"]}
    return {"interaction_metadata": metadata, "interaction": older}


class MessagePayloads:
    """Renders messages for the gateway, for REST and for the page."""

    def __init__(self, world: World, cdn: CdnStore) -> None:
        self._world = world
        self._cdn = cdn
        self._drawn: dict[int, tuple[tuple[Any, ...], dict[str, Any]]] = {}

    def attachment(self, attachment: Attachment) -> dict[str, Any]:
        """A file with its fresh address."""
        url = self._cdn.url(attachment)
        payload: dict[str, Any] = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": attachment.size,
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        extras = {
            "width": attachment.width,
            "height": attachment.height,
            "title": attachment.title,
            "description": attachment.description,
            "ephemeral": attachment.ephemeral or None,
        }
        return payload | {key: value for key, value in extras.items() if value is not None}

    def message(self, message: Message) -> dict[str, Any]:
        """The message as a webhook call answers it: without reactions and without its guild.

        What is in it must not be changed: fifty open pages share what was drawn once.
        """
        state = (message.edited, message.flags, self._cdn.period())
        drawn = self._drawn.get(message.id)
        if drawn is None or drawn[0] != state:
            drawn = self._drawn[message.id] = (state, self._draw(message))
            if len(self._drawn) > DRAWN_KEPT:
                del self._drawn[next(iter(self._drawn))]
        return dict(drawn[1])

    def _draw(self, message: Message) -> dict[str, Any]:
        files = {attachment.filename: attachment for attachment in message.attachments}
        shown = referenced_names(message.embeds, message.components)
        payload: dict[str, Any] = {
            "id": str(message.id),
            "type": message.type,
            "channel_id": str(message.channel_id),
            "author": user_payload(self._world.users[message.author_id]),
            "content": message.content,
            "timestamp": message.created.isoformat(),
            "edited_timestamp": message.edited.isoformat() if message.edited else None,
            "tts": message.tts,
            "mention_everyone": message.mention_everyone,
            "mentions": [user_payload(self._world.users[user_id]) for user_id in message.mentions],
            "mention_roles": [],
            "attachments": [self.attachment(a) for a in message.attachments if a.filename not in shown],
            "embeds": [self._embed(embed, files) for embed in message.embeds],
            "pinned": False,
            "flags": message.flags,
            "components": [self._component(component, files, message.id) for component in message.components],
        }
        return payload | self._extras(message)

    def _extras(self, message: Message) -> dict[str, Any]:
        extras: dict[str, Any] = {}
        if message.nonce is not None:
            extras["nonce"] = message.nonce
        if message.from_application:
            extras |= {"webhook_id": str(self._world.bot_id), "application_id": str(self._world.bot_id)}
        if message.interaction:
            extras |= _interaction_fields(message.interaction)
        if message.reference is not None:
            extras["message_reference"] = {
                "type": 0,
                "channel_id": str(message.channel_id),
                "message_id": str(message.reference),
                "guild_id": str(message.guild_id),
            }
        return extras

    def full(self, message: Message, viewer: int) -> dict[str, Any]:
        """The message as a channel's history gives it, with its reactions seen by `viewer`."""
        payload = self.message(message)
        if message.reactions:
            payload["reactions"] = [
                {
                    "emoji": {"id": None, "name": emoji},
                    "count": len(users),
                    "count_details": {"burst": 0, "normal": len(users)},
                    "burst_colors": [],
                    "me_burst": False,
                    "me": viewer in users,
                }
                for emoji, users in message.reactions.items()
            ]
        if message.reference is not None:
            original = self._world.history(message.channel_id).get(message.reference)
            payload["referenced_message"] = self.message(original) if original else None
        return payload

    def dispatched(self, message: Message) -> dict[str, Any]:
        """The message as MESSAGE_CREATE and MESSAGE_UPDATE carry it."""
        payload = for_gateway(self.message(message)) | {"guild_id": str(message.guild_id)}
        member = self._world.guilds[message.guild_id].members.get(message.author_id)
        return payload | ({"member": member_payload(member)} if member else {})

    def _embed(self, embed: dict[str, Any], files: dict[str, Attachment]) -> dict[str, Any]:
        shown = {"type": "rich"} | embed
        for part in EMBED_MEDIA:
            if part in embed:
                media = self._media(embed[part].get("url", ""), files)
                shown[part] = media
                if not media.get("url"):
                    del shown[part]
        for part in EMBED_ICONS:
            if embed.get(part, {}).get("icon_url"):
                icon = self._media(embed[part]["icon_url"], files)
                rest = {key: value for key, value in embed[part].items() if key != "icon_url"}
                shown[part] = rest | ({"icon_url": icon["url"], "proxy_icon_url": icon["url"]} if icon else {})
        if "fields" in embed:
            shown["fields"] = [{"inline": False} | item for item in embed["fields"]]
        return shown

    def _media(self, url: str, files: dict[str, Attachment]) -> dict[str, Any]:
        """Address and size of a referenced file or a foreign picture; empty for a file that is not there."""
        if not url.startswith(REFERENCE):
            return {"url": url, "proxy_url": url} if url else {}
        attachment = files.get(url.removeprefix(REFERENCE))
        if attachment is None:
            return {}
        address = self._cdn.url(attachment)
        media: dict[str, Any] = {"url": address, "proxy_url": address, "content_type": attachment.content_type}
        if attachment.width is not None:
            media |= {"width": attachment.width, "height": attachment.height}
        return media

    def _component(self, component: dict[str, Any], files: dict[str, Attachment], message_id: int) -> dict[str, Any]:
        shown = _DEFAULTS.get(component["type"], {}) | component
        shown.pop("required", None)
        for key in ("media", "file"):
            if key in component:
                shown[key] = self._unfurled(component[key]["url"], files, message_id)
        if component["type"] == 13:
            attachment = files.get(component["file"]["url"].removeprefix(REFERENCE))
            shown |= {"name": attachment.filename, "size": attachment.size} if attachment else {}
        if "items" in component:
            shown["items"] = [
                {"description": None, "spoiler": False}
                | item
                | {"media": self._unfurled(item["media"]["url"], files, message_id)}
                for item in component["items"]
            ]
        if "components" in component:
            shown["components"] = [self._component(inner, files, message_id) for inner in component["components"]]
        if "accessory" in component:
            shown["accessory"] = self._component(component["accessory"], files, message_id)
        return shown

    def _unfurled(self, url: str, files: dict[str, Attachment], message_id: int) -> dict[str, Any]:
        media = {"url": url, "proxy_url": url} | self._media(url, files)
        attachment = files.get(url.removeprefix(REFERENCE))
        owner = (
            {"id": str(attachment.id), "attachment_id": str(attachment.id)} if attachment else {"id": str(message_id)}
        )
        return owner | media


_SELECT = {"min_values": 1, "max_values": 1, "disabled": False}
_DEFAULTS: dict[int, dict[str, Any]] = {
    2: {"disabled": False},
    3: _SELECT,
    5: _SELECT,
    6: _SELECT,
    7: _SELECT,
    8: _SELECT,
    11: {"description": None, "spoiler": False},
    13: {"name": None, "size": None, "spoiler": False},
    14: {"divider": True, "spacing": 1},
    17: {"accent_color": None, "spoiler": False},
}
