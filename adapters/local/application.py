"""The web application of the room: its routes, the page's own files, and the headers that guard every answer."""

import hashlib

from aiohttp import web

from adapters.local import paper
from adapters.local.conversation import LARGEST_MESSAGE
from adapters.local.creation import Creation
from adapters.local.doors import Doors
from adapters.local.premises import Premises

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


def application(premises: Premises) -> web.Application:
    """Return the web application with all routes of the room."""
    app = web.Application(client_max_size=LARGEST_MESSAGE)
    # Only what an answer does not set itself: pages of other rooms of the house may be mounted beside these.
    app.on_response_prepare.append(_guard)
    app.add_routes([*Doors(premises).routes(), *Creation(premises).routes()])
    app.add_routes([web.get("/page/{file}", Files().show)])
    return app


async def _guard(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in GUARDS.items():
        response.headers.setdefault(name, value)


class Files:
    """The page's scripts, styles and pictures, read once."""

    def __init__(self) -> None:
        self._files = {
            name: (type_, body, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
            for name, (type_, body) in paper.read_assets().items()
        }

    async def show(self, request: web.Request) -> web.Response:
        """Give one file, or say that the browser's copy still holds."""
        if (found := self._files.get(request.match_info["file"])) is None:
            raise web.HTTPNotFound
        type_, body, mark = found
        headers = {"ETag": mark, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == mark:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=type_, charset="utf-8", headers=headers)
