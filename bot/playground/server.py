"""A running playground: its parts put together, its web server started and stopped."""

from __future__ import annotations

import asyncio
import logging
import socket

from aiohttp import WSCloseCode, web

from bot.playground.cdn import add_file_routes
from bot.playground.cdn_store import CdnStore
from bot.playground.default_world import make_default_world
from bot.playground.entities import LOADING
from bot.playground.events import CommandsChanged, Event, EventBus
from bot.playground.gateway.connection import GatewayConnection
from bot.playground.gateway.dispatcher import Dispatcher
from bot.playground.hosts import refuse_foreign_hosts
from bot.playground.interactions import InteractionDesk
from bot.playground.journal import Journal
from bot.playground.message_payloads import MessagePayloads
from bot.playground.messages import MessageBook
from bot.playground.play.api import add_page_routes
from bot.playground.ratelimit import RateLimiter
from bot.playground.request_body import REQUEST_LIMIT, BodyReader
from bot.playground.rest.exchange import add_api_routes
from bot.playground.services import SERVICES, Services
from bot.playground.settings import PlaygroundSettings
from bot.playground.traffic_log import TrafficLog
from bot.playground.world import World
from bot.playground.world_file import load_world, world_record, write_world

log = logging.getLogger(__name__)
WORLD_FILE, JOURNAL_FILE, CDN_FOLDER = "world.json", "messages.jsonl", "cdn"


class Playground:
    """A local Discord. Use it as an async context manager.

    Args:
        settings: where it listens and keeps its data, and its clocks.
        world: a world to start with; None continues the one in the data folder, or makes the default one.

    Attributes:
        base_url: address of the page; REST is below it at /api/v10, the gateway at /gateway.
    """

    def __init__(self, settings: PlaygroundSettings, world: World | None = None) -> None:
        self.settings = settings
        self.world = world or load_world(settings.data / WORLD_FILE) or make_default_world(settings.token)
        self.bus = EventBus()
        self.traffic = TrafficLog(settings.traffic_log)
        self.cdn = CdnStore(settings.data / CDN_FOLDER, self.world.signing_key, settings.cdn_seconds)
        self._journal = Journal(settings.data / JOURNAL_FILE)
        payloads = MessagePayloads(self.world, self.cdn)
        self.services = Services(
            settings=settings,
            world=self.world,
            bus=self.bus,
            cdn=self.cdn,
            messages=MessageBook(self.world, self.cdn, self.bus, self._journal),
            payloads=payloads,
            interactions=InteractionDesk(self.world, self.bus, settings),
            dispatcher=Dispatcher(self.world, self.bus, payloads, settings),
            limiter=RateLimiter(settings.global_limit),
            bodies=BodyReader(self.cdn, settings.attachment_size_limit, settings.concurrent_uploads),
            traffic=self.traffic,
        )
        self.base_url = ""
        self._runner: web.AppRunner | None = None
        self._saves: set[asyncio.Task[None]] = set()
        self._saving = asyncio.Lock()
        self._connections: set[GatewayConnection] = set()
        self.bus.subscribe(self._on_event)

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def api_url(self) -> str:
        """Base of the REST API, for a client that wants the version in it."""
        return f"{self.base_url}/api/v10"

    async def __aenter__(self) -> Playground:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Read the channel, open the port.

        Raises:
            OSError: the port is taken.
        """
        listener = self._listen()
        host, port = public_host(self.settings.host), listener.getsockname()[1]
        self.base_url = f"http://{host}:{port}"
        self.cdn.base_url = self.base_url
        self.services.dispatcher.gateway_url = f"ws://{host}:{port}/gateway"
        await self._save_world()
        self.traffic.open()
        await self.cdn.open()
        await self.cdn.remove_folder("ephemeral-attachments")
        await self._load_messages()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        log.info("The playground listens at %s", self.base_url)

    async def _save_world(self) -> None:
        async with self._saving:
            await asyncio.to_thread(write_world, world_record(self.world), self.settings.data / WORLD_FILE)

    async def _load_messages(self) -> None:
        """Fill the channels; an answer still being thought about when the last run ended will never come."""
        for message in await self._journal.open():
            self.world.snowflakes.seen(message.id)
            if message.channel_id in self.world.histories and not message.flags & LOADING:
                self.world.histories[message.channel_id].add(message)
        kept = {file.id for history in self.world.histories.values() for m in history for file in m.attachments}
        await self.cdn.sweep("attachments", kept)

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.settings.host, self.settings.port))
            listener.listen(512)
        except OSError:
            listener.close()
            raise
        return listener

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=REQUEST_LIMIT, middlewares=[refuse_foreign_hosts(self.settings.host)])
        app[SERVICES] = self.services
        app.router.add_get("/gateway", self._serve_gateway)
        app.router.add_get("/gateway/", self._serve_gateway)
        add_api_routes(app)
        add_page_routes(app)
        add_file_routes(app)
        app.on_shutdown.append(self._close_sockets)
        return app

    async def stop(self) -> None:
        """Close every connection and write what is pending."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await asyncio.gather(*self._saves, return_exceptions=True)
        await self._journal.close()
        await asyncio.to_thread(self.traffic.close)

    async def _serve_gateway(self, request: web.Request) -> web.StreamResponse:
        websocket = web.WebSocketResponse(max_msg_size=64 * 1024, compress=False)
        if not websocket.can_prepare(request):
            return web.Response(status=400, text="This address speaks WebSocket only.")
        await websocket.prepare(request)
        compress = request.query.get("compress")
        connection = GatewayConnection(
            websocket, compress, self.world, self.services.dispatcher, self.settings, self.traffic
        )
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
        return websocket

    async def drop_gateway(self, code: int = 4000) -> None:
        """Close every gateway connection, as a network fault would; clients resume."""
        connections = list(self._connections)
        for connection in connections:
            connection.end(code)
        await asyncio.gather(*(connection.closed.wait() for connection in connections))

    def ask_to_reconnect(self) -> None:
        """Send op 7 to every client."""
        for connection in list(self._connections):
            connection.ask_to_reconnect()

    async def _close_sockets(self, _: web.Application) -> None:
        await self.drop_gateway(WSCloseCode.GOING_AWAY)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CommandsChanged):
            task = asyncio.get_running_loop().create_task(self._save_world(), name="save-world")
            self._saves.add(task)
            task.add_done_callback(self._saves.discard)


def public_host(host: str) -> str:
    """The address to hand out for a listening address: for 0.0.0.0 this machine's own in its network."""
    if host != "0.0.0.0":
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system only chooses the way out
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
