"""The way of one post from "planned" to "stands there": intent, request, doubt, look-up, receipt.

A request under way is never cancelled: cancelling one can lock a platform's library up, and tells us nothing about
what became of the post. After ten seconds it counts as unknown, and the room's history decides.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from bot.core import commands as c
from bot.core.events import Settlement
from bot.core.names import ChatId, PostKey, RoomId
from bot.errors import PlatformTrouble, StoreTrouble, StoreUnusable, TweetchatError
from bot.markup import Content
from bot.ports import Clock, Mark, Platform, Receipt, Store, Unsent
from bot.runtime.draft import Draft
from bot.runtime.facilitator import Delivery
from bot.runtime.outcome import Outcome, may_pass, pause

log = structlog.get_logger(__name__)

VERDICT_AFTER = 10.0
"""Seconds after which a request that has not answered counts as unknown."""
SETTLE = 35.0
"""Seconds after an attempt of unknown outcome from which history is trusted: platforms apply late requests by then."""
LONG_AGO = timedelta(minutes=2)
"""From what age on the wall clock is believed about an attempt of an earlier life: `SETTLE`, and a wide margin."""
ASK_AFTER = timedelta(minutes=2)
"""How long a post may be in doubt before the moderators are asked to look for themselves."""
TELL_AFTER = 20.0
"""Seconds after which the moderators are told that a post is late: within 30 s, and cards are drawn every five."""

Answer = TypeVar("Answer")


class Desk(Protocol):
    """What sending needs from the house."""

    store: Store
    clock: Clock
    epoch: int

    def may_speak(self) -> bool:
        """Return whether nobody else can have taken over by now."""

    async def deliver(self, chat: ChatId, delivery: Delivery) -> object:
        """Hand *delivery* to its chat; return when it is durable."""

    async def render(self, row: Unsent) -> Content:
        """Put the words into a post."""

    async def address(self, row: Unsent) -> str | None:
        """Return the platform id of the person a private post is for, None when nobody is there any more."""

    async def target(self, row: Unsent) -> str | None:
        """Return the platform id of what a post edits or deletes, None when nothing stands there."""

    def seen_since(self, row: Unsent) -> datetime | None:
        """Return from when on a moderator may have seen what *row* edits, None where we know of it by ourselves."""

    def look_from(self, row: Unsent) -> datetime:
        """Return from when on the post of *row* may stand in its room, by the platform's clock."""

    def settlement(self, row: Unsent) -> Settlement | None:
        """Return what a moderator said of a post in doubt, None while nobody did."""

    def tell(self, chat: ChatId, room: RoomId, trouble: str | None) -> None:
        """Tell the moderators of trouble in a room, or that it is over."""


