"""The local room as a platform: what the bot posts goes to every open page; what stands there is in the store."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime

from aiohttp import web

from adapters.local import translate
from adapters.local.application import application
from adapters.local.links import moderator_path, owner_path
from adapters.local.premises import Premises, Settings
from adapters.local.rooms import Seat
from adapters.local.session import Grant
from adapters.local.translate import Json, as_text, room_id, room_name
from bot.errors import StoreTrouble
from bot.ports import (
    Capabilities,
    ChatId,
    Clock,
    Content,
    Heard,
    Ids,
    Intake,
    Lack,
    Look,
    PostKey,
    Receipt,
    Reply,
    RoomId,
    RoomView,
    ShownPost,
)

CAPABILITIES = Capabilities(
    threads=False,
    edits=True,
    deletes=True,
    private=True,
    buttons=True,
    forms=True,
    reactions=True,
    header=True,
    post_length=4_000,
    # The id of a post is made from its key: sent again in a year it is still the same post.
    idempotency_window=float("inf"),
    durable_marker=True,
    history=False,
)
CARD = "card"
HEADER = "header"
# Pages are drawn anew at most this often, in seconds, however much happens.
BREATH = 1.0
HISTORY_LOOKED_AT = 1_000


class LocalPlatform:
    """One local room server. `application` is what a web server mounts, `run` what lets the core hear it.

    A post whose content is labelled ``card`` goes to the moderator panel of the person it is for, one labelled
    ``header`` above the room; every other private content is a notice that its person can put away.
    """

    name = translate.PLATFORM
    capabilities = CAPABILITIES
    is_connected = True

    def __init__(self, settings: Settings, view: RoomView, clock: Clock, ids: Ids, secret: bytes) -> None:
        self._premises = Premises(settings, view, clock, ids, secret)

    def application(self) -> web.Application:
        """Return the web application with all routes of the room."""
        return application(self._premises)

    def moderator_link(self, chat: ChatId, room: RoomId, generation: int) -> str:
        """Return the address that makes whoever opens it a moderator of *chat*, while *generation* holds."""
        grant = Grant(room=room_name(room), chat=chat, generation=generation)
        return self._premises.typed(moderator_path(self._premises.signer, grant))

    def owner_link(self) -> str:
        """Return the address that lets whoever opens it create chats."""
        return self._premises.typed(owner_path(self._premises.signer))

    def room_link(self, room: RoomId) -> str:
        """Return the address of *room* for everybody."""
        return self._premises.typed(f"/room/{room_name(room)}")

    def person_behind(self, request: web.Request) -> str | None:
        """Return the platform id of whoever's browser sent *request*, None for a stranger."""
        session = self._premises.session(request)
        return session.person if session and session.person else None

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Have the pages of *room* (of *person* only) ask the view how they look now."""
        self._premises.refresh(room_name(room), person)

    # --- the port ---

    async def run(self, intake: Intake) -> None:
        """Hand everything heard to *intake*, and stay until cancelled."""
        premises = self._premises
        premises.intake = intake
        try:
            while True:
                await premises.stirred.wait()
                premises.stirred.clear()
                await self._redraw_stale()
                await premises.clock.sleep(BREATH)
        finally:
            premises.intake = None
            for seat in premises.rooms.everyone():
                seat.cut()

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Give nothing: there is nobody to ask."""
        return nullcontext()

    async def invitation(self) -> str:
        """Return nothing: the room is ours."""
        return ""

    async def lacks(self, room: RoomId) -> tuple[Lack, ...]:
        """Return nothing: the room is ours."""
        return ()

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Show *content* to everybody in *room*; its id follows from *key*."""
        receipt = Receipt(id=_post_id(key), at=self._premises.clock.now())
        self._show(room, content, ShownPost(id=receipt.id, at=receipt.at, content=content), "post")
        return receipt

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Show *content* in place of what post *id* said."""
        self._show(
            room, content, ShownPost(id=id, at=self._premises.clock.now(), content=content), "post-edited"
        )

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take post or message *id* off every page."""
        kind = "post-deleted" if id.startswith(_POST) else "deleted"
        self._premises.rooms.room(room_name(room)).recent.pop(id, None)
        self._broadcast(room, {"type": kind, "id": id})

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Show *content* to *person* alone: now, and when they come back if they are away."""
        place = self._premises.rooms.room(room_name(room))
        if content.label != CARD:
            place.notice(person, key, translate.notice(key, Reply(content=content)))
            return
        card = as_text({"type": "card", "content": translate.content(content)})
        for seat in place.seats_of(person):
            seat.send(card)

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Look:
        """Return the receipt of a post that the room shows; the room shows what the store has, so that is asked."""
        shown = await self._premises.view.history(room, None, limit=HISTORY_LOOKED_AT)
        id = _post_id(key)
        at = next((item.at for item in shown if isinstance(item, ShownPost) and item.id == id), None)
        return Look(copies=(Receipt(id=id, at=at, via="history"),) if at else ())

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return True: whatever is taken back here is taken back in the store first."""
        return True

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give nothing: what the room acknowledged is already stored, and it never showed anything else."""
        missed: tuple[Heard, ...] = ()
        for each in missed:
            yield each

    # --- pages ---

    def _show(self, room: RoomId, content: Content, post: ShownPost, kind: str) -> None:
        if content.label == HEADER:
            self._broadcast(room, {"type": "header", "content": translate.content(content)})
        else:
            self._premises.rooms.room(room_name(room)).remember(post, new=kind == "post")
            self._broadcast(room, {"type": kind, "post": translate.shown(post, str)})
        self.refresh(room)

    def _broadcast(self, room: RoomId, message: Json) -> None:
        self._premises.rooms.room(room_name(room)).broadcast(message)

    async def _redraw_stale(self) -> None:
        stale, self._premises.stale = self._premises.stale, set()
        try:
            await self._redraw(stale)
        except StoreTrouble:
            self._premises.stale |= stale
            self._premises.stirred.set()

    async def _redraw(self, stale: set[tuple[str, str | None]]) -> None:
        """Tell the pages of every room where something changed who is there and how it looks to each of them."""
        whole = {room for room, person in stale if person is None}
        for name in whole:
            room = self._premises.rooms.room(name)
            # With the time, so that countdowns stay right on a page that slept, or while the clock is stepped.
            now = self._premises.clock.now().isoformat()
            room.broadcast({"type": "presence", "count": room.people(), "now": now})
        for name in {name for name, _ in stale}:
            for seat in tuple(self._premises.rooms.room(name).seats):
                if name in whole or (name, seat.session.person) in stale:
                    await self._redraw_seat(name, seat)

    async def _redraw_seat(self, name: str, seat: Seat) -> None:
        state = await self._premises.view.state(room_id(name), seat.session.person)
        # Most of what happens changes nothing for most people; a page still at the door will be told everything.
        if seat.is_welcomed and state != seat.state:
            seat.state = state
            seat.send(as_text({"type": "state", "state": translate.state(state)}))


_POST = "post-"


def _post_id(key: PostKey) -> str:
    return _POST + hashlib.sha256(key.encode()).hexdigest()[:24]
