"""Puts a past chat through the real core, store and summary: what its people said, in the order of the log.

Messages never move the clock, commands do: so a log whose messages come shuffled or doubled gives the same chat.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.core.chat import Chat
from bot.core.names import ChatId, PostKey, RoomId, WordKey
from bot.core.plan import TITLE, Plan, question_words
from bot.errors import BadInput
from bot.insights.asked import find_asked
from bot.markup import Content
from bot.ports import (
    Capabilities,
    Heard,
    HeardCommand,
    HeardDeletion,
    HeardEdit,
    HeardMessage,
    HeardReaction,
    Intake,
    Receipt,
    Reply,
    Somebody,
    Store,
)
from bot.runtime.clock import DerivedIds, SteppedClock
from bot.runtime.composer import InlineComposer
from bot.runtime.service import Service
from bot.transcripts import Author, Entry, Transcript

PLATFORM = "log"
KEEPER = Somebody(id="replay", name="replay", bot=True, may_moderate=True)
"""Who carries out the commands of a log: whether their givers were allowed to was settled when it was written."""
AT_ONCE = 200
"""Messages handed over together; a command waits until they are all durable."""
FORGOTTEN = timedelta(hours=1)
"""How long a log without an end is taken to have lasted at least, so that its plan is not over before it begins."""


class LogPlatform:
    """The room that a log was written in: it takes every post at once and says nothing by itself."""

    name = PLATFORM
    capabilities = Capabilities(
        threads=True,
        edits=True,
        deletes=True,
        private=True,
        buttons=False,
        forms=False,
        reactions=True,
        header=False,
        post_length=4_000,
        idempotency_window=float("inf"),
        durable_marker=True,
    )

    def __init__(self, clock: SteppedClock) -> None:
        self._clock = clock

    async def run(self, intake: Intake) -> None:
        """Stay until cancelled."""
        await asyncio.get_running_loop().create_future()

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Return the receipt of a post that is taken at once."""
        id = blake2b(key.encode(), digest_size=8).hexdigest()
        return Receipt(id=f"post-{id}", at=self._clock.now())

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Take the edit."""

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take the deletion."""

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Take what is for one person."""

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Receipt | None:
        """Return None: a post that was not taken does not stand there."""

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Show nothing."""

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give nothing: the log is the history."""
        for nothing in tuple[Heard, ...]():
            yield nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay leads to. *refused*: how many entries the rules let nothing follow from."""

    chat: Chat
    service: Service
    ended_at: datetime
    refused: int


