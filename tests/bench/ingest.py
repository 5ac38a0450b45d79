"""Measures how many messages a second the whole line makes durable, and what each stage of it costs.

The line: the page's JSON is translated, the service hears it, the facilitator decides and applies, the store appends
and syncs, the sender is told. Beside it stands a bare SQLite file that takes the same texts in transactions as large.
"""

import argparse
import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from measured import Spent, now, spent, tell, text_of

from adapters.local.session import Session
from adapters.local.translate import Speaker, as_text, heard
from adapters.local.wishes import read_wish
from bot.core.names import ChatId, RoomId
from bot.core.plan import TITLE, Plan
from bot.ports import Batch, HeardMessage, Platform
from bot.replay.room import PLATFORM, LogPlatform
from bot.runtime.clock import RandomIds, SystemClock
from bot.runtime.composer import InlineComposer
from bot.runtime.draft import Draft
from bot.runtime.facilitator import GATHER, MOST_IN_BATCH
from bot.runtime.hearing import take
from bot.runtime.service import Service
from bot.store import LeasedStore, open_store
from bot.web.metrics import Metrics

PEOPLE = 200
BATCH = MOST_IN_BATCH


class TimedStore:
    """A store that notes how long it takes to append; everything else is the store's own."""

    def __init__(self, store: LeasedStore) -> None:
        self._store = store
        self.seconds = self.batches = 0.0

    async def append(self, batch: Batch) -> None:
        """Append *batch*."""
        with spent() as time:
            await self._store.append(batch)
        self.seconds += time.wall
        self.batches += 1

    def __getattr__(self, name: str) -> Any:
        """Return what the store itself has."""
        return getattr(self._store, name)


def plan_in(room: RoomId) -> Plan:
    """Return the plan of a chat that runs since an hour and asks nothing."""
    hour = timedelta(hours=1)
    return Plan(
        hashtag="#hcchat",
        starts_at=now() - hour / 2,
        zone="UTC",
        length=hour,
        rooms=(room,),
        closing_after=hour,
        pace="manual",
    )


def service_on(store: Any, epoch: int, platform: Platform | None = None) -> Service:
    """Return a service with a room that takes every post at once."""
    return Service(
        store=store,
        clock=SystemClock(),
        ids=RandomIds(),
        epoch=epoch,
        platforms={PLATFORM: platform or LogPlatform(SystemClock())},
        composer=InlineComposer(store),
        summary_link=lambda _: "",
        gather=GATHER,
        meter=Metrics(SystemClock()),
    )


@contextmanager
def _stage(into: Spent) -> Iterator[None]:
    with spent() as time:
        yield
    into.wall += time.wall
    into.cpu += time.cpu


def raw(number: int, people: int = PEOPLE) -> tuple[str, Speaker]:
    """Return what the page sends for message *number*, and which of *people* speaks."""
    person = f"person-{number % people}"
    session = Session(person=person, until=now(), name=f"Person {number % people}")
    wish = as_text({"type": "say", "nonce": f"n{number:07d}", "text": text_of(number)})
    return wish, Speaker(room="main", session=session, alias=person)


def translated(raws: list[tuple[str, Speaker]], room: RoomId) -> list[HeardMessage]:
    """Return what an adapter hears of *raws*, said in *room*."""
    found = []
    for number, (wish, speaker) in enumerate(raws):
        message = heard(read_wish(wish), speaker, at=now(), sequence=number)  # type: ignore[arg-type]  # all say something
        assert isinstance(message, HeardMessage)
        found.append(message)
    return [
        HeardMessage(**{name: getattr(m, name) for name in m.__dataclass_fields__} | {"room": room})
        for m in found
    ]


