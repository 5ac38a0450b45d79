"""The one path along which everything heard on Discord walks, in the order in which it came.

The library's events are translated as they arrive and wait here. A wave of them is handed to the core together, so
that they share a commit; the next wave follows once they are durable.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import discord
import structlog

from adapters.discord import translate, wishes
from adapters.discord.people import Acquaintances
from adapters.discord.settings import PLATFORM
from bot.errors import StoreTrouble
from bot.ports import (
    Clock,
    Heard,
    HeardEcho,
    HeardGap,
    Intake,
    PostKey,
    RoomId,
    RoomView,
    Somebody,
)

log = structlog.get_logger(__name__)

MOST_WAITING = 20_000
"""Events that may wait. When full, the next are let go and the rooms are read back from history once there is room."""
MOST_IN_WAVE = 256
PAUSE_AFTER_TROUBLE = 2.0

Commanded = Callable[[Intake], None]
"""A command in its place in line: starts being heard when it is called."""


class Hearing:
    """Everything heard that is not durable yet."""

    def __init__(self, client: discord.Client, view: RoomView, clock: Clock, people: Acquaintances) -> None:
        self._client, self._view, self._clock, self._people = client, view, clock, people
        self._waiting: asyncio.Queue[Heard | Commanded] = asyncio.Queue(MOST_WAITING)
        self.own: OrderedDict[str, tuple[PostKey, RoomId]] = OrderedDict()
        self._overflowed: datetime | None = None

    def takers(self) -> dict[str, Callable[..., None]]:
        """Return what is done with each of the library's events."""
        takers: dict[str, Callable[..., None]] = {
            "message": self._message,
            "raw_message_edit": self._edit,
            "raw_message_delete": self._deletion,
            "raw_bulk_message_delete": self._bulk_deletion,
            "raw_reaction_add": self._reaction,
            "raw_reaction_remove": self._reaction,
        }
        return {event: safely(taker) for event, taker in takers.items()}

    def put(self, heard: Heard | Commanded) -> None:
        """Let *heard* wait its turn; where there is no room for it, its room will have to be read back."""
        try:
            self._waiting.put_nowait(heard)
        except asyncio.QueueFull:
            self._overflowed = self._overflowed or self._clock.now()

    async def put_later(self, heard: Heard) -> None:
        """Let *heard* wait its turn, and wait for room before that: what history tells can be read at leisure."""
        await self._waiting.put(heard)

    # --- in ---

    def _message(self, message: discord.Message) -> None:
        room = self.room_of(message.channel)
        if self._client.user is not None and message.author.id == self._client.user.id:
            self._echo(message)
        elif self.is_ours(room):
            heard = translate.message(message, room, self._people.meet(message.author))
            if heard is not None:
                self.put(heard)

    def _echo(self, message: discord.Message) -> None:
        known = self.own.pop(_mark(message), None)
        if known is not None:
            key, room = known
            self.put(HeardEcho(room=room, key=key, id=str(message.id), at=message.created_at))

    def _edit(self, event: discord.RawMessageUpdateEvent) -> None:
        message = event.message
        room = self.room_of(message.channel)
        is_own = self._client.user is not None and message.author.id == self._client.user.id
        if not is_own and self.is_ours(room) and (heard := translate.edit(message, room)):
            self.put(heard)

    def _deletion(self, event: discord.RawMessageDeleteEvent) -> None:
        self._deleted(event.channel_id, {event.message_id})

    def _bulk_deletion(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        self._deleted(event.channel_id, event.message_ids)

    def _deleted(self, channel: int, ids: set[int]) -> None:
        room = self.room_with(channel)
        for id in sorted(ids) if self.is_ours(room) else ():
            self.put(translate.deletion(id, room, self._clock.now()))

    def _reaction(self, event: discord.RawReactionActionEvent) -> None:
        room = self.room_with(event.channel_id)
        if not self.is_ours(room) or (self._client.user and event.user_id == self._client.user.id):
            return
        known = self._people.known_as(event.user_id)
        by = self._people.meet(event.member) if event.member else Somebody(id=str(event.user_id), name=known)
        self.put(translate.reaction(event, room, by, self._clock.now()))

    # --- where ---

    def is_ours(self, room: RoomId) -> bool:
        """Return whether any chat lives in *room*; what is said elsewhere is none of our business."""
        return room in self._view.rooms(PLATFORM)

    def room_with(self, channel: int) -> RoomId:
        """Return the room that a channel or a thread belongs to."""
        known = self._client.get_channel(channel)
        return self.room_of(known) if known is not None else translate.room_id(channel)

    @staticmethod
    def room_of(channel: Any) -> RoomId:
        """Return the room of *channel*: a thread is part of the channel it hangs from."""
        is_thread = isinstance(channel, discord.Thread)
        return translate.room_id(channel.parent_id if is_thread else channel.id)

    # --- out ---

    async def run(self, intake: Intake) -> None:
        """Hand everything to *intake* until cancelled."""
        while True:
            wave: list[Heard] = []
            for each in [await self._waiting.get(), *self._gathered()]:
                if callable(each):
                    await self._hear(wave, intake)
                    wave = []
                    each(intake)
                else:
                    wave.append(each)
            await self._hear(wave + self._lost(), intake)

    def _lost(self) -> list[Heard]:
        """Return that something had to be let go, once there is room again."""
        if self._overflowed is None or not self._waiting.empty():
            return []
        since, self._overflowed = self._overflowed, None
        rooms = sorted(self._view.rooms(PLATFORM))
        return [HeardGap(room=room, since=since, until=self._clock.now(), quiet=True) for room in rooms]

    def _gathered(self) -> list[Heard | Commanded]:
        gathered: list[Heard | Commanded] = []
        while len(gathered) < MOST_IN_WAVE and not self._waiting.empty():
            gathered.append(self._waiting.get_nowait())
        return gathered

    async def _hear(self, wave: list[Heard], intake: Intake) -> None:
        """Return when all of *wave* is durable; what could not be stored is heard again, in the same order."""
        while wave:
            answers = await asyncio.gather(*(intake.hear(heard) for heard in wave), return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException) and not isinstance(answer, StoreTrouble):
                    raise answer
            wave = [
                heard for heard, answer in zip(wave, answers, strict=True) if isinstance(answer, StoreTrouble)
            ]
            if wave:
                await self._clock.sleep(PAUSE_AFTER_TROUBLE)


def _mark(message: discord.Message) -> str:
    """Return the mark of a post of ours: from its nonce, else from what stands under it."""
    if message.nonce is not None:
        return wishes.mark_of(str(message.nonce))
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    ids = [str(getattr(inside, "custom_id", "")) for row in rows for inside in row.children]
    return next(filter(None, map(wishes.mark_in, ids)), "")


def safely(taker: Callable[..., None]) -> Callable[..., None]:
    """Return *taker* such that an event it stumbles over is skipped: raised here, it would end the connection."""

    @wraps(taker)
    def taken(*args: Any) -> None:
        try:
            taker(*args)
        except Exception as bug:  # noqa: BLE001  # only its kind is told: what it says may hold words
            log.error("skipped an event", taker=taker.__name__, reason=type(bug).__name__)  # noqa: TRY400

    return taken
