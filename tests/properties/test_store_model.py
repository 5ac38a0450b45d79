"""Whatever is written in whatever order, a store in a file or in PostgreSQL says the same as the store in memory."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.core.names import ChatId, PersonId, PostKey, RoomId, WordKey
from bot.core.posts import Post
from bot.errors import Conflict
from bot.ports import Acquaintance, Batch, Checkpoint, Erasure, Mark, Sighting, Store, Words
from bot.store import LeasedStore, MemoryStore, open_store
from tests import postgres
from tests.conformance.store.examples import heard, message, minute

CHATS = [ChatId("c-1"), ChatId("c-2")]
ROOMS = [RoomId("local/main"), RoomId("local/garden")]
PEOPLE = [PersonId("p-1"), PersonId("p-2"), PersonId("p-3")]
KEYS = [WordKey("title"), WordKey("m-1"), WordKey("m-2")]
POSTS = [PostKey("q1"), PostKey("q2"), PostKey("card")]
STATES = ("planned", "intent", "posted", "failed", "ask", "cancelled")

numbers = st.integers(0, 3)
chats, rooms, people, keys = map(st.sampled_from, (CHATS, ROOMS, PEOPLE, KEYS))


def some(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return up to a few of *strategy*, often none."""
    return st.lists(strategy, max_size=most).map(tuple)


words = st.builds(
    Words,
    key=keys,
    revision=st.integers(0, 1),
    text=st.text(st.characters(exclude_categories=()), max_size=9),
    person=st.none() | people,
    digest_key=st.none() | st.just("0d5c"),
)
sightings = st.builds(
    Sighting, room=rooms, id=st.sampled_from("ab"), message=numbers.map(message), person=st.none() | people
)
acquaintances = st.builds(
    Acquaintance,
    person=people,
    platform=st.just("local"),
    id=st.sampled_from(["u-1", "u-2"]),
    name=st.text(max_size=3),
    at=numbers.map(minute),
)
posts = st.builds(
    Post,
    key=st.sampled_from(POSTS),
    room=rooms,
    line=st.just("question"),
    arguments=st.dictionaries(st.sampled_from("xy"), numbers | numbers.map(minute)),
    lane=st.sampled_from(["once", "latest"]),
)
marks = st.builds(
    Mark,
    key=st.sampled_from(POSTS),
    state=st.sampled_from(STATES),
    at=numbers.map(minute),
    revision=st.none() | st.integers(0, 1),
)
erasures = st.builds(Erasure, keys=some(keys), person=st.none() | people)
checkpoints = st.builds(Checkpoint, room=rooms, at=numbers.map(minute), position=st.sampled_from(["", "7"]))
sources = st.none() | st.sampled_from(["winter.toml", "spring.toml"])


@st.composite
def batches(draw: st.DrawFn, *, erasing: bool = False) -> Batch:
    """Draw a batch; *expected*: how far from the truth it is, *epoch*: which of those so far (the last is right)."""
    return Batch(
        chat=draw(chats),
        expected=draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1])),
        epoch=draw(st.sampled_from([-1, -1, -1, -1, -1, -1, 0])),
        events=tuple(map(heard, draw(some(numbers, 3)))),
        words=draw(some(words)),
        sightings=draw(some(sightings)),
        people=draw(some(acquaintances)),
        posts=draw(some(posts)),
        marks=draw(some(marks)),
        checkpoints=draw(some(checkpoints, 1)),
        source=draw(sources),
        erasures=draw(some(erasures)) if erasing else (),
    )


