"""Under which names the playground answers: a website whose name turns into this machine's address is none of them."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

OPEN_TO_THE_NETWORK = "Everybody in this network can act as every member here; there is no password."


def refuse_foreign_hosts(listening: str) -> Middleware:
    """Make the middleware that answers only where the browser was sent to this machine and not to a foreign name.

    Args:
        listening: the address or name that the server was told to listen at.
    """
    names = {"localhost", listening.casefold(), socket.gethostname().casefold()}

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _name_of(request.host)
        # An address cannot be made to mean another machine, as a name can.
        if name in names or _address(name) is not None:
            return await handler(request)
        sentence = "The playground does not answer under this name; use this machine's address or name.\n"
        return web.Response(status=421, text=sentence)

    return refuse


def is_local(host: str) -> bool:
    """Whether a server that listens at `host` is reached from this machine only."""
    address = _address(host)
    return address.is_loopback if address is not None else host.casefold() == "localhost"


def _name_of(host: str) -> str:
    """The name or address of a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
