"""A store that keeps its promises as a disk does: commits take time, come in groups, fail, and are cut off by a crash.

What is kept follows the rules of `bot.store.MemoryStore`; this file adds time. Nothing is acknowledged before it is
synced, so a power cut may only lose what nobody was told of.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, TypeVar

from bot.core.events import Event
from bot.core.names import ChatId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Post
from bot.errors import Conflict, OwnedByAnother, StoreTrouble
from bot.ports import Acquaintance, Batch, ChatRow, Checkpoint, Loaded, Mark, StoredText, Unsent
from bot.store import MemoryStore
from tests.sim.loop import NODE, Process

T = TypeVar("T")

LEASE = 15.0
"""Seconds for which a lease holds without being renewed: then its owner is taken to be frozen."""
RENEW_EVERY = 4.0
WAY = (0.005, 0.3)
"""Seconds that a renewal takes."""
MARGIN = 3.0
"""Seconds before its end from which on an owner no longer trusts its lease."""


class Image(MemoryStore):
    """What is on the disk. *fenced*: whether it turns away whoever lost the lease; only a mutant's does not."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0
        self.owner: str | None = None
        self.fenced = True

    def is_live(self, epoch: int) -> bool:
        """Return whether one may write under *epoch*."""
        return not self.fenced or (epoch == self.epoch and (self.owner is not None or epoch == 0))

    def rows(self) -> Mapping[PostKey, Unsent]:
        """Return every row of the outbox, done or not."""
        return self._outbox._rows


Written = Batch | Mark


@dataclass(slots=True, eq=False)
class Write:
    """One write on its way to the disk."""

    what: Written
    epoch: int
    process: Process | None
    done: asyncio.Future[None]
    unsure: bool = False