async def whole_line(folder: Path, messages: int, *, chats: int, senders: int, address: str = "") -> None:
    """Print how many messages a second become durable when *senders* talk at once, each waiting for its answer.

    In a file in *folder*, or in the database at *address*.
    """
    store = TimedStore(await open_store(address or folder / f"ingest-{chats}-{senders}.db"))
    service = service_on(store, await store.lease.acquire("bench"))
    running = asyncio.create_task(service.run())
    rooms = [RoomId(f"{PLATFORM}/{number}") for number in range(chats)]
    for room in rooms:
        await service.plan(plan_in(room), {TITLE: "Bench"}, None)
    await service.settle()
    raws = [raw(number, min(senders, PEOPLE)) for number in range(messages)]
    translate = Spent()
    with _stage(translate):
        said = [one for place, room in enumerate(rooms) for one in translated(raws[place::chats], room)]
    mine = [said[place::senders] for place in range(senders)]

    async def talk(lines: list[HeardMessage]) -> None:
        for line in lines:
            reply = await service.hear(line)
            assert not reply.refused, reply

    store.seconds = store.batches = 0
    with spent() as rest:
        await asyncio.gather(*map(talk, mine))
    running.cancel()
    await asyncio.wait({running})
    await store.lease.release()
    await store.close()
    seconds = translate.wall + rest.wall
    kind = "postgres" if address else "sqlite"
    context = {"store": kind, "messages": messages, "chats": chats, "senders": senders}
    tell("durable ingest", messages / seconds, "messages/s", **context)
    tell("durable ingest, CPU", (translate.cpu + rest.cpu) / messages * 1e6, "us a message", **context)
    tell("durable ingest, translate, CPU", translate.cpu / messages * 1e6, "us a message", **context)
    tell("durable ingest, waiting for the store", store.seconds / messages * 1e6, "us a message", **context)
    tell("durable ingest, messages in a batch", messages / store.batches, "messages", **context)


async def stages(folder: Path, messages: int) -> None:
    """Print what deciding and storing cost when nothing else happens; all the rest is queues, tasks and telling."""
    store = await open_store(folder / "stages.db")
    service = service_on(store, await store.lease.acquire("bench"))
    room = RoomId(f"{PLATFORM}/main")
    running = asyncio.create_task(service.run())
    id = await service.plan(plan_in(room), {TITLE: "Bench"}, None)
    await service.settle()
    facilitator = service.roster.chats[ChatId(id)]
    said = translated([raw(number) for number in range(messages)], room)
    batches = []
    with spent() as deciding:
        for first in range(0, messages, BATCH):
            draft = Draft(
                chat=facilitator.chat, ledger=facilitator.ledger, people=service.people, ids=service.ids
            )
            for one in said[first : first + BATCH]:
                take(one, draft, now())
            for somebody in draft.met.values():
                service.people.remember(somebody)
            batches.append(draft.batch(id, service.epoch, None))
    with spent() as storing:
        for batch in batches:
            await store.append(batch)
    running.cancel()
    await asyncio.wait({running})
    await store.lease.release()
    await store.close()
    for stage, time in (("read, decide and apply", deciding), ("append and commit", storing)):
        context = {"messages": messages, "batch": BATCH, "wall": round(time.wall / messages * 1e6, 1)}
        tell(f"durable ingest, {stage}, CPU", time.cpu / messages * 1e6, "us a message", **context)


def bare(folder: Path, messages: int, batch: int) -> None:
    """Print how fast SQLite alone takes the same texts, one row each, *batch* in a transaction, with a full sync."""
    connection = sqlite3.connect(folder / f"bare-{batch}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE said (id INTEGER PRIMARY KEY, text TEXT)")
    rows = [(number, text_of(number)) for number in range(messages)]
    with spent() as time:
        for first in range(0, messages, batch):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO said VALUES (?, ?)", rows[first : first + batch])
            connection.execute("COMMIT")
    connection.close()
    tell("baseline: bare SQLite append", messages / time.wall, "messages/s", messages=messages, batch=batch)


def measure(messages: int = 20_000) -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(whole_line(folder, messages, chats=1, senders=PEOPLE))
        asyncio.run(whole_line(folder, messages, chats=1, senders=5 * PEOPLE))
        asyncio.run(whole_line(folder, messages, chats=8, senders=PEOPLE))
        asyncio.run(whole_line(folder, 500, chats=1, senders=1))
        asyncio.run(stages(folder, messages))
        bare(folder, messages, BATCH)
        bare(folder, 500, 1)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    measure(parser.parse_args().messages)


if __name__ == "__main__":
    main()