@pytest.fixture(scope="module", autouse=True)
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty store once: a copy of it costs a tenth of a new one."""
    file = tmp_path_factory.mktemp("empty") / "chats.db"
    asyncio.run(_made(file))
    StoreMachine.empty = file
    return file


async def _made(file: Path) -> None:
    await (await open_store(file)).close()


async def outcome(work: Awaitable[None]) -> str:
    """Return how *work* ended, in words that both stores use."""
    try:
        await work
    except Conflict as conflict:
        return str(conflict)
    return "done"


async def everything(store: Store) -> dict[str, object]:
    """Return all that *store* says."""
    loaded = {chat: await store.load(chat) for chat in CHATS}
    return {
        "chats": await store.chats(),
        "events": {chat: log.events for chat, log in loaded.items()},
        "sightings": {chat: set(log.sightings) for chat, log in loaded.items()},
        "words": {chat: await store.words(chat) for chat in CHATS},
        "people": await store.people(),
        "unsent": [
            (row.chat, row.post, row.state, row.attempts, row.first_at, row.last_at, row.revision)
            for row in await store.unsent()
        ],
        "delivered": {chat: await store.delivered(chat) for chat in CHATS},
        "checkpoints": [await store.checkpoint(room) for room in ROOMS],
    }


class StoreMachine(RuleBasedStateMachine):
    """Writes the same to both stores, sometimes several batches at once, sometimes after a restart."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="store-"))
        self.epochs = [0]
        self.memory = MemoryStore()
        self.versions = dict.fromkeys(CHATS, 0)

    @initialize()
    def open(self) -> None:
        """Begin with an empty store."""
        self.place = str(shutil.copy(self.empty, self.folder / "chats.db"))
        self.file: LeasedStore = self.loop.run(open_store(self.place))

    @rule(drawn=st.lists(batches(), min_size=1, max_size=4))
    def append(self, drawn: list[Batch]) -> None:
        """Hand over some batches at once: each store says the same of each."""
        self._append(self._placed(drawn))

    @rule(drawn=batches(erasing=True))
    def erase(self, drawn: Batch) -> None:
        """Hand over a batch that erases."""
        self._append(self._placed([drawn]))

    @rule(drawn=marks)
    def mark(self, drawn: Mark) -> None:
        """Mark a row by itself."""
        told = [
            self.loop.run(outcome(store.mark(drawn, epoch=self.epochs[-1])))
            for store in (self.file, self.memory)
        ]
        assert told[0] == told[1]

    @rule()
    def change_hands(self) -> None:
        """Another instance takes over."""
        for store in (self.file, self.memory):
            self.loop.run(store.lease.release())
            epoch = self.loop.run(store.lease.acquire("bot"))
        self.epochs.append(epoch)

    @precondition(lambda self: len(self.epochs) == 1)
    @rule()
    def restart(self) -> None:
        """Close the file and open it again."""
        self.loop.run(self.file.close())
        self.file = self.loop.run(open_store(self.place))

    @rule()
    def both_say_the_same(self) -> None:
        """Everything that can be read is equal."""
        assert self.loop.run(everything(self.file)) == self.loop.run(everything(self.memory))

    def teardown(self) -> None:
        """Compare once more, and leave nothing behind."""
        self.both_say_the_same()
        self.loop.run(self.file.lease.release())
        self.loop.run(self.file.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def _placed(self, drawn: list[Batch]) -> list[Batch]:
        """Return the batches where they belong in their chats, one after the other, or as wrong as they were drawn."""
        versions, placed = dict(self.versions), []
        for batch in drawn:
            expected = versions[batch.chat] + batch.expected
            placed.append(replace(batch, expected=expected, epoch=self.epochs[batch.epoch]))
            versions[batch.chat] += len(batch.events)
        return placed

    def _append(self, group: list[Batch]) -> None:
        told = [self.loop.run(self._outcomes(store, group)) for store in (self.file, self.memory)]
        assert told[0] == told[1]
        self.versions.update((row.chat, row.version) for row in self.loop.run(self.memory.chats()))

    @staticmethod
    async def _outcomes(store: Store, group: list[Batch]) -> list[str]:
        return await asyncio.gather(*(outcome(store.append(batch)) for batch in group))


class PostgresMachine(StoreMachine):
    """The same with PostgreSQL instead of a file."""

    @initialize()
    def open(self) -> None:
        """Begin with an empty database."""
        self.place = postgres.server().fresh()
        self.file = self.loop.run(open_store(self.place))


TestStoreModel = StoreMachine.TestCase
TestStoreModel.settings = settings(max_examples=settings().max_examples // 6, stateful_step_count=12)
TestPostgresModel = PostgresMachine.TestCase
TestPostgresModel.settings = settings(max_examples=settings().max_examples // 20, stateful_step_count=12)
