"""A browser as bare as can be: cookies, forms and frames, for saying what a page of ours would never say."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from tests.fakes.room import Opened

Json = dict[str, object]


class Browser:
    """One person's cookies and everything their pages were sent."""

    def __init__(self, room: Opened, session: ClientSession) -> None:
        self.room, self.session = room, session
        self.received: list[str] = []

    async def get(self, path: str) -> ClientResponse:
        """Return the answer to a GET, without following where it leads."""
        response = await self.session.get(self._url(path), allow_redirects=False)
        await response.read()
        return response

    async def post(self, path: str, form: dict[str, str], origin: str | None = "") -> ClientResponse:
        """Return the answer to a form; *origin* "" is the room's own, None is none."""
        headers = {} if origin is None else {"Origin": origin or self.room.url}
        response = await self.session.post(self._url(path), data=form, headers=headers, allow_redirects=False)
        await response.read()
        return response

    async def join(self, name: str, group: str = "") -> ClientResponse:
        """Return the answer of the door."""
        return await self.post("/room/main/join", {"nickname": name, "group": group})

    @asynccontextmanager
    async def page(self, origin: str | None = "") -> AsyncIterator["Page"]:
        """Open the room's page."""
        headers = {} if origin is None else {"Origin": origin or self.room.url}
        url = f"{self.room.url}/ws/main".replace("http", "ws", 1)
        async with self.session.ws_connect(url, headers=headers) as socket:
            yield Page(self, socket)

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.room.url + path


class Page:
    """One open page."""

    def __init__(self, browser: Browser, socket: ClientWebSocketResponse) -> None:
        self._browser, self.socket = browser, socket

    @property
    def received(self) -> list[str]:
        """Return everything this browser was sent."""
        return self._browser.received

    async def send(self, **wish: object) -> None:
        """Send a wish as it is."""
        await self.socket.send_str(json.dumps(wish))

    async def hear(self, kind: str) -> Json:
        """Return the next message of *kind*; what comes before it is passed over."""
        while True:
            frame = await self.socket.receive(timeout=5)
            assert frame.type is WSMsgType.TEXT, frame
            self._browser.received.append(frame.data)
            message: Json = json.loads(frame.data)
            if message["type"] == kind:
                return message

    async def ask(self, **wish: object) -> Json:
        """Return the answer to a wish."""
        await self.send(**wish)
        return await self.hear("reply")

    async def say(self, text: str, nonce: str = "n1", **more: object) -> Json:
        """Return the answer to saying *text*."""
        return await self.ask(type="say", nonce=nonce, text=text, **more)

    async def closed(self) -> int | None:
        """Return with which code the room closes the line."""
        while not self.socket.closed:
            await self.socket.receive(timeout=5)
        return self.socket.close_code


@asynccontextmanager
async def browser(room: Opened) -> AsyncIterator[Browser]:
    """Start a browser without cookies."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Browser(room, session)


@asynccontextmanager
async def joined(room: Opened, name: str, group: str = "") -> AsyncIterator[Page]:
    """Bring somebody in; gives their page, welcomed."""
    async with browser(room) as person:
        assert (await person.join(name, group)).status == 303
        async with person.page() as page:
            await page.hear("welcome")
            yield page


@asynccontextmanager
async def welcomed(room: Opened, name: str = "Rosalind", by: str = "") -> AsyncIterator[tuple[Page, Json]]:
    """Bring somebody in, by a moderator's link if one is given; gives their page and its welcome."""
    async with browser(room) as person:
        if by:
            await person.get(by)
        await person.join(name)
        async with person.page() as page:
            yield page, await page.hear("welcome")