async def replay_log(
    transcript: Transcript,
    plan: Plan,
    words: dict[WordKey, str],
    store: Store,
    *,
    epoch: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Return the chat that *transcript* makes under *plan* (see `plan_for`), told to the end and published.

    *progress* is told how many entries are done. Raises: BadInput, StoreTrouble.
    """
    first, last = _span(transcript.entries)
    clock = SteppedClock(first)
    service = Service(
        store=store,
        clock=clock,
        ids=DerivedIds(transcript.name),
        epoch=epoch,
        platforms={PLATFORM: LogPlatform(clock)},
        composer=InlineComposer(store),
        summary_link=lambda _: "",
    )
    running = asyncio.create_task(service.run())  # noqa: TID251  # cancelled below, whatever happens
    try:
        id = await service.plan(plan, words, None)
        telling = _Telling(service, clock, id, plan)
        await telling.tell(_with_questions(transcript.entries, plan, words), progress)
        await telling.finish(last)
        return Replayed(
            chat=service.chats[id].chat, service=service, ended_at=clock.now(), refused=telling.refused
        )
    finally:
        running.cancel()
        await asyncio.wait({running})


def plan_for(transcript: Transcript, plan: Plan | None, words: dict[WordKey, str]) -> Plan:
    """Return the plan under which *transcript* is told: *plan* moved to the time of the log, or a bare one.

    *words* gets a title where it has none.
    """
    first, last = _span(transcript.entries)
    rooms = tuple(sorted({_room(entry) for entry in transcript.entries}))
    titles = (entry.arguments.get("title", "") for entry in transcript.entries if entry.command == "start")
    words.setdefault(TITLE, next(filter(None, titles), transcript.name))
    length = max(last - first, FORGOTTEN) + timedelta(minutes=1)
    found = plan or Plan(
        hashtag="#chat",
        starts_at=first,
        zone="UTC",
        length=length,
        rooms=rooms,
        closing_after=length,
        groups=_groups(transcript.entries),
    )
    return replace(
        found,
        starts_at=first,
        length=length,
        closing_after=length,
        rooms=rooms,
        pace="manual",
        think=timedelta(),
    )


def _groups(entries: Sequence[Entry]) -> tuple[str, ...]:
    roles = {entry.author.role for entry in entries if entry.author and entry.author.role}
    return tuple(sorted(roles - {"moderator"}))


def _span(entries: Sequence[Entry]) -> tuple[datetime, datetime]:
    if not entries:
        raise BadInput("nothing was said in this log.", fix="Choose another log.")
    times = [entry.at for entry in entries]
    return min(times), max(times)


def _room(entry: Entry) -> RoomId:
    return RoomId(f"{PLATFORM}/{entry.room}")


def _with_questions(entries: Sequence[Entry], plan: Plan, words: dict[WordKey, str]) -> Iterator[Entry]:
    """Give *entries* with a command wherever a prepared question was asked; without any, one open question."""
    asks = _asked_in(entries, plan, words)
    waiting = sorted(asks, key=lambda ask: (ask.at, ask.sequence))
    for entry in entries:
        while waiting and waiting[0].at <= entry.at:
            yield waiting.pop(0)
        yield entry
    yield from waiting


def _asked_in(entries: Sequence[Entry], plan: Plan, words: dict[WordKey, str]) -> list[Entry]:
    first = min(entries, key=_place)
    if not plan.questions:
        has_own = any(entry.command in {"question", "next", "ask"} for entry in entries)
        return [] if has_own else [_command(first, "open-question", {})]
    messages = {entry.id: entry for entry in sorted(entries, key=_place) if entry.kind == "message"}
    lines = [
        (entry.id, entry.text, bool(entry.author and entry.author.role == "moderator"))
        for entry in messages.values()
        if not entry.bot
    ]
    texts = [words[question_words(question.id)] for question in plan.questions]
    found = find_asked(texts, lines)
    asks: list[Entry] = []
    for question, id in zip(plan.questions, found, strict=True):
        if id is not None:
            asks.append(_command(messages[id], "asked", {"question": question.id, "message": id}))
    return asks


def _place(entry: Entry) -> tuple[datetime, int, str]:
    return entry.at, entry.sequence, entry.id


def _command(after: Entry, command: str, arguments: dict[str, str]) -> Entry:
    return replace(after, kind="command", command=command, arguments=arguments, text="")


class _Telling:
    """Tells the entries of one log to one chat."""

    def __init__(self, service: Service, clock: SteppedClock, chat: ChatId, plan: Plan) -> None:
        self.service, self.clock, self.chat, self.plan = service, clock, chat, plan
        self.refused = 0

    async def tell(self, entries: Iterator[Entry], progress: Callable[[int], None]) -> None:
        """Tell everything, messages in bulk and commands one by one."""
        await self.service.settle()  # the plan begins with the first line, so its clock opens the hour
        waiting: list[Heard] = []
        for count, entry in enumerate(entries, start=1):
            if entry.kind == "command":
                await self._hear_all(waiting)
                await self._carry_out(entry)
            elif not entry.bot:
                waiting.append(heard_of(entry))
            if len(waiting) >= AT_ONCE:
                await self._hear_all(waiting)
            progress(count)
        await self._hear_all(waiting)

    async def finish(self, last: datetime) -> None:
        """Close what nobody closed, and publish."""
        if self.service.chats[self.chat].chat.is_live:
            await self._order("close", last, {})
        self.clock.step(last)
        await self._order("publish", last, {})
        await self.service.settle()

    async def _hear_all(self, waiting: list[Heard]) -> None:
        replies = await asyncio.gather(*(self.service.hear(heard) for heard in waiting))
        self.refused += sum(reply.refused for reply in replies)
        waiting.clear()

    async def _carry_out(self, entry: Entry) -> None:
        for name, arguments in _orders(entry, self.service.chats[self.chat].chat):
            await self._order(name, entry.at, arguments, _room(entry))

    async def _order(
        self, name: str, at: datetime, arguments: dict[str, str], room: RoomId | None = None
    ) -> Reply:
        self.clock.step(at)
        room = room or self.plan.rooms[0]
        heard = HeardCommand(room=room, by=KEEPER, command=name, at=at, arguments=arguments, chat=self.chat)
        reply = await self.service.hear(heard)
        self.refused += reply.refused
        await self.service.settle()
        return reply


def _orders(entry: Entry, chat: Chat) -> list[tuple[str, dict[str, str]]]:
    """Return the commands of the table that a command of the log stands for."""
    arguments = dict(entry.arguments)
    match entry.command:
        case "question":
            asked = {"text": arguments["text"], "message": arguments.get("message", "")}
            return [("ask", asked)]
        case "open-question":
            return [("ask", {"text": "?"})]
        case "asked":
            return _ask_planned(arguments, chat)
        case "start" | "chair" | "unchair" | "nick" | None:
            return []  # the chat runs from its first line; who chairs is told with each line
        case "close":
            return [("close", {})] if chat.is_live else []
        case name:
            return [(name, arguments)]


def _ask_planned(arguments: dict[str, str], chat: Chat) -> list[tuple[str, dict[str, str]]]:
    remaining: list[str] = [question.id for question in chat.remaining]
    if arguments["question"] not in remaining:
        return []
    before = remaining[: remaining.index(arguments["question"])]
    skipped = [("skip", {"question": question}) for question in before]
    return [*skipped, ("next", {"message": arguments["message"]})]


def heard_of(entry: Entry) -> Heard:
    """Return what an adapter would have said of *entry*."""
    room, by = _room(entry), _somebody(entry.author)
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
    is_moderator = author.role == "moderator"
    group = None if is_moderator else author.role
    return Somebody(id=author.id, name=author.name, may_moderate=is_moderator, group=group)
