"""One page's WebSocket: its welcome, what it reads and what it sends, until the line closes."""

import asyncio
from datetime import timedelta
from typing import assert_never

from aiohttp import WSMsgType, web

from adapters.local import translate
from adapters.local.hearing import MOST_TEXT, Hearing
from adapters.local.premises import Premises
from adapters.local.rooms import Room, Seat
from adapters.local.session import Grant, Session
from adapters.local.translate import Json, as_text, room_id
from adapters.local.wishes import (
    AnyWish,
    Delete,
    Dismiss,
    Earlier,
    Edit,
    Here,
    Order,
    React,
    Say,
    Unreadable,
    read_wish,
)
from bot.errors import StoreTrouble
from bot.ports import Reply, RoomState, ShownPost

LARGEST_MESSAGE = 64 * 1024
HISTORY = 100
# A post is on its way into the history for this long at most; after that the history knows better.
FRESH = timedelta(seconds=60)
# A page of ours never sends rubbish and waits when it is told to: whoever does not is let go.
MOST_UNREADABLE = 10
MOST_TURNED_AWAY = 200


class Conversation:
    """What one open page and the core say to each other."""

    def __init__(self, premises: Premises, room: Room, session: Session, request: web.Request) -> None:
        self._premises, self._room, self._session = premises, room, session
        transport = request.transport
        alias = premises.signer.alias(room.name, session.person)
        self._seat = Seat(session, alias, transport.abort if transport else lambda: None)
        self._hearing = Hearing(premises, room, self._seat)
        self._unreadable = 0

    async def hold(self, socket: web.WebSocketResponse) -> None:
        """Talk until the line closes."""
        self._room.seats.add(self._seat)
        self._premises.refresh(self._room.name)
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write(socket))
                try:
                    await self._welcome()
                    await self._read(socket)
                finally:
                    writer.cancel()
        finally:
            self._leave()

    def _leave(self) -> None:
        self._room.seats.discard(self._seat)
        self._room.claim(self._session, self._premises.clock.monotonic())
        self._premises.refresh(self._room.name)

    async def _write(self, socket: web.WebSocketResponse) -> None:
        try:
            while True:
                await socket.send_str(await self._seat.next())
        except ConnectionError:
            self._seat.cut()

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._take(str(frame.data))
                # What is turned away needs no waiting: without this, a flood would keep everybody else out.
                await asyncio.sleep(0)
            if frame.type is not WSMsgType.TEXT or self._is_a_nuisance():
                await socket.close(code=1008)
                return

    def _is_a_nuisance(self) -> bool:
        return self._unreadable > MOST_UNREADABLE or self._hearing.turned_away > MOST_TURNED_AWAY

    # --- the welcome ---

    async def _welcome(self) -> None:
        if grant := self._session.grant(self._room.name):
            await self._show_proof(grant)
        self._seat.welcome(as_text(await self._greeting()))
        # A drawing that was under way when the proof was shown may be older than the welcome: look once more.
        self._premises.refresh(self._room.name, self._session.person)

    async def _greeting(self) -> Json:
        place, session = room_id(self._room.name), self._session
        self._seat.state = state = await self._premises.view.state(place, session.person)
        items = await self._premises.view.history(place, session.person, limit=HISTORY)
        fresh = self._fresh_posts({item.id for item in items})
        return {
            "type": "welcome",
            "me": {"id": self._seat.alias, "name": session.name, "group": session.group},
            "now": self._premises.clock.now().isoformat(),
            "limit": MOST_TEXT,
            "state": translate.state(state),
            "words": dict(state.words),
            "people": self._room.people(),
            "history": [translate.shown(item, self._hearing.alias_of) for item in (*items, *fresh)],
            "more": len(items) >= HISTORY,
            "notices": self._notices(state),
        }

    def _notices(self, state: RoomState) -> list[Json]:
        """Return what waits for this person: what the room remembers, and what the core still wants to know."""
        kept = self._room.notices_of(self._session.person)
        known = {each["key"] for each in kept}
        waiting = [
            translate.notice(key, Reply(content=content))
            for key, content in state.notices
            if key not in known
        ]
        return [*kept, *waiting]

    def _fresh_posts(self, known: set[str]) -> list[ShownPost]:
        since = self._premises.clock.now() - FRESH
        return [post for id, post in self._room.recent.items() if id not in known and post.at > since]

    async def _show_proof(self, grant: Grant) -> None:
        """Let the core see a moderator's link, so that the card is there before the first button is pressed."""
        intake = self._premises.intake
        at = self._premises.clock.now()
        try:
            speaker = translate.Speaker(
                room=self._room.name, session=self._session, alias=self._seat.alias, chat=grant.chat
            )
            proof = translate.commanded(speaker, "moderate", {}, at=at)
            answer = await intake.hear(proof) if intake else Reply()
        except StoreTrouble:
            return
        key = f"moderate/{grant.chat}"
        if answer.refused:
            self._room.notice(self._session.person, key, translate.notice(key, answer))
        else:
            self._room.dismiss(self._session.person, key)

    # --- one wish ---

    async def _take(self, raw: str) -> None:
        try:
            wish = read_wish(raw)
        except Unreadable:
            self._unreadable += 1
            text = self._hearing.words("page.unreadable")
            self._hearing.tell({"type": "trouble", "nonce": None, "text": text})
            return
        if self._hearing.must_wait(wish):
            return
        try:
            await self._do(wish)
        except StoreTrouble:
            self._hearing.tell(self._hearing.trouble(wish.nonce))

    async def _do(self, wish: AnyWish) -> None:
        match wish:
            case Here():
                self._hearing.tell(translate.reply(wish.nonce, Reply()))
            case Dismiss():
                self._room.dismiss(self._session.person, wish.key)
                self._hearing.tell(translate.reply(wish.nonce, Reply()))
            case Earlier():
                await self._show_earlier(wish)
            case Say() | Edit() | Delete() | React() | Order():
                await self._hearing.hear(wish)
            case _:
                assert_never(wish)

    async def _show_earlier(self, wish: Earlier) -> None:
        # What was said in the same microsecond as the oldest thing shown comes once more rather than never.
        before = wish.before + timedelta(microseconds=1)
        items = await self._premises.view.history(
            room_id(self._room.name), self._session.person, before=before, limit=HISTORY
        )
        self._hearing.tell(
            {
                "type": "earlier",
                "nonce": wish.nonce,
                "items": [translate.shown(item, self._hearing.alias_of) for item in items],
                "more": len(items) >= HISTORY,
            }
        )
