"""The parts of a running playground, as handlers reach them."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.playground.cdn_store import CdnStore
from bot.playground.events import EventBus
from bot.playground.gateway.dispatcher import Dispatcher
from bot.playground.interactions import InteractionDesk
from bot.playground.message_payloads import MessagePayloads
from bot.playground.messages import MessageBook
from bot.playground.ratelimit import RateLimiter
from bot.playground.request_body import BodyReader
from bot.playground.settings import PlaygroundSettings
from bot.playground.traffic_log import TrafficLog
from bot.playground.world import World


@dataclass
class Services:
    """Everything a handler may need."""

    settings: PlaygroundSettings
    world: World
    bus: EventBus
    cdn: CdnStore
    messages: MessageBook
    payloads: MessagePayloads
    interactions: InteractionDesk
    dispatcher: Dispatcher
    limiter: RateLimiter
    bodies: BodyReader
    traffic: TrafficLog


SERVICES = web.AppKey("services", Services)
