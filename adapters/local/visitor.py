"""Somebody who uses the room without a browser: a simulated crowd, a test. The same doors, the same wire.

What is said is sent again until the room has acknowledged it, through lost lines and restarts.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, cast

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from adapters.local.translate import Json
from bot.ports import Clock, Ids

LONGEST_PAUSE = 2.0
FIRST_PAUSE = 0.05
# A room that is being restarted is given this many tries before a visitor gives up at the door.
TRIES_AT_THE_DOOR = 100


class TurnedAway(Exception):
    """The room did not let the visitor in; *status* is HTTP's."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"the room answered {status}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the room said to something one did. *id*: of the message, when one was said."""

    refused: bool
    text: str = ""
    id: str = ""
    content: Json | None = None


@dataclass(slots=True)
class _Waiting:
    wish: Json
    # The answer, or the seconds after which the room wants to be asked again.
    answer: asyncio.Future[Answer | float]


class Visitor:
    """One person in one room. Use as ``async with``, then `join`, then `run` in a task of its own.

    heard: called with everything the room tells this page, but for answers.
    """

    def __init__(
        self, base: str, room: str, clock: Clock, ids: Ids, heard: Callable[[Json], None] = lambda _: None
    ) -> None:
        self._base, self._room, self._clock, self._ids, self._heard = (
            base.rstrip("/"),
            room,
            clock,
            ids,
            heard,
        )
        self._session: ClientSession | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._count = 0
        self.name = ""
        self.id = ""
        self.state: Json = {}

    async def __aenter__(self) -> Self:
        # The room may be called by an address instead of a name.
        self._session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Origin": self._base})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    @property
    def _http(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("use as: async with Visitor(...)")
        return self._session

    # --- coming in ---

    async def join(self, name: str, group: str | None = None, *, link: str | None = None) -> None:
        """Come in under *name*; with a moderator's *link*, as a moderator. Raises: TurnedAway."""
        if link:
            await self._ask_for("GET", link)
        form = {"nickname": name, "group": group or ""}
        await self._ask_for("POST", f"{self._base}/room/{self._room}/join", form)
        self.name = name

    async def _ask_for(self, method: str, url: str, form: Mapping[str, str] | None = None) -> None:
        for tried in range(TRIES_AT_THE_DOOR):
            try:
                async with self._http.request(method, url, data=form, allow_redirects=False) as response:
                    if response.status >= 400:
                        raise TurnedAway(response.status)
                    return
            except (ClientError, TimeoutError):
                await self._clock.sleep(_pause(tried))
        raise TurnedAway(503)

    async def run(self) -> None:
        """Stay in the room until cancelled, coming back whenever the line breaks. Raises: TurnedAway."""
        tried = 0
        url = f"{self._base}/ws/{self._room}"
        while True:
            try:
                async with self._http.ws_connect(url, max_msg_size=0) as socket:
                    tried = 0 if await self._listen(socket) else tried + 1
            except (ClientError, TimeoutError, ConnectionError):
                tried += 1
            finally:
                self._socket = None
            await self._clock.sleep(_pause(tried))

    async def _listen(self, socket: ClientWebSocketResponse) -> bool:
        """Take what comes until the line breaks; return whether the room was glad to see us."""
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._take(socket, cast("Json", json.loads(frame.data)))
        code = socket.close_code
        if code is not None and code >= 4000:
            raise TurnedAway(code)
        return self._socket is not None

    # --- doing things ---

    async def say(self, text: str, reply_to: str | None = None) -> Answer:
        """Say *text*; return once the room has it for good, with the id it goes by."""
        return await self._wish({"type": "say", "text": text, "reply_to": reply_to})

    async def edit(self, id: str, text: str) -> Answer:
        """Change a message of one's own."""
        return await self._wish({"type": "edit", "id": id, "text": text})

    async def delete(self, id: str) -> Answer:
        """Take a message of one's own back."""
        return await self._wish({"type": "delete", "id": id})

    async def react(self, id: str, reaction: str, *, present: bool = True) -> Answer:
        """Put *reaction* under a message, or take it away."""
        return await self._wish({"type": "react", "id": id, "reaction": reaction, "present": present})

    async def command(
        self, command: str, arguments: Mapping[str, str] | None = None, *, expects: str | None = None
    ) -> Answer:
        """Give a command, as a button would."""
        given = dict(arguments or {})
        return await self._wish(
            {"type": "command", "command": command, "arguments": given, "expects": expects}
        )

    async def _wish(self, wish: Json) -> Answer:
        self._count += 1
        nonce = self._ids.new("nonce", f"{self._room}/{self.name}/{self._count}")
        while True:
            waiting = _Waiting({"nonce": nonce, **wish}, asyncio.get_running_loop().create_future())
            self._waiting[nonce] = waiting
            await self._send(waiting)
            answer = await waiting.answer
            if isinstance(answer, Answer):
                return answer
            await self._clock.sleep(answer)

    async def _send(self, waiting: _Waiting) -> None:
        if self._socket is None:
            return
        try:
            await self._socket.send_json(waiting.wish)
        except ConnectionError:
            return  # sent again after the next welcome

    # --- hearing things ---

    async def _take(self, socket: ClientWebSocketResponse, message: Json) -> None:
        match message:
            case {"type": "welcome", "me": {"id": str(id)}, "state": dict(state)}:
                self._socket, self.id, self.state = socket, id, state
                self._heard(message)
                for waiting in tuple(self._waiting.values()):
                    await self._send(waiting)
            case {"nonce": str(nonce), "retry": int() | float() as pause}:
                self._settle(nonce, float(pause))
            case {"type": "reply", "nonce": str(nonce)}:
                self._settle(nonce, _answer(message))
            case _:
                self._heard(message)

    def _settle(self, nonce: str, answer: Answer | float) -> None:
        waiting = self._waiting.pop(nonce, None)
        if waiting and not waiting.answer.done():
            waiting.answer.set_result(answer)


def _answer(message: Json) -> Answer:
    return Answer(
        refused=bool(message.get("refused")),
        text=str(message.get("text") or ""),
        id=str(message.get("id") or ""),
        content=cast("Json | None", message.get("content")),
    )


def _pause(tried: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tried, 10))
