"""Puts a past chat through the real core, store and summary: what its people said, in the order of the log.

Messages never move the clock, commands do: so a log whose messages come shuffled or doubled gives the same chat.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.chat import Chat
from bot.core.names import ChatId, RoomId, WordKey
from bot.core.plan import Plan
from bot.core.table import COMMANDS
from bot.ports import (
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    Reply,
    Somebody,
    Store,
)
from bot.replay.cast import MODERATOR, signatures, with_one_name_each
from bot.replay.orders import messages_in, orders_of
from bot.replay.plan import plan_for, span_of, with_questions
from bot.replay.room import PLATFORM, LogIds, LogPlatform, room_of
from bot.runtime.clock import SteppedClock
from bot.runtime.composer import InlineComposer
from bot.runtime.service import Service
from bot.transcripts import Author, Entry

__all__ = ["Passed", "Past", "Replayed", "heard_of", "plan_for", "replay_log"]

# No author in a log has an empty id.
KEEPER = Somebody(id="", name="replay", bot=True, may_moderate=True)
"""Who carries out the commands of a log: whether their givers were allowed to was settled when it was written."""
AT_ONCE = 200
"""Messages handed over together; a command waits until they are all durable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is told: a log, the plan it is told under (see `plan_for`) and the plan's words.

    own_ids: messages and people keep the ids of the log.
    """

    entries: tuple[Entry, ...]
    plan: Plan
    words: dict[WordKey, str]
    own_ids: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """An entry from which nothing followed: where it stands, and the sentence that says why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay leads to.

    passed: the entries that the rules let nothing follow from. signed: the name that each message was written under.
    """

    chat: Chat
    ended_at: datetime
    passed: tuple[Passed, ...]
    signed: Mapping[str, str]


async def replay_log(
    past: Past, store: Store, *, epoch: int, progress: Callable[[int], None] = lambda _: None
) -> Replayed:
    """Return the chat that *past* makes, told to the end and published; *progress* hears how many entries are done.

    Raises: BadInput, StoreTrouble.
    """
    first, last = span_of(past.entries)
    clock = SteppedClock(first)
    service = Service(
        store=store,
        clock=clock,
        ids=LogIds(past.entries if past.own_ids else ()),
        epoch=epoch,
        platforms={PLATFORM: LogPlatform(clock)},
        composer=InlineComposer(store),
        summary_link=lambda _: "",
    )
    running = asyncio.create_task(service.run())  # noqa: TID251  # cancelled below, whatever happens
    try:
        id = await service.plan(past.plan, past.words, None)
        entries = with_one_name_each(past.entries)
        telling = _Telling(service, clock, id, past.plan, _rooms_of_messages(entries))
        await telling.tell(with_questions(entries, past.plan, past.words), progress)
        await telling.finish(last)
        ours = service.roster.chats[id].ledger.ours
        return Replayed(
            chat=service.roster.chats[id].chat,
            ended_at=clock.now(),
            passed=tuple(telling.passed),
            signed={ours[key]: name for key, name in signatures(past.entries).items() if key in ours},
        )
    finally:
        running.cancel()
        await asyncio.wait({running})


def _rooms_of_messages(entries: Iterable[Entry]) -> dict[str, RoomId]:
    return {entry.id: room_of(entry) for entry in entries if entry.kind == "message"}


@dataclass(slots=True)
class _Telling:
    """Tells the entries of one log to one chat. *rooms*: where each message of the log stands."""

    service: Service
    clock: SteppedClock
    chat: ChatId
    plan: Plan
    rooms: dict[str, RoomId]
    passed: list[Passed] = field(default_factory=list)
    _carried_out: set[tuple[str, datetime, str]] = field(default_factory=set)

    async def tell(self, entries: Iterator[Entry], progress: Callable[[int], None]) -> None:
        """Tell everything, messages in bulk and commands one by one."""
        await self.service.settle()  # the plan begins with the first line, so its clock opens the hour
        waiting: list[Entry] = []
        for count, entry in enumerate(entries, start=1):
            if entry.kind == "command":
                await self._hear_all(waiting)
                await self._carry_out(entry)
            elif not entry.bot:
                waiting.append(entry)
            if len(waiting) >= AT_ONCE:
                await self._hear_all(waiting)
            progress(count)
        await self._hear_all(waiting)

    async def finish(self, last: datetime) -> None:
        """Close what nobody closed, and publish."""
        if self.service.roster.chats[self.chat].chat.is_live:
            await self._order("close", last, {})
        await self._step(last)
        await self._order("publish", last, {})
        await self.service.settle()

    async def _hear_all(self, waiting: list[Entry]) -> None:
        heard = [heard_of(entry, self._room_of(entry)) for entry in waiting]
        replies = await asyncio.gather(*map(self.service.hear, heard))
        for entry, reply in zip(waiting, replies, strict=True):
            self._note(entry, reply)
        waiting.clear()

    def _room_of(self, entry: Entry) -> RoomId:
        """Return where *entry* belongs; a line about a message need not name the room again."""
        room = room_of(entry)
        return room if room in self.plan.rooms else self.rooms.get(entry.id, self.plan.rooms[0])

    def _note(self, entry: Entry, reply: Reply) -> None:
        if reply.refused:
            self.passed.append(Passed(place=entry.place, why=reply.text))

    async def _carry_out(self, entry: Entry) -> None:
        once = (entry.id, entry.at, f"{entry.command} {sorted(entry.arguments.items())}")
        if once in self._carried_out:
            return  # the same line delivered twice
        self._carried_out.add(once)
        for name, arguments in orders_of(entry, self.service.roster.chats[self.chat].chat):
            unknown = [id for id in messages_in(arguments) if id not in self.rooms]
            if unknown:
                why = f"{name} is about {unknown[0]}, which is no message of this log."
                self.passed.append(Passed(place=entry.place, why=why))
                continue
            by = _somebody(entry.author) if _is_ones_own(name) and entry.author else KEEPER
            self._note(entry, await self._order(name, entry.at, arguments, by))

    async def _step(self, to: datetime) -> None:
        """Let time pass once every post is out: no post of the past was ever late."""
        await self.service.outbox.drained()
        self.clock.step(to)

    async def _order(
        self, name: str, at: datetime, arguments: dict[str, str], by: Somebody = KEEPER
    ) -> Reply:
        await self._step(at)
        about = next(iter(messages_in(arguments)), "")
        room = self.rooms.get(about, self.plan.rooms[0])
        heard = HeardCommand(room=room, by=by, command=name, at=at, arguments=arguments, chat=self.chat)
        reply = await self.service.hear(heard)
        await self.service.settle()
        return reply


def _is_ones_own(command: str) -> bool:
    return command in COMMANDS and COMMANDS[command].who == "everyone"


def heard_of(entry: Entry, room: RoomId) -> Heard:
    """Return what an adapter would have said of *entry* in *room*."""
    by = _somebody(entry.author)
    match entry.kind:
        case "edit":
            return HeardEdit(room=room, id=entry.id, at=entry.at, text=entry.text)
        case "delete":
            return HeardDeletion(room=room, id=entry.id, at=entry.at)
        case "reaction":
            present = entry.arguments.get("removed") != "yes"
            reaction = entry.reaction or entry.text
            return HeardReaction(
                room=room, id=entry.id, by=by, reaction=reaction, at=entry.at, present=present
            )
        case _:
            return HeardMessage(
                room=room,
                id=entry.id,
                author=by,
                at=entry.at,
                text=entry.text,
                sequence=entry.sequence,
                reply_to=entry.reply_to,
                thread=entry.thread,
            )


def _somebody(author: Author | None) -> Somebody:
    if author is None:
        return Somebody(id="?", name="?")
    is_moderator = author.role == MODERATOR
    group = None if is_moderator else author.role
    return Somebody(id=author.id, name=author.name, may_moderate=is_moderator, group=group)
