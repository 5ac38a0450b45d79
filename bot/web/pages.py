"""Permalinks: a summary once it is published, and its draft for moderators before.

Everything is rendered from the log and the words when it is asked for, so what was taken back is gone with the next
look; nothing is kept by browsers or proxies.
"""

from collections.abc import Callable

from aiohttp import web

from bot.core.chat import Chat
from bot.core.names import ChatId, RoomId
from bot.runtime.service import Service
from bot.summary import canonical, delimited, html, markdown
from bot.summary.document import Summary
from bot.wording import Wording

Renderer = Callable[[Summary], str]
FORMATS: dict[str, tuple[str, Renderer]] = {
    "": ("text/html", html.render),
    ".md": ("text/markdown", markdown.render),
    ".json": ("application/json", canonical.render),
    ".csv": ("text/csv", delimited.render),
}
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


class Pages:
    """The pages of one installation. *who*: the person behind a request in a room, as its platform knows them."""

    def __init__(self, service: Service, who: Callable[[web.Request], str | None], front: RoomId) -> None:
        self._service = service
        self._who = who
        self._front = front

    def routes(self) -> list[web.RouteDef]:
        """Return the ways in."""
        return [
            web.get("/", self.front),
            web.get(r"/summary/{chat:[0-9a-f]+}{format:(\.md|\.json|\.csv)?}", self.summary),
            web.get(r"/draft/{chat:[0-9a-f]+}", self.draft),
        ]

    async def front(self, request: web.Request) -> web.Response:
        """Lead to the room."""
        raise web.HTTPSeeOther(f"/room/{self._front.partition('/')[2]}")

    async def summary(self, request: web.Request) -> web.Response:
        """Give the published summary as it may be shown now; there is none before, nor after it was taken back."""
        chat = self._chat(request)
        if chat is None or chat.published is None:
            return self._nothing(chat)
        published = await self._service.publisher.published(chat)
        if published is None:
            return self._nothing(chat)
        kind, render = FORMATS[request.match_info["format"]]
        return web.Response(text=render(published), content_type=kind, charset="utf-8", headers=GUARDS)

    async def draft(self, request: web.Request) -> web.Response:
        """Give moderators the draft as it would be published now."""
        chat = self._chat(request)
        if chat is None or not await self._moderates(request, chat):
            return self._nothing(chat)
        draft = await self._service.publisher.draft(chat)
        return web.Response(
            text=html.render(draft), content_type="text/html", charset="utf-8", headers=GUARDS
        )

    def _chat(self, request: web.Request) -> Chat | None:
        found = self._service.roster.chats.get(ChatId(request.match_info["chat"]))
        return found.chat if found else None

    async def _moderates(self, request: web.Request, chat: Chat) -> bool:
        person = self._who(request)
        if person is None:
            return False
        await self._service.people.look_up([("local", person)])
        known = self._service.people.known("local", person)
        return known is not None and known.person in chat.moderators

    def _nothing(self, chat: Chat | None) -> web.Response:
        # The same answer whether there is no such chat, no summary yet, or nobody's business.
        words = Wording.load(chat.plan.language if chat else "en")
        text = words.line("web.no-summary")
        return web.Response(text=text, status=404, content_type="text/plain", headers=GUARDS)
