"""The pretended gateway: sessions that can be cut, resumed, refused, and told the same thing twice."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from tests.fakes.discord.world import APPLICATION, GUILD, Json, World

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _RECONNECT, _INVALID, _HELLO, _ACK = 0, 1, 2, 6, 7, 9, 10, 11
_BEAT = 41_250


@dataclass
class Session:
    """What one session was told, so that it can be told again."""

    id: str
    told: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


@dataclass
class FakeGateway:
    """All sessions. *refuse_resumes*: how many of the next attempts to resume are turned down.

    twice: everything is told twice. held: what is told waits here, where it is a list.
    """

    world: World
    address: str = ""
    token: str = "token"
    intents_allowed: bool = True
    refuse_resumes: int = 0
    refuse_upgrades: int = 0
    sessions: dict[str, Session] = field(default_factory=dict)
    identified: int = 0
    resumed: int = 0
    problems: list[str] = field(default_factory=list)
    twice: bool = False
    held: list[tuple[str, Json]] | None = None
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Speak to one connection until it ends."""
        if self.refuse_upgrades:
            self.refuse_upgrades -= 1
            return web.Response(status=502)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": _BEAT}, "s": None, "t": None})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            await self._take(socket, frame.json())
        return socket

    async def _take(self, socket: web.WebSocketResponse, payload: Json) -> None:
        match payload["op"]:
            case 1:
                await socket.send_json({"op": _ACK, "d": None, "s": None, "t": None})
            case 2:
                await self._identify(socket, payload["d"])
            case 6:
                await self._resume(socket, payload["d"])
            case _:
                pass

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identified += 1
        if data["token"] != self.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & (1 << 15) and not self.intents_allowed:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        session = Session(f"session-{next(self._count)}", socket=socket)
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": self.world.users[str(self._bot())],
            "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.address,
            "application": {"id": str(APPLICATION), "flags": 1 << 19},
        }
        await self._tell(session, "READY", ready)
        await self._tell(session, "GUILD_CREATE", self.world.guild())

    def _bot(self) -> str:
        return next(id for id, user in self.world.users.items() if user["bot"])

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or self.refuse_resumes:
            self.refuse_resumes = max(0, self.refuse_resumes - 1)
            await socket.send_json({"op": _INVALID, "d": False, "s": None, "t": None})
            return
        self.resumed += 1
        session.socket = socket
        for payload in [one for one in session.told if one["s"] > data["seq"]]:
            await socket.send_json(payload)
        await self._tell(session, "RESUMED", {"_trace": []})

    async def _tell(self, session: Session, event: str, data: Json) -> None:
        payload = {"op": _DISPATCH, "t": event, "s": len(session.told) + 1, "d": data}
        session.told.append(payload)
        if session.socket is not None and not session.socket.closed:
            await session.socket.send_json(payload)

    # --- what a test does ---

    async def tell(self, event: str, data: Json) -> None:
        """Tell every session of *event*; those that are cut off keep it for later. Whoever presses is never held."""
        if self.held is not None and event != "INTERACTION_CREATE":
            self.held.append((event, data.copy()))
            return
        for session in tuple(self.sessions.values()) * (2 if self.twice else 1):
            try:
                await self._tell(session, event, data)
            except ConnectionError:
                session.socket = None

    async def release(self, *, backwards: bool = False) -> None:
        """Tell what was held, in order or the other way round."""
        held, self.held = self.held or [], None
        for event, data in reversed(held) if backwards else held:
            await self.tell(event, data)

    async def cut(self) -> None:
        """Cut every line, as a lost network does."""
        for session in self.sessions.values():
            session.socket = None
        for socket in self._sockets:
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        self._sockets.clear()
        await asyncio.sleep(0)

    def go_silent(self) -> None:
        """Keep every line open, and say nothing on it any more: as when a router in between forgot it."""
        for session in self.sessions.values():
            session.socket = None

    async def turn_away(self, code: int) -> None:
        """End every connection for good, with Discord's number for why."""
        self.sessions.clear()
        for socket in tuple(self._sockets):
            await socket.close(code=code)

    async def close(self) -> None:
        """End every connection in an orderly way."""
        for socket in tuple(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    def forget_sessions(self) -> None:
        """Let nobody resume anything: what is told from here on reaches new sessions only."""
        self.sessions.clear()
