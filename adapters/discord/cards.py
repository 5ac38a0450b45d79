"""The moderator card: one private message for each moderator that is edited as the chat goes on."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from adapters.discord import content as native
from adapters.discord import wishes
from adapters.discord.content import Frame, Json
from adapters.discord.history import History
from adapters.discord.private import PrivateMessages
from adapters.discord.wire import TOO_MANY_EDITS, Refusal, moment_of
from bot.errors import PlatformTrouble, StoreTrouble, TweetchatError
from bot.ports import Clock, PostKey, RoomId, RoomView

log = structlog.get_logger(__name__)

BREATH = 5.0
"""Seconds between two looks at what changed."""
FRESH_FOR = timedelta(minutes=55)
"""Discord soon refuses edits of messages older than an hour: then the card is sent anew, and the old one goes."""


@dataclass(slots=True)
class _Shown:
    """A card that stands in a conversation, as it was last drawn."""

    id: str
    since: datetime
    body: Json
    alarm: str = ""


class Cards:
    """Draws the cards of all rooms."""

    def __init__(self, private: PrivateMessages, history: History, view: RoomView, clock: Clock) -> None:
        self._private, self._history, self._view, self._clock = private, history, view, clock
        self._shown: dict[tuple[RoomId, str], _Shown] = {}
        self._dirty: set[RoomId] = set()
        self._stirred = asyncio.Event()
        self._unreachable: set[str] = set()

    def refresh(self, room: RoomId) -> None:
        """Take note that the cards of *room* may look otherwise now."""
        self._dirty.add(room)
        self._stirred.set()

    async def run(self) -> None:
        """Draw until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            dirty, self._dirty = self._dirty, set()
            for room in sorted(dirty):
                await self._draw(room)
            await self._clock.sleep(BREATH)

    async def _draw(self, room: RoomId) -> None:
        try:
            moderators = set(await self._view.moderators(room))
            for person in sorted(moderators - self._unreachable):
                await self._draw_for(room, person)
            for key in [key for key in self._shown if key[0] == room and key[1] not in moderators]:
                await self._private.delete(key[1], self._shown.pop(key).id)
        except (PlatformTrouble, StoreTrouble) as trouble:
            log.warning("card not drawn", room=room, reason=str(trouble))
            if not isinstance(trouble, Refusal):
                self.refresh(room)
        except TweetchatError:
            raise
        except Exception as bug:  # noqa: BLE001  # a card is worth no chat; only its kind: a bug may hold words
            log.error("card not drawn", room=room, reason=type(bug).__name__)  # noqa: TRY400

    async def _draw_for(self, room: RoomId, person: str) -> None:
        state = await self._view.state(room, person)
        if state.card is None:
            return
        body = native.message(state.card, Frame(room=room, mark=_mark(room)))
        shown = self._shown.get((room, person))
        if shown is not None and shown.body == body:
            return
        try:
            self._shown[room, person] = await self._show(room, person, body, state.card.alarm)
        except Refusal as refusal:
            # Whoever takes no private messages finds the card behind the button under every post.
            log.warning("no card for a moderator", room=room, reason=refusal.reason)
            self._unreachable.add(person)

    async def _show(self, room: RoomId, person: str, body: Json, alarm: str) -> _Shown:
        shown = self._shown.get((room, person)) or await self._found(room, person)
        if shown is not None and await self._is_enough_to_edit(person, shown, body, alarm):
            return _Shown(shown.id, shown.since, body, alarm)
        id = await self._private.send(person, body)
        # Known before the old one goes: else each attempt to take that away would send another.
        fresh = self._shown[room, person] = _Shown(id, self._clock.now(), body, alarm)
        if shown is not None:
            await self._take_away(person, shown.id)
        return fresh

    async def _take_away(self, person: str, id: str) -> None:
        try:
            await self._private.delete(person, id)
        except PlatformTrouble as trouble:
            log.info("old card stays", reason=trouble.reason)

    async def _is_enough_to_edit(self, person: str, shown: _Shown, body: Json, alarm: str) -> bool:
        """Return whether the card shows *body* now, edited; one with news that cannot wait is sent anew: that rings."""
        if alarm and alarm != shown.alarm:
            return False
        return self._clock.now() - shown.since < FRESH_FOR and await self._edit(person, shown, body)

    async def _edit(self, person: str, shown: _Shown, body: Json) -> bool:
        try:
            return await self._private.edit(person, shown.id, body)
        except Refusal as refusal:
            if refusal.code != TOO_MANY_EDITS:
                raise
            return False

    async def _found(self, room: RoomId, person: str) -> _Shown | None:
        """Return the card that an earlier run of the bot left in the conversation."""
        left = await self._history.standing(await self._private.channel(person), _mark(room))
        return _Shown(str(left["id"]), moment_of(left["id"]), {}) if left else None


def _mark(room: RoomId) -> str:
    return wishes.marker(PostKey("card"), room)
