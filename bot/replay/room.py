"""The room that a log was written in, as a platform and as a source of names: what a replay speaks to."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from hashlib import blake2b

from bot.core.names import PostKey, RoomId
from bot.markup import Content
from bot.ports import Capabilities, Clock, Heard, Intake, Lack, Look, Receipt
from bot.runtime.clock import DerivedIds
from bot.transcripts import Entry

PLATFORM = "log"
# Words are kept under message ids and under names like "title" or "question/q1": an id that could be one is not used.
_FIT = re.compile(r"(?=[^0-9]*[0-9])[\w.:+=-]{1,64}", re.ASCII)


def room_of(entry: Entry) -> RoomId:
    """Return the room that *entry* was written in."""
    return RoomId(f"{PLATFORM}/{entry.room}")


def name_of(room: str) -> str:
    """Return how the log itself calls *room*."""
    return room.removeprefix(f"{PLATFORM}/")


class LogIds:
    """Gives messages and people the names that the log has for them: every quote can be looked up there.

    A name that could mean two things gets a derived one instead. Whatever the log's file is called, and in whatever
    order its lines come, the names are the same.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = tuple(entries)
        self._derived = DerivedIds("log")
        pairs = {(room_of(entry), id) for entry in entries for id in _messages(entry)}
        told = Counter(id for _, id in pairs)
        self._own = {
            ("message", f"{room}/{id}"): id for room, id in pairs if told[id] == 1 and _FIT.fullmatch(id)
        }
        people = {entry.author.id for entry in entries if entry.author}
        self._own |= {("person", f"{PLATFORM}/{id}"): id for id in people if id.isprintable()}

    def new(self, kind: str, hint: str) -> str:
        """Return the log's name, or the one that *kind* and *hint* give."""
        return self._own.get((kind, hint)) or self._derived.new(kind, hint)


def _messages(entry: Entry) -> Iterable[str]:
    own = () if entry.kind == "command" else (entry.id,)
    return (*own, *filter(None, (entry.reply_to, entry.thread)))


class LogPlatform:
    """The room that a log was written in: it takes every post at once and says nothing by itself."""

    name = PLATFORM
    is_connected = True
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
        history=False,
    )

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def run(self, intake: Intake) -> None:
        """Stay until cancelled."""
        await asyncio.get_running_loop().create_future()

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
        """Return the receipt of a post that is taken at once."""
        id = blake2b(key.encode(), digest_size=8).hexdigest()
        return Receipt(id=f"post-{id}", at=self._clock.now())

    async def edit(self, key: PostKey, room: RoomId, id: str, content: Content) -> None:
        """Take the edit."""

    async def delete(self, key: PostKey, room: RoomId, id: str) -> None:
        """Take the deletion."""

    async def private(self, key: PostKey, room: RoomId, person: str, content: Content) -> None:
        """Take what is for one person."""

    async def look_up(self, key: PostKey, room: RoomId, since: datetime) -> Look:
        """Return nothing: a post that was not taken does not stand there."""
        return Look()

    async def stands(self, room: RoomId, id: str, thread: str | None) -> bool:
        """Return True: what the log of a past chat tells stood there."""
        return True

    def refresh(self, room: RoomId, person: str | None = None) -> None:
        """Show nothing."""

    async def history(self, room: RoomId, since: datetime) -> AsyncIterator[Heard]:
        """Give nothing: the log is the history."""
        for nothing in tuple[Heard, ...]():
            yield nothing
