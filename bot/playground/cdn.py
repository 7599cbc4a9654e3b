"""The CDN's routes: signed attachments, avatars, and the page's own static files."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.playground import errors
from bot.playground.avatars import draw_avatar
from bot.playground.rest.call import JsonResponse
from bot.playground.sample_pictures import FOLDER
from bot.playground.services import SERVICES
from bot.playground.snowflake import parse_snowflake

PAGE = Path(__file__).parent / "page"
NEVER_CHANGES = {"Cache-Control": "public, max-age=31536000, immutable"}
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def add_file_routes(app: web.Application) -> None:
    """Register everything that is a file."""
    app.router.add_get("/cdn/{kind:attachments|ephemeral-attachments}/{path:.+}", get_attachment)
    app.router.add_get("/cdn/avatars/{user_id}/{hash}.png", get_avatar)
    app.router.add_get("/cdn/embed/avatars/{index}.png", get_default_avatar)
    app.router.add_get("/", get_page)
    app.router.add_static("/page/", PAGE)
    app.router.add_static("/samples/", FOLDER)
    app.on_response_prepare.append(_ask_again)


async def _ask_again(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers check the page's files each time: after an update no old script meets new ones."""
    if request.path.startswith(("/page/", "/samples/")):
        response.headers["Cache-Control"] = "no-cache"


async def get_page(request: web.Request) -> web.StreamResponse:
    """GET /."""
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


async def get_attachment(request: web.Request) -> web.StreamResponse:
    """GET /cdn/attachments/…; unsigned, altered or expired addresses are as good as none."""
    cdn = request.app[SERVICES].cdn
    path = f"{request.match_info['kind']}/{request.match_info['path']}"
    expires, issued, signature = (request.query.get(key, "") for key in ("ex", "is", "hm"))
    file = cdn.file_at(path) if cdn.is_valid(path, expires, issued, signature) else None
    if file is None:
        return JsonResponse(errors.not_found().payload(), 404)
    headers = SAFE | {"Cache-Control": "private, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return web.FileResponse(file, headers=headers)


async def get_avatar(request: web.Request) -> web.StreamResponse:
    """GET /cdn/avatars/{user_id}/{hash}.png: drawn from the user's name."""
    user = request.app[SERVICES].world.users.get(parse_snowflake(request.match_info["user_id"]) or -1)
    if user is None or user.avatar != request.match_info["hash"]:
        return JsonResponse(errors.not_found().payload(), 404)
    picture = await draw_avatar(user.global_name or user.username)
    return web.Response(body=picture, content_type="image/png", headers=NEVER_CHANGES)


async def get_default_avatar(request: web.Request) -> web.StreamResponse:
    """GET /cdn/embed/avatars/{index}.png."""
    picture = await draw_avatar(request.match_info["index"][:2])
    return web.Response(body=picture, content_type="image/png", headers=NEVER_CHANGES)
