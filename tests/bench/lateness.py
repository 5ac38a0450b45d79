"""Measures how late planned questions come: with a thousand chats, and while a summary of 100,000 lines is made.

The baseline is a bare timer of the event loop for the same moments.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from ingest import service_on
from measured import now, spent, tell, text_of

from bot.cli.run import spare_what_is_loaded
from bot.core.events import ChatPlanned, MessageHeard, PersonJoined, StageEntered
from bot.core.names import ChatId, MessageId, PersonId, PostKey, QuestionId, RoomId, WordKey
from bot.core.phases import Phase, Stage
from bot.core.plan import TITLE, Plan, PlannedQuestion, question_words
from bot.core.reading import read
from bot.markup import Content
from bot.ports import Batch, Receipt, Sighting, Words
from bot.replay.room import PLATFORM, LogPlatform
from bot.runtime.clock import SystemClock
from bot.runtime.composer import WorkerComposer
from bot.runtime.service import Service
from bot.store import LeasedStore, open_store

WARM_UP = timedelta(seconds=2)


class Watched(LogPlatform):
    """A room that notes when each question came."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.came: dict[str, datetime] = {}

    async def post(
        self, key: PostKey, room: RoomId, content: Content, reply_to: str | None = None
    ) -> Receipt:
        """Take a post, and note the time when it asks something."""
        if "/question/" in key:
            self.came[f"{room}/{key.split('/')[2]}"] = now()
        return await super().post(key, room, content, reply_to)


@dataclass(slots=True)
class Hour:
    """Chats that ask questions at known times."""

    service: Service
    platform: Watched
    due: dict[str, datetime] = field(default_factory=dict)

    async def plan(self, name: str, starts_at: datetime, offsets: Sequence[timedelta]) -> None:
        """Add a chat in a room of its own that asks a question at each of *offsets*."""
        room = RoomId(f"{PLATFORM}/{name}")
        questions = tuple(
            PlannedQuestion(id=QuestionId(f"q{number}"), number=number, opens_after=after)
            for number, after in enumerate(offsets, start=1)
        )
        length = offsets[-1] + timedelta(hours=1)
        plan = Plan(
            hashtag="#hcchat", starts_at=starts_at, zone="UTC", length=length, rooms=(room,), questions=questions,
            closing_after=length, wrap=timedelta(), reminders=(),
        )  # fmt: skip
        words = {question_words(question.id): "What helps?" for question in questions}
        await self.service.plan(plan, {TITLE: "Bench", **words}, None)
        self.due |= {f"{room}/{question.id}": starts_at + question.opens_after for question in questions}

    async def late(self) -> list[float]:
        """Return by how many milliseconds each question came late, sorted, once all have come."""
        last = max(self.due.values()) + timedelta(seconds=30)
        while len(self.platform.came) < len(self.due) and now() < last:  # noqa: ASYNC110  # measuring, not waiting
            await asyncio.sleep(0.05)
        return sorted(
            (self.platform.came[key] - at) / timedelta(milliseconds=1) for key, at in self.due.items()
        )


