"""The bot behind a proxy with TLS, under a public address: its links, cookies and pages work, and nobody else's do."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientResponseError, ClientSession, ClientWebSocketResponse, TCPConnector

from tests.fakes.proxy import certificate, proxied
from tests.faults.meeting import running
from tests.faults.process import Bot, free_port

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="no openssl here to make a certificate with"
)


@dataclass(slots=True)
class Outside:
    """Somebody out there: they know the public address, and that is all."""

    bot: Bot
    public: str
    http: ClientSession

    async def join(self, name: str) -> dict[str, str]:
        """Come in through the door; return the cookie's marks."""
        async with self.http.post(
            f"{self.public}/room/main/join",
            data={"nickname": name, "group": ""},
            headers={"Origin": self.public},
            allow_redirects=False,
        ) as answer:
            assert answer.status == 303, await answer.text()
            [cookie] = answer.cookies.values()
            return {"secure": str(cookie["secure"]), "httponly": str(cookie["httponly"])}

    def page(self, origin: str) -> "object":
        """Return the connection that an open page of *origin* makes."""
        address = self.public.replace("https:", "wss:") + "/ws/main"
        return self.http.ws_connect(address, headers={"Origin": origin})


@asynccontextmanager
async def outside(folder: Path) -> AsyncIterator[Outside]:
    """Give somebody outside of a bot behind its proxy."""
    server, visitor = certificate(folder)
    port = free_port()
    public = f"https://localhost:{port}"
    async with (
        running(folder, BOT_PUBLIC_URL=public, BOT_BEHIND_PROXY="true") as bot,
        proxied(bot.address, port, server),
        ClientSession(connector=TCPConnector(ssl=visitor)) as http,
    ):
        yield Outside(bot, public, http)


async def told(socket: ClientWebSocketResponse, kind: str) -> dict[str, object]:
    """Return the next thing of *kind* that a page is told."""
    async for frame in socket:
        message: dict[str, object] = json.loads(frame.data)
        if message["type"] == kind:
            return message
    raise AssertionError(f"the line ended before any {kind}")


async def test_a_page_works_through_the_proxy_and_for_nobody_else(tmp_path: Path) -> None:
    """Links, cookies and the socket are those of the public address; other sites and curious people get nothing."""
    async with outside(tmp_path) as visitor:
        await _a_page_works(visitor)
        await _other_sites_get_no_page(visitor)
        await _the_inside_stays_hidden(visitor)


async def _a_page_works(visitor: Outside) -> None:
    """Links lead to the public address, the cookie travels by TLS alone, what is said over the socket is stored."""
    assert visitor.bot.moderator_link.startswith(visitor.public + "/m/")
    async with visitor.http.get(visitor.bot.moderator_link) as card:
        assert card.status == 200
        assert str(card.url).startswith(visitor.public)
    assert await visitor.join("Ines") == {"secure": "True", "httponly": "True"}
    async with visitor.page(visitor.public) as socket:  # type: ignore[attr-defined]  # aiohttp's own
        await told(socket, "welcome")
        wish = {"type": "say", "nonce": "n-1", "text": "Through the proxy", "reply_to": None}
        await socket.send_json(wish)
        answer = await told(socket, "reply")
    assert (answer["nonce"], answer.get("refused", False)) == ("n-1", False)


async def _other_sites_get_no_page(visitor: Outside) -> None:
    """A page of somebody else in the same browser cannot speak for the visitor, by socket or by form."""
    evil = "https://evil.example.org"
    with pytest.raises(ClientResponseError) as refused:
        async with visitor.page(evil):  # type: ignore[attr-defined]  # aiohttp's own
            pass
    assert refused.value.status == 403
    form, door = {"nickname": "Mallory", "group": ""}, f"{visitor.public}/room/main/join"
    async with visitor.http.post(door, data=form, headers={"Origin": evil}, allow_redirects=False) as answer:
        assert answer.status != 303


async def _the_inside_stays_hidden(visitor: Outside) -> None:
    """Whether it lives, anybody may ask; figures are not for them, though the proxy is on this machine."""
    for path, status in (("/healthz", 200), ("/readyz", 403), ("/metrics", 403)):
        async with visitor.http.get(visitor.public + path) as answer:
            assert answer.status == status