@dataclass(slots=True, kw_only=True)
class Sending:
    """One row of the outbox on its way.

    begun, first_tried, last_tried: by the monotonic clock, of this life of the bot; None for attempts of earlier ones.
    """

    desk: Desk
    platform: Platform
    row: Unsent
    tasks: asyncio.TaskGroup
    verdict_after: float = VERDICT_AFTER
    in_doubt: bool = False
    asked: bool = False
    trouble: str = "no answer yet"
    is_told: bool = False
    begun: float = 0.0
    first_tried: float | None = None
    last_tried: float | None = None
    doubted_at: datetime | None = None
    outcome: Outcome | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def room(self) -> RoomId:
        """Return the room it goes to."""
        return self.row.post.room

    async def send(self) -> None:
        """Return when the post stands in its room, or was given up. Raises: Conflict when it is not ours to send."""
        self.asked = self.row.state == "ask"
        if self.row.state != "planned":
            self._doubt()
        self.begun = self.desk.clock.monotonic()
        alarm = self.tasks.create_task(self._raise_alarm())
        try:
            await self._send()
        finally:
            alarm.cancel()
        self.desk.tell(self.row.chat, self.room, None)

    async def _send(self) -> None:
        retrying = AsyncRetrying(
            sleep=self._sleep,
            wait=pause,
            retry=retry_if_exception(may_pass),
            before_sleep=self._note_trouble,
            reraise=True,
        )
        try:
            await retrying(self._try)
        except PlatformTrouble as trouble:
            log.warning("given up", key=self.row.post.key, room=self.room, reason=trouble.reason)
            self.outcome = Outcome(failed=trouble.reason)
            await retrying(self._note)

    async def _raise_alarm(self) -> None:
        """Tell the moderators in time, whatever is being waited for."""
        await self.desk.clock.sleep(TELL_AFTER)
        self.is_told = True
        self.desk.tell(self.row.chat, self.room, self.trouble)

    def settle(self) -> None:
        """Take note that a moderator said what became of it."""
        self.news.set()

    async def _sleep(self, seconds: float) -> None:
        """Return after *seconds*, or when there is news."""
        self.news.clear()
        async with asyncio.TaskGroup() as race:
            alarm = race.create_task(self._wake_after(seconds))
            await self.news.wait()
            alarm.cancel()

    async def _wake_after(self, seconds: float) -> None:
        await self.desk.clock.sleep(seconds)
        self.news.set()

    async def _try(self) -> None:
        try:
            self.outcome = self.outcome or self._settled() or Outcome(receipt=await self._request())
        except PlatformTrouble as trouble:
            if trouble.unknown:
                self._doubt()
            await self._ask_if_due()
            raise
        await self._note()

    # --- doubt ---

    def _doubt(self) -> None:
        if not self.in_doubt:
            self.in_doubt, self.doubted_at = True, self.desk.clock.now()

    async def _ask_if_due(self) -> None:
        """Ask the moderators, once, about a post in doubt that has been looked for in vain. Raises: StoreTrouble."""
        now = self.desk.clock.now()
        is_due = self.doubted_at is not None and now - self.doubted_at >= ASK_AFTER
        if self.asked or not is_due or self.row.post.action != "post":
            return
        since = self.row.first_at or now
        await self._deliver(
            lambda _: c.NoteDoubt(at=now, key=self.row.post.key, room=self.room, since=since),
            Mark(key=self.row.post.key, state="ask", at=now),
        )
        self.asked = True

    def _settled(self) -> Outcome | None:
        """Return what a moderator's answer makes of the post, None where it has to be sent."""
        if not self.asked:  # an answer to an earlier doubt says nothing about this one
            return None
        match self.desk.settlement(self.row):
            case "there":
                return Outcome(seen=True)
            case "leave":
                return Outcome(failed="left out by a moderator")
            case "again":
                self.in_doubt, self.asked, self.doubted_at = False, False, None
        return None

    def _note_trouble(self, state: RetryCallState) -> None:
        self.trouble = str(state.outcome.exception() if state.outcome else None)
        log.warning("not sent yet", key=self.row.post.key, room=self.room, reason=self.trouble)
        if self.is_told:
            self.desk.tell(self.row.chat, self.room, self.trouble)

    async def _request(self) -> Receipt | None:
        """Return the receipt, None for what leaves none. Raises: PlatformTrouble, StoreTrouble, Conflict."""
        if self.in_doubt and self.row.post.action == "post":
            found = await self._look_up()
            if found is not None:
                return found
        now = self.desk.clock.now()
        await self.desk.store.mark(Mark(key=self.row.post.key, state="intent", at=now), epoch=self.desk.epoch)
        # What a moderator says of an earlier attempt says nothing about this one.
        self.asked, self.doubted_at = False, now if self.in_doubt else None
        is_first = self.row.first_at is None
        self.row = replace(
            self.row, attempts=self.row.attempts + 1, first_at=self.row.first_at or now, last_at=now
        )
        # Made before its time counts: a request that began after its verdict would be a second one.
        request = await self._made()
        self.last_tried = self.desk.clock.monotonic()
        if is_first:
            self.first_tried = self.last_tried
        # Nothing is awaited between this and the request: whoever slept since the mark may have been replaced.
        if not self.desk.may_speak():
            raise StoreTrouble("the lease is in doubt")
        return await self._within_verdict(request)

    async def _made(self) -> "Request":
        """Return the request, its words put in. Raises: PlatformTrouble, StoreTrouble, StoreUnusable."""
        made = await _answer(partial(_REQUESTS[self.row.post.action], self))
        if isinstance(made, Exception):
            raise made
        return made

    async def _look_up(self) -> Receipt | None:
        if not self.row.attempts:  # a restored backup knows of no attempt: what there was is long settled
            return await self._find()
        now = self.desk.clock.monotonic()
        window = self.platform.capabilities.idempotency_window or 0.0
        if self.first_tried is not None and now - self.first_tried < window:
            return None  # the same key sent again is the same post
        # What is found stands, whenever it is found; that nothing stands is believed only once requests have settled.
        settled = self._settled_at()
        return await self._find() or (await self._find_after(settled - now) if settled > now else None)

    def _settled_at(self) -> float:
        """Return from when on, by the monotonic clock, a post that is not found is not there.

        Of another life's attempt only the wall clock tells, which may have been set since, or be another machine's:
        it is believed when it says that this was long ago, so that a bot that is killed again and again gets on.
        """
        if self.last_tried is not None:
            return self.last_tried + SETTLE
        now = self.desk.clock.now()
        return self.begun + (0.0 if now - (self.row.last_at or now) >= LONG_AGO else SETTLE)

    async def _find_after(self, seconds: float) -> Receipt | None:
        await self.desk.clock.sleep(seconds)
        return await self._find()

    async def _find(self) -> Receipt | None:
        """Return the receipt of the post as its room's history shows it. Raises: PlatformTrouble if that is hidden."""
        since = self.desk.look_from(self.row)
        look = await self._within_verdict(partial(self.platform.look_up, self.row.post.key, self.room, since))
        # The canary: a history that does not even show what was there before is only hidden from us.
        if not look.copies and not look.shows:
            raise PlatformTrouble("the room's history shows nothing", unknown=True)
        return look.copies[0] if look.copies else None

    async def _within_verdict(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        asked = self.tasks.create_task(_answer(request))
        done, _ = await asyncio.wait({asked}, timeout=self.verdict_after)
        if not done:
            raise PlatformTrouble("no answer", unknown=True)
        answer = asked.result()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def post(self) -> "Request":
        """Return what posts it."""
        content = await self.desk.render(self.row)
        return partial(self.platform.post, self.row.post.key, self.room, content)

    async def edit(self) -> "Request":
        """Return what edits the post it is about."""
        id, content = await self._target(), await self.desk.render(self.row)
        return partial(self.platform.edit, self.row.post.key, self.room, id, content)

    async def delete(self) -> "Request":
        """Return what takes the message it is about out of the room."""
        return partial(self.platform.delete, self.row.post.key, self.room, await self._target())

    async def private(self) -> "Request":
        """Return what shows it to the one person it is for."""
        person = await self.desk.address(self.row)
        if person is None:
            raise PlatformTrouble("nobody there", permanent=True)
        content = await self.desk.render(self.row)
        return partial(self.platform.private, self.row.post.key, self.room, person, content)

    async def _target(self) -> str:
        id = await self.desk.target(self.row)
        if id is not None:
            return id
        since = self.desk.seen_since(self.row)
        if since is None:
            raise PlatformTrouble("nothing there", permanent=True)
        # A moderator saw it, we did not: a deletion has to reach it all the same.
        look = await self.platform.look_up(PostKey(self.row.post.target or ""), self.room, since)
        if not look.copies:
            raise PlatformTrouble("what a moderator saw is not found", permanent=look.shows)
        return look.copies[0].id

    async def _note(self) -> None:
        """Store what became of it: the mark, and the event that tells the chat, in one batch. Raises: StoreTrouble."""
        outcome, at = self.outcome or Outcome(), self.desk.clock.now()
        await self._deliver(lambda draft: outcome.command(self.row, at, draft), outcome.mark(self.row, at))

    async def _deliver(self, command: Callable[[Draft], c.Command | None], mark: Mark) -> None:
        await self.desk.deliver(self.row.chat, Delivery(room=self.room, command=command, mark=mark))


Request = Callable[[], Awaitable[Receipt | None]]
"""What asks a platform, its words put in."""
_REQUESTS: dict[str, Callable[[Sending], Awaitable[Request]]] = {
    "post": Sending.post,
    "edit": Sending.edit,
    "delete": Sending.delete,
    "private": Sending.private,
}


async def _answer(request: Callable[[], Awaitable[Answer]]) -> Answer | TweetchatError:
    """Return what a request came to, trouble too: nobody may be waiting any more when it comes.

    It is begun here, not by the caller: a task that is cancelled before its first step would leave it never awaited.
    """
    try:
        return await request()
    except (PlatformTrouble, StoreTrouble, StoreUnusable) as trouble:
        return trouble
    except Exception as bug:  # noqa: BLE001  # a post that cannot be made must not hold up all others
        # Only its kind: what a bug says may hold words.
        return PlatformTrouble(f"cannot be made ({type(bug).__name__})", permanent=True)
