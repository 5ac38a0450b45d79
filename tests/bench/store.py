"""Measures how many messages a second a store file makes durable, with a full sync for each commit.

Each message is one event, its words and its platform id. Prints one JSON line for each way of asking.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.events import MessageHeard
from bot.core.names import ChatId, MessageId, PersonId, RoomId, WordKey
from bot.core.reading import Reading
from bot.ports import Batch, Sighting, Words
from bot.store import LeasedStore, open_store

ROOM = RoomId("local/main")
BEGIN = datetime(2026, 12, 3, 19, tzinfo=UTC)
TEXT = "A1 what helps me most is knowing, before the week begins, which of its days will be the hard ones."


def messages(chat: str, first: int, count: int, epoch: int) -> Batch:
    """Return *count* messages of *chat* that follow its first *first* ones."""
    ids = [MessageId(f"{chat}-{number}") for number in range(first, first + count)]
    person = PersonId("p-0f3a")
    at = BEGIN + timedelta(milliseconds=first)
    return Batch(
        chat=ChatId(chat),
        expected=first,
        epoch=epoch,
        events=tuple(
            MessageHeard(
                at=at,
                message=id,
                room=ROOM,
                author=person,
                sent_at=at,
                reading=Reading(length=98, answers=(1,)),
            )
            for id in ids
        ),
        words=tuple(Words(key=WordKey(id), text=TEXT, person=person) for id in ids),
        sightings=tuple(Sighting(room=ROOM, id=f"x{id}", message=id, person=person) for id in ids),
    )


async def appended(store: LeasedStore, epoch: int, *, writers: int, size: int, total: int) -> None:
    """Append *total* messages from *writers* chats at once, *size* in a batch."""

    async def write(chat: str) -> None:
        for first in range(0, total // writers, size):
            await store.append(messages(chat, first, size, epoch))

    async with asyncio.TaskGroup() as tasks:
        for number in range(writers):
            tasks.create_task(write(f"w{writers}-{size}-{number}"))


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the seconds and the CPU seconds that *work* takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - wall, time.process_time() - cpu


async def measure(folder: Path, total: int, address: str = "") -> None:
    """Print the figures of a fresh store in *folder*, or in the empty database at *address*."""
    opening = time.perf_counter()
    store = await open_store(address or folder / "bench.db")
    print(json.dumps({"bench": "store open, new", "seconds": round(time.perf_counter() - opening, 3)}))
    epoch = await store.lease.acquire("bench")
    for writers, size in ((256, 1), (256, 5), (8, 100), (1, 100), (1, 1)):
        count = total if writers * size > 1 else total // 50
        wall, cpu = await timed(
            lambda w=writers, s=size, n=count: appended(store, epoch, writers=w, size=s, total=n)  # type: ignore[misc]
        )
        kind = "postgres" if address else "sqlite"
        figures = {"store": kind, "in flight": writers, "batch": size, "messages/s": round(count / wall)}
        print(
            json.dumps({"bench": "store append", **figures, "cpu us a message": round(cpu / count * 1e6, 1)})
        )
    wall, _ = await timed(lambda: store.load(ChatId("w1-100-0")))
    print(json.dumps({"bench": "store load", "events": total, "seconds": round(wall, 3)}))
    await store.lease.release()
    await store.close()


def main() -> None:
    """Measure in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.messages))


if __name__ == "__main__":
    main()
