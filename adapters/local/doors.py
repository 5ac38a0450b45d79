"""The ways into a room over HTTP: the room and its door, a moderator's link, and the line that the page talks on."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from adapters.local import paper
from adapters.local.conversation import LARGEST_MESSAGE, Conversation
from adapters.local.links import read_moderator_token
from adapters.local.nicknames import is_reserved, is_short_enough, tidy
from adapters.local.premises import ROOM, Premises, read_form
from adapters.local.session import Session
from adapters.local.translate import room_id
from adapters.local.words import reserved_names
from bot.ports import RoomState

# WebSocket close codes that the page understands: come in through the door again; too many pages are open.
NO_SESSION, TOO_MANY = 4401, 4429
STATUS = {"page.door.elsewhere": 403, "page.door.too-many": 429, "page.door.name-taken": 409}


class Doors:
    """The handlers of the room's routes."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises

    def routes(self) -> list[web.RouteDef]:
        """Return the ways in."""
        return [
            web.get("/room/{room}", self.show_room),
            web.post("/room/{room}/join", self.join),
            web.get("/m/{token}", self.open_moderator_link),
            web.get("/ws/{room}", self.talk),
        ]

    # --- the room and its door ---

    async def show_room(self, request: web.Request) -> web.Response:
        """Show the room to whoever has a name in it, the door to everybody else."""
        room = _room(request)
        session = self._premises.session(request)
        state = await self._premises.view.state(room_id(room), None)
        if session is None or not session.name or "door" in request.query:
            return self._door(room, state, session)
        if not self._premises.rooms.room(room).claim(session, self._premises.clock.monotonic()):
            return self._door(room, state, session, problem="page.door.name-taken")
        texts = {"room": room, "title": state.title, "hashtag": state.hashtag, "language": state.language}
        return web.Response(text=paper.fill("room", state.words, texts), content_type="text/html")

    async def join(self, request: web.Request) -> web.Response:
        """Let somebody in under the nickname they typed."""
        room = _room(request)
        premises = self._premises
        state = await premises.view.state(room_id(room), None)
        known = premises.session(request)
        form = await read_form(request)
        if problem := self._problem(request, room, state, known, form):
            return self._door(room, state, known, problem=problem, form=form)
        name = tidy(form["nickname"])
        session = premises.new_session(known, hint=f"{room}/{name}")
        session = replace(session, name=name, group=form.get("group") or None)
        if not premises.rooms.room(room).claim(session, premises.clock.monotonic()):
            return self._door(room, state, known, problem="page.door.name-taken", form=form)
        response = web.Response(status=303, headers={"Location": f"/room/{room}"})
        premises.keep_session(response, session)
        return response

    def _problem(
        self,
        request: web.Request,
        room: str,
        state: RoomState,
        known: Session | None,
        form: Mapping[str, str],
    ) -> str | None:
        """Return the key of what stands against letting somebody in."""
        premises = self._premises
        if not premises.is_from_here(request):
            return "page.door.elsewhere"
        if premises.joins.take(premises.address(request), premises.clock.monotonic()):
            return "page.door.too-many"
        if state.chat is None:
            return "page.door.empty"
        if (group := form.get("group")) and group not in dict(state.groups):
            return "page.door.group-unknown"
        return self._problem_with_name(form.get("nickname", ""), room, state, known)

    def _problem_with_name(
        self, typed: str, room: str, state: RoomState, known: Session | None
    ) -> str | None:
        premises = self._premises
        name = tidy(typed)
        if not name:
            return "page.door.name-empty"
        if not is_short_enough(name):
            return "page.door.name-long"
        if known and known.grant(room):
            return None
        present = premises.rooms.room(room).moderators(
            premises.clock.monotonic(), but=known.person if known else ""
        )
        reserved = (*reserved_names(state.words), *premises.settings.names, *present)
        return "page.door.name-reserved" if is_reserved(name, reserved) else None

    def _door(
        self,
        room: str,
        state: RoomState,
        session: Session | None,
        *,
        problem: str = "",
        form: Mapping[str, str] | None = None,
    ) -> web.Response:
        if state.chat is None:
            return paper.plain(state, "page.door.empty", status=404)
        typed = form or {}
        texts = {
            "room": room,
            "title": state.title,
            "hashtag": state.hashtag,
            "language": state.language,
            "nickname": typed.get("nickname", session.name if session else ""),
            "invalid": "true" if problem else "false",
        }
        chosen = typed.get("group", (session.group if session else None) or "")
        invited = bool(session and session.grant(room))
        said = state.words
        page = paper.fill(
            "door",
            said,
            texts,
            header=paper.content(state.header),
            problem=paper.problem(said.get(problem, problem)),
            groups=paper.options(state.groups, chosen),
            invited=paper.notice(said.get("page.door.moderator", "")) if invited else "",
        )
        # "no-referrer" would make browsers send forms without saying where they come from.
        headers = {"Referrer-Policy": "same-origin"}
        status = STATUS.get(problem, 422) if problem else 200
        return web.Response(text=page, content_type="text/html", status=status, headers=headers)

    # --- a moderator's link ---

    async def open_moderator_link(self, request: web.Request) -> web.Response:
        """Keep the proof in the browser's session and lead to the room, without the link in the address."""
        premises = self._premises
        grant = read_moderator_token(premises.signer, request.match_info["token"])
        if grant is None:
            state = await premises.view.state(room_id(premises.settings.default_room), None)
            return paper.plain(state, "page.link-invalid", status=404)
        session = premises.new_session(premises.session(request)).with_grant(grant)
        response = web.Response(status=303, headers={"Location": f"/room/{grant.room}"})
        premises.keep_session(response, session)
        return response

    # --- the line ---

    async def talk(self, request: web.Request) -> web.StreamResponse:
        """Talk with one page until its line closes."""
        room = self._premises.rooms.room(_room(request))
        if not self._premises.is_from_here(request):
            raise web.HTTPForbidden
        session = self._premises.session(request)
        socket = web.WebSocketResponse(
            heartbeat=self._premises.settings.heartbeat, max_msg_size=LARGEST_MESSAGE, compress=False
        )
        await socket.prepare(request)
        if session is None or not session.name or not room.claim(session, self._premises.clock.monotonic()):
            await socket.close(code=NO_SESSION)
        elif self._is_full(session):
            await socket.close(code=TOO_MANY)
        else:
            await Conversation(self._premises, room, session, request).hold(socket)
        return socket

    def _is_full(self, session: Session) -> bool:
        seats = tuple(self._premises.rooms.everyone())
        own = sum(seat.session.person == session.person for seat in seats)
        settings = self._premises.settings
        return len(seats) >= settings.pages_at_most or own >= settings.pages_per_person


def _room(request: web.Request) -> str:
    name = request.match_info["room"]
    if not ROOM.fullmatch(name):
        raise web.HTTPNotFound
    return name