def tell_late(name: str, late: list[float], **context: object) -> None:
    """Print median, 99th of a hundred and worst."""
    for which, value in (
        ("p50", late[len(late) // 2]),
        ("p99", late[int(len(late) * 0.99)]),
        ("worst", late[-1]),
    ):
        tell(f"{name}, {which}", value, "ms", questions=len(late), **context)


async def thousand(folder: Path, chats: int, over: float) -> None:
    """Print how late the questions of *chats* chats are when they are spread over *over* seconds."""
    store = await open_store(folder / f"late-{over}.db")
    platform = Watched()
    hour = Hour(service_on(store, await store.lease.acquire("bench"), platform), platform)
    running = asyncio.create_task(hour.service.run())
    begin = now() + WARM_UP + timedelta(seconds=chats / 150)
    # All at once, so that they share their commits: a machine with other work must not be late before it begins.
    offsets = [timedelta(seconds=5 + over * number / chats) for number in range(chats)]
    await asyncio.gather(*(hour.plan(f"r{number}", begin, [offset]) for number, offset in enumerate(offsets)))
    spare_what_is_loaded()  # as `run` does
    tell_late("question lateness", await hour.late(), chats=chats, spread_seconds=over)
    running.cancel()
    await asyncio.wait({running})
    await store.lease.release()
    await store.close()


async def bare(timers: int, over: float) -> None:
    """Print how late bare timers are."""
    late: list[float] = []

    async def wait(at: datetime) -> None:
        await asyncio.sleep((at - now()).total_seconds())
        late.append((now() - at) / timedelta(milliseconds=1))

    begin = now() + timedelta(seconds=1)
    await asyncio.gather(*(wait(begin + timedelta(seconds=over * n / timers)) for n in range(timers)))
    tell_late("baseline: bare timer lateness", sorted(late), timers=timers, spread_seconds=over)


# --- beside a summary ---------------------------------------------------------------------------------------


async def write_long_chat(store: LeasedStore, epoch: int, messages: int) -> ChatId:
    """Store a chat of *messages* messages, and return its id."""
    id, room, at = ChatId("long"), RoomId("elsewhere/main"), now() - timedelta(hours=1)
    hour = timedelta(hours=2)
    question = PlannedQuestion(id=QuestionId("q1"), number=1, opens_after=timedelta())
    plan = Plan(
        hashtag="#hcchat", starts_at=at, zone="UTC", length=hour, rooms=(room,), questions=(question,),
        closing_after=hour, pace="manual",
    )  # fmt: skip
    people = [PersonId(f"p{number}") for number in range(2_000)]
    opening = (
        ChatPlanned(at=at, chat=id, plan=plan),
        StageEntered(at=at, stage=Stage(phase=Phase.INTRODUCTIONS), cause="clock", due=at),
        StageEntered(at=at, stage=Stage(phase=Phase.QUESTION, question=question.id), cause="clock", due=at),
        *(PersonJoined(at=at, person=person, room=room) for person in people),
    )
    words = (
        Words(key=WordKey("title"), text="Bench"),
        Words(key=question_words(question.id), text="What helps?"),
    )
    await store.append(Batch(chat=id, expected=0, epoch=epoch, events=opening, words=words))
    version = len(opening)
    for first in range(0, messages, 2_000):
        ids = [MessageId(f"m{number}") for number in range(first, min(first + 2_000, messages))]
        events = tuple(
            MessageHeard(
                at=at, message=id, room=room, author=people[number % len(people)],
                sent_at=at + timedelta(seconds=3600 * number / messages), reading=read(text_of(number)),
            )
            for number, id in enumerate(ids, start=first)
        )  # fmt: skip
        texts = tuple(Words(key=WordKey(id), text=text_of(n)) for n, id in enumerate(ids, start=first))
        sightings = tuple(Sighting(room=room, id=id, message=id) for id in ids)
        await store.append(
            Batch(chat=id, expected=version, epoch=epoch, events=events, words=texts, sightings=sightings)
        )
        version += len(events)
    return id


async def beside_a_summary(folder: Path, messages: int) -> None:
    """Print how late another room's questions are while the summary of a long chat is made."""
    place = folder / "beside.db"
    store = await open_store(place)
    epoch = await store.lease.acquire("bench")
    long = await write_long_chat(store, epoch, messages)
    platform = Watched()
    hour = Hour(service_on(store, epoch, platform), platform)
    running = asyncio.create_task(hour.service.run())
    composer = WorkerComposer(partial(open_store, str(place)))
    begin = now() + WARM_UP
    await hour.plan("quiet", begin, [timedelta(seconds=second / 2) for second in range(1, 31)])
    await asyncio.sleep(WARM_UP.total_seconds())
    with spent() as time:
        await composer.draft(long, at=now(), edition="public", limit=2_000, link="")
    tell("summary in the worker, all told", time.wall, "s", messages=messages)
    tell_late("question lateness beside a summary", await hour.late(), messages=messages)
    running.cancel()
    await asyncio.wait({running})
    await composer.close()
    await store.lease.release()
    await store.close()


def measure(chats: int = 1_000, messages: int = 100_000) -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(thousand(folder, chats, over=20.0))
        asyncio.run(thousand(folder, chats, over=0.0))
        asyncio.run(bare(chats, over=5.0))
        asyncio.run(beside_a_summary(folder, messages))


if __name__ == "__main__":
    measure()