@dataclass(slots=True, kw_only=True)
class Disk:
    """The disk and its lease. *delay*: seconds of one sync. *on_commit* hears of each write as it becomes durable."""

    chance: Random = field(default_factory=lambda: Random(0))
    delay: tuple[float, float] = (0.0, 0.0)
    reading: float = 0.0
    image: Image = field(default_factory=Image)
    full: bool = False
    slow: float = 0.0
    unsure: float = 0.0
    lies: bool = False
    on_commit: Callable[[Written, int], None] = lambda written, epoch: None
    holder: Process | None = None
    renewed: float = 0.0
    _queue: list[Write] = field(default_factory=list)
    _syncing: list[Write] = field(default_factory=list)
    _journal: list[tuple[Written, int]] = field(default_factory=list)
    _synced: int = 0

    def put(self, what: Written, epoch: int) -> asyncio.Future[None]:
        """Take a write; the future ends once it is durable."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        unsure = self.unsure > 0 and self.chance.random() < self.unsure
        self._queue.append(Write(what, epoch, NODE.get(), done, unsure))
        if not self._syncing:
            self._sync(loop)
        return done

    def _sync(self, loop: asyncio.AbstractEventLoop) -> None:
        self._syncing, self._queue = self._queue, []
        after = self.slow or self.chance.uniform(*self.delay)
        context = getattr(loop, "outside", None)
        loop.call_later(after, self._committed, loop, self._syncing, context=context)

    def _committed(self, loop: asyncio.AbstractEventLoop, group: list[Write]) -> None:
        if group is not self._syncing:
            return  # a power cut came first
        for write in group:
            self._finish(write, self._write(write))
        self._syncing = []
        self._synced = len(self._journal) - (len(group) if self.lies else 0)
        if self._queue:
            self._sync(loop)

    def _write(self, write: Write) -> Exception | None:
        try:
            self._apply(write.what, write.epoch)
        except Conflict as conflict:
            return conflict
        self._journal.append((write.what, write.epoch))
        self.on_commit(write.what, write.epoch)
        return StoreTrouble("the line to the store broke") if write.unsure else None

    def _apply(self, what: Written, epoch: int) -> None:
        at_once(self.image.append(what) if isinstance(what, Batch) else self.image.mark(what, epoch=epoch))

    @staticmethod
    def _finish(write: Write, error: Exception | None) -> None:
        if write.done.done():
            return
        if error is None:
            write.done.set_result(None)
        else:
            write.done.set_exception(error)
            write.done.exception()  # whoever waited may be dead

    # --- what happens to it ---

    def died(self, process: Process) -> None:
        """Forget what a dead process had not handed over yet; what it had may still become durable, or not."""
        self._queue = [write for write in self._queue if write.process is not process]
        if self._syncing and self._syncing[0].process is process and self.chance.random() < 0.5:
            self._syncing = []
            if self._queue:
                self._sync(asyncio.get_running_loop())
        if self.holder is process:
            self.holder = None  # the system drops its lock

    def cut_power(self) -> None:
        """Lose everything that was not synced yet."""
        self._queue, self._syncing, self.holder = [], [], None
        if self._synced < len(self._journal):
            kept, old = self._journal[: self._synced], self.image
            self._journal = []
            self.image = Image()
            self.image.epoch, self.image.owner, self.image.fenced = old.epoch, old.owner, False
            for what, epoch in kept:
                self._apply(what, epoch)
                self._journal.append((what, epoch))
            self.image.fenced = old.fenced


class DiskStore:
    """A `bot.ports.Store` on a disk, for one process."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self.lease = DiskLease(disk)

    async def _put(self, what: Written, epoch: int) -> None:
        if self._disk.full:
            await asyncio.sleep(0)
            raise StoreTrouble("the disk is full")
        await self._disk.put(what, epoch)

    async def _read(self, reading: Callable[..., Coroutine[Any, Any, T]], *asked: Any) -> T:
        await asyncio.sleep(self._disk.reading)
        return at_once(reading(*asked))

    async def append(self, batch: Batch) -> None:
        await self._put(batch, batch.epoch)

    async def mark(self, mark: Mark, *, epoch: int) -> None:
        await self._put(mark, epoch)

    async def load(self, chat: ChatId) -> Loaded:
        return await self._read(self._disk.image.load, chat)

    async def events(self, chat: ChatId, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        return await self._read(self._disk.image.events, chat, after, limit)

    async def chats(self) -> tuple[ChatRow, ...]:
        return await self._read(self._disk.image.chats)

    async def words(self, chat: ChatId, keys: Sequence[WordKey] | None = None) -> tuple[StoredText, ...]:
        return await self._read(self._disk.image.words, chat, keys)

    async def people(self, persons: Sequence[PersonId] | None = None) -> tuple[Acquaintance, ...]:
        return await self._read(self._disk.image.people, persons)

    async def acquaintance(self, platform: str, id: str) -> Acquaintance | None:
        return await self._read(self._disk.image.acquaintance, platform, id)

    async def unsent(self, room: RoomId | None = None) -> tuple[Unsent, ...]:
        return await self._read(self._disk.image.unsent, room)

    async def delivered(self, chat: ChatId, keys: Sequence[PostKey] | None = None) -> Mapping[PostKey, Post]:
        return await self._read(self._disk.image.delivered, chat, keys)

    async def checkpoint(self, room: RoomId) -> Checkpoint | None:
        return await self._read(self._disk.image.checkpoint, room)

    def __getattr__(self, name: str) -> Any:
        # What the port has grown since: asked of the image, with the time that reading takes.
        asked = getattr(self._disk.image, name)

        async def read(*arguments: Any, **named: Any) -> Any:
            return await self._read(partial(asked, *arguments, **named))

        return read

    async def close(self) -> None:
        """Keep everything: it is on the disk."""


class DiskLease:
    """A `bot.ports.Lease`: a lock that the system drops with its holder; a frozen one loses it after some time."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._process = NODE.get()
        self._epoch = 0
        self._renewed = 0.0

    async def acquire(self, owner: str) -> int:
        await asyncio.sleep(self._disk.reading)
        disk, now = self._disk, asyncio.get_running_loop().time()
        if disk.holder is not None and now - disk.renewed < LEASE:
            raise OwnedByAnother(disk.image.owner or "?")
        disk.holder, disk.renewed, self._renewed = self._process, now, now
        disk.image.owner, disk.image.epoch = owner, disk.image.epoch + 1
        self._epoch = disk.image.epoch
        return self._epoch

    async def release(self) -> None:
        if self._disk.image.epoch == self._epoch:
            self._disk.image.owner = self._disk.holder = None

    async def keep(self) -> None:
        """Renew the lease until cancelled. Raises: OwnedByAnother once somebody else has it."""
        while True:
            await asyncio.sleep(RENEW_EVERY)
            await asyncio.sleep(self._disk.chance.uniform(*WAY))
            now = asyncio.get_running_loop().time()
            if self._disk.image.epoch != self._epoch:
                raise OwnedByAnother(self._disk.image.owner or "?")
            self._disk.renewed = self._renewed = now

    def surely_ours(self) -> bool:
        """Return whether nobody else can have taken the lease by now."""
        return asyncio.get_running_loop().time() - self._renewed < LEASE - MARGIN


def at_once(asked: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine gives that never waits for anything."""
    try:
        asked.send(None)
    except StopIteration as given:
        result: T = given.value
        return result
    raise AssertionError("the store in memory waited for something")
