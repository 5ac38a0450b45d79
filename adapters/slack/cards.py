"""The moderator card: one private message for each moderator that edits itself, and makes way for a fresh one."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from adapters.slack.blocks import Native, Words, render
from adapters.slack.calls import Calls
from adapters.slack.settings import LONGEST_CARD
from adapters.slack.translate import Me
from bot.errors import PlatformTrouble, StoreTrouble, TweetchatError
from bot.ports import Clock, PostKey, RoomId, RoomView

log = structlog.get_logger(__name__)

CARD = "tweetchat_card"
"""The type of a card's metadata, by which it is found again after a restart."""
PACE = 5.0
"""Seconds between two looks of one card. Slack takes fifty edits a minute, for all cards together."""
PACE_EACH = 1.5
RENEW = timedelta(hours=1)
"""After that a card has scrolled far up, and some workspaces allow no more edits."""
_LOOKED_AT = 20


@dataclass(slots=True, kw_only=True)
class _Card:
    """A card as it stands. *drawn* None: found again, its looks unknown."""

    channel: str
    id: str
    since: datetime
    drawn: Native | None
    alarm: str = ""


class Cards:
    """Every card of every room. What nobody has seen yet is drawn over: only the newest look counts."""

    def __init__(self, calls: Calls, view: RoomView, clock: Clock) -> None:
        self._calls, self._view, self._clock = calls, view, clock
        self._stale: set[RoomId] = set()
        self._stirred = asyncio.Event()
        self._cards: dict[tuple[RoomId, str], _Card] = {}

    def refresh(self, room: RoomId) -> None:
        """Take note that the cards of *room* may look otherwise now."""
        self._stale.add(room)
        self._stirred.set()

    async def run(self, me: Me) -> None:
        """Draw until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            stale, self._stale = self._stale, set()
            drawn, pause = 0, 0.0
            for room in stale:
                try:
                    drawn += await self._draw(room, me)
                except (PlatformTrouble, StoreTrouble) as trouble:
                    pause = max(pause, self._note(room, trouble))
                except TweetchatError:
                    raise
                except Exception as bug:  # noqa: BLE001  # a card is worth no chat; only its kind: it may hold words
                    log.error("card not drawn", room=room, reason=type(bug).__name__)  # noqa: TRY400
            await self._clock.sleep(max(PACE, drawn * PACE_EACH, pause))

    def _note(self, room: RoomId, trouble: PlatformTrouble | StoreTrouble) -> float:
        log.warning("card not drawn", room=room, reason=str(trouble))
        if isinstance(trouble, PlatformTrouble):
            if not trouble.permanent:
                self.refresh(room)
            return trouble.retry_after or 0.0
        self.refresh(room)
        return 0.0

    async def _draw(self, room: RoomId, me: Me) -> int:
        """Bring the cards of *room* up to date and return how many had to be drawn."""
        drawn = 0
        for person in await self._view.moderators(room):
            state = await self._view.state(room, person)
            if state.card is None:
                continue
            words = Words(yes=state.words.get("page.send", "OK"), no=state.words.get("page.cancel", "×"))
            native = render(state.card, room, limit=LONGEST_CARD, words=words)
            try:
                drawn += await self._show(room, person, native, state.card.alarm, me)
            except PlatformTrouble as trouble:
                if not trouble.permanent:
                    raise
                self._note(room, trouble)  # whoever cannot be written to keeps no card from anybody else
        return drawn

    async def _show(self, room: RoomId, person: str, native: Native, alarm: str, me: Me) -> int:
        card = self._cards.get((room, person)) or await self._found(room, person, me)
        if card is not None and card.drawn == native:
            return 0
        if card is None or not await self._is_enough_to_edit(card, native, alarm):
            card = await self._renew(room, person, native, card)
        card.alarm = alarm
        return 1

    async def _is_enough_to_edit(self, card: _Card, native: Native, alarm: str) -> bool:
        """Return whether *card* shows *native* now, edited; one with news that cannot wait is sent anew: that rings."""
        if alarm and alarm != card.alarm:
            return False
        return self._clock.now() - card.since < RENEW and await self._edited(card, native)

    async def _found(self, room: RoomId, person: str, me: Me) -> _Card | None:
        """Return the card that an earlier run of the bot left, None when there is none."""
        channel, spoken = await self._calls.direct_channel(person)
        if spoken:
            async for page in self._calls.history(channel, None, limit=_LOOKED_AT):
                for message in page:
                    mark = message.metadata
                    if (
                        me.wrote(message)
                        and mark
                        and mark.event_type == CARD
                        and mark.event_payload.get("k") == room
                    ):
                        # Not older than now: how much of its hour has gone, nobody remembers.
                        return self._keep(
                            room,
                            person,
                            _Card(channel=channel, id=message.ts, since=self._clock.now(), drawn=None),
                        )
        return None

    def _keep(self, room: RoomId, person: str, card: _Card) -> _Card:
        self._cards[room, person] = card
        return card

    async def _edited(self, card: _Card, native: Native) -> bool:
        try:
            await self._calls.update(card.channel, card.id, native)
        except PlatformTrouble as trouble:
            if not trouble.permanent:
                raise
            return False  # deleted, or too old to be edited in this workspace
        card.drawn = native
        return True

    async def _renew(self, room: RoomId, person: str, native: Native, old: _Card | None) -> _Card:
        channel = old.channel if old else (await self._calls.direct_channel(person))[0]
        id = await self._calls.post(channel, native, PostKey(room), kind=CARD)
        card = _Card(channel=channel, id=id, since=self._clock.now(), drawn=native)
        self._keep(room, person, card)
        if old is not None:
            await self._forget(old)
        return card

    async def _forget(self, old: _Card) -> None:
        try:
            await self._calls.delete(old.channel, old.id)
        except PlatformTrouble as trouble:
            log.info("old card stays", reason=trouble.reason)
