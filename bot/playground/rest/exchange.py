"""What every API call goes through: body, token, rate limit, handler, error answer, traffic log."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground import errors
from bot.playground.bot_token import is_token
from bot.playground.ratelimit import Allowance
from bot.playground.request_body import Body
from bot.playground.rest.call import Call, JsonResponse
from bot.playground.rest.routes import PREFIX, ROUTES, Limit, Route
from bot.playground.services import SERVICES, Services

log = logging.getLogger(__name__)
VIA = {"Via": "1.1 playground"}
_MAIN_PARAMETERS = ("channel_id", "guild_id", "interaction_token")


def add_api_routes(app: web.Application) -> None:
    """Register every route, and an answer for paths and methods that do not exist."""
    for route in ROUTES:
        app.router.add_route(route.method, PREFIX + route.path, _handler_of(route))
    app.router.add_route("*", "/api/{anything:.*}", _handler_of(None))


def _handler_of(route: Route | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        services, body = request.app[SERVICES], Body()
        try:
            response = await _answer(request, services, body, route)
        finally:
            await services.cdn.discard(list(body.uploads.values()))
        payload = getattr(response, "payload", None)
        services.traffic.exchange(request, body, response.status, response.headers, payload)
        return response

    return handle


async def _answer(request: web.Request, services: Services, body: Body, route: Route | None) -> web.Response:
    headers = dict(VIA)
    try:
        await services.bodies.read(request, body)
        if route is None:
            raise errors.not_found()
        if route.needs_token and not is_token(request.headers.get("Authorization"), services.world.token):
            raise errors.unauthorized()
        allowance = _count(request, services, route)
        headers |= allowance.headers() if allowance else {}
        response = await route.handler(Call(request, body))
        response.headers.update(headers)
        return response
    except errors.RateLimitError as limited:
        return _too_early(limited)
    except errors.ApiError as problem:
        return JsonResponse(problem.payload(), problem.status, headers)
    except (ConnectionError, web.RequestPayloadError):
        return JsonResponse(errors.invalid_json().payload(), 400, headers)
    except Exception:
        log.exception("The playground failed on %s %s", request.method, request.path)
        return JsonResponse({"message": "500: Internal Server Error", "code": 0}, 500, headers)


def _count(request: web.Request, services: Services, route: Route) -> Allowance | None:
    limits = {
        Limit.ROUTE: services.settings.route_limit,
        Limit.MESSAGE: services.settings.message_limit,
        Limit.REACTION: services.settings.reaction_limit,
    }
    if route.limit is Limit.NONE:
        return None
    main = next((request.match_info[name] for name in _MAIN_PARAMETERS if name in request.match_info), "")
    name = f"{route.method} {route.path}" if route.limit is not Limit.REACTION else "reactions"
    return services.limiter.take(name, main, limits[route.limit], counts_globally=route.needs_token)


def _too_early(limited: errors.RateLimitError) -> web.Response:
    is_global = limited.scope == "global"
    seconds = round(max(limited.retry_after, 0.001), 3)
    headers = VIA | {"Retry-After": f"{seconds:.3f}", "X-RateLimit-Scope": limited.scope}
    headers |= {"X-RateLimit-Reset-After": f"{seconds:.3f}"} | ({"X-RateLimit-Global": "true"} if is_global else {})
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": is_global}
    return JsonResponse(body, 429, headers)
